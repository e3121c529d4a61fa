//! The forms that one answer is kept in.

use super::{Details, Format};

/// A media type, and how much is shown in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) format: Format,
    pub(crate) details: Details,
}

impl Form {
    /// Where an answer in this form is kept. Text is one word whatever may be shown.
    pub(crate) fn index(self) -> usize {
        let details = match self.details {
            Details::StatusOnly => 0,
            Details::Summary => 1,
            Details::Full => 2,
        };
        match self.format {
            Format::Json => details,
            Format::HealthJson => 3 + details,
            Format::Text => 6,
            #[cfg(feature = "html")]
            Format::Html => 7 + details,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::FORMS;

    #[test]
    fn each_form_has_a_place_and_every_place_a_form() {
        let mut places = Vec::new();
        let formats = [
            Format::Json,
            Format::HealthJson,
            Format::Text,
            #[cfg(feature = "html")]
            Format::Html,
        ];
        for format in formats {
            for details in [Details::StatusOnly, Details::Summary, Details::Full] {
                places.push(Form { format, details }.index());
            }
        }
        assert_eq!(places[..9], [0, 1, 2, 3, 4, 5, 6, 6, 6]);
        let pages = &places[9..];
        assert_eq!(pages, &[7, 8, 9][..pages.len()]);
        assert_eq!(FORMS, 7 + pages.len());
    }
}
