//! What is checked, and what counts as healthy; the check itself, and the line that says what it found.
//!
//! Touches `cause`, `line`, `net` and `target`.

mod answer;
mod attempt;
mod request;
mod verdict;

use healthchecker_core::status::StatusSet;

use crate::line::Line;
use crate::target::Target;

/// One check, as the command line asks for it.
#[derive(Debug)]
pub(crate) struct Probe<'a> {
    pub(crate) target: Target<'a>,
    /// Microseconds for all of it.
    pub(crate) limit: u32,
    /// Whether a healthy target has a line as well.
    pub(crate) is_verbose: bool,
    /// Whether there is a Host and a User-Agent among the headers.
    pub(crate) has_host: bool,
    pub(crate) has_agent: bool,
    pub(crate) method: &'a [u8],
    /// Instead of 200 to 299.
    pub(crate) healthy: Option<StatusSet<&'a [u8]>>,
    /// The user's headers, as they are sent.
    pub(crate) headers: Line,
}

impl Default for Probe<'_> {
    fn default() -> Self {
        Self {
            target: Target::default(),
            limit: 2_000_000,
            is_verbose: false,
            has_host: false,
            has_agent: false,
            method: b"GET",
            healthy: None,
            headers: Line::new(),
        }
    }
}

impl Probe<'_> {
    /// Whether a final status, or 0 where a connection was all that was wanted, is a healthy one.
    pub(crate) fn is_healthy(&self, status: u16) -> bool {
        match &self.healthy {
            None => status < 300,
            Some(healthy) => status == 0 || healthy.contains(status),
        }
    }
}
