use std::fmt;

use crate::words;

/// What of a configuration cannot work. Its [`Display`](fmt::Display) is one line that names the key, its
/// line in the file, its value and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: String,
    line: Option<usize>,
    problem: String,
}

impl ConfigError {
    pub(super) fn of(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            line: None,
            problem: problem.into(),
        }
    }

    pub(super) fn new(text: &str, mut error: toml::de::Error) -> Self {
        let line = error.span().map(|span| {
            let before = &text.as_bytes()[..span.start.min(text.len())];
            1 + before.iter().filter(|&&byte| byte == b'\n').count()
        });
        let message = error.message().to_owned();
        // Without the text, it is shown as the message and, in a line of its own, the key.
        error.set_input(None);
        let shown = error.to_string();
        let key = shown
            .strip_prefix(&message)
            .and_then(|rest| rest.trim().strip_prefix("in `")?.strip_suffix('`'))
            .unwrap_or_default()
            .to_owned();
        let list = match &*key {
            "listen" => "expected tables, each under [[listen]]",
            "watch" => "expected tables, each under [watch.NAME]",
            "sink" => "expected tables, each under [sink.NAME]",
            _ => "expected a list, such as [\"heartbeat\"]",
        };
        let problem = message
            .replace("expected a sequence", list)
            .replace("expected a map", list);
        Self { key, line, problem }
    }

    /// The key whose value it is, or of the table that has it; empty: it is not known.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The line in the file, from 1, where it can be told.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match (&*self.key, self.line) {
            ("", None) => String::new(),
            ("", Some(line)) => format!("line {line}: "),
            (key, None) => format!("{key}: "),
            (key, Some(line)) => format!("{key} (line {line}): "),
        };
        f.write_str(&words::one_line(&format!("{place}{}", self.problem)))
    }
}

impl std::error::Error for ConfigError {}
