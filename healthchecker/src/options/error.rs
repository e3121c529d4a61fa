//! What is said of options that cannot be used.

use std::fmt;

use crate::message;

/// Why options cannot be used. Its [`Display`](fmt::Display) names the option, the value and the
/// accepted form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError {
    option: &'static str,
    text: String,
}

impl OptionsError {
    pub(super) fn new(option: &'static str, text: impl Into<String>) -> Self {
        Self {
            option,
            text: text.into(),
        }
    }

    pub(super) fn value(option: &'static str, value: &[u8], accepted: &str) -> Self {
        let value = message::escaped(value, 200);
        Self::new(
            option,
            format!("bad value \"{value}\"; accepted: {accepted}"),
        )
    }

    /// The option at fault, as the command line names it without its dashes; `url` for the URL.
    pub fn option(&self) -> &'static str {
        self.option
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dashes = if self.option == "url" { "" } else { "--" };
        write!(f, "{dashes}{}: {}", self.option, self.text)
    }
}

impl std::error::Error for OptionsError {}
