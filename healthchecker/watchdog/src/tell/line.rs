//! One event as a line.

use std::time::SystemTime;

use crate::words;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// `watchdog: silent: no WATCHDOG=1 for 30s (pid 7)`
    #[default]
    Text,
    /// An object a line, with the time.
    Json,
}

/// The parts of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The event in one word, as a query of logs has it.
    pub(crate) event: &'static str,
    /// The command's process id, while there is one.
    pub(crate) pid: Option<i32>,
    /// What else there is to say.
    pub(crate) text: String,
}

impl Line {
    /// The line, its end included.
    pub(crate) fn write(&self, format: Format, now: SystemTime) -> String {
        match format {
            Format::Text => self.plain(),
            Format::Json => self.json(now),
        }
    }

    fn plain(&self) -> String {
        let mut line = format!("watchdog: {}", self.event);
        if !self.text.is_empty() {
            line.push_str(": ");
            line.push_str(&words::one_line(&self.text));
        }
        if let Some(pid) = self.pid {
            line.push_str(&format!(" (pid {pid})"));
        }
        line.push('\n');
        line
    }

    fn json(&self, now: SystemTime) -> String {
        let now = humantime::format_rfc3339_millis(now);
        let mut line = format!("{{\"time\":\"{now}\",\"event\":{}", quoted(self.event));
        if let Some(pid) = self.pid {
            line.push_str(&format!(",\"pid\":{pid}"));
        }
        if !self.text.is_empty() {
            line.push_str(",\"text\":");
            line.push_str(&quoted(&words::one_line(&self.text)));
        }
        line.push_str("}\n");
        line
    }
}

fn quoted(text: &str) -> String {
    // A string has no key that could be refused.
    serde_json::to_string(text).unwrap_or_default()
}
