//! The media types that bodies come in.

/// The media types that are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// draft-inadarei-api-health-check-06.
    HealthJson,
    Text,
    /// A page for people.
    #[cfg(feature = "html")]
    Html,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::HealthJson => "application/health+json",
            Self::Text => "text/plain; charset=utf-8",
            #[cfg(feature = "html")]
            Self::Html => "text/html; charset=utf-8",
        }
    }
}
