//! Monitors: by what they are known, and whom they may tell.

use std::fmt;

use super::{Refusal, Settings};

/// The longest URL of a monitor, in bytes.
const LONGEST_URL: usize = 1_000;

/// A monitor's id: 128 random bits, since whoever knows it may remove the monitor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonitorId(pub u128);

impl MonitorId {
    /// An id as it is shown: 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

impl fmt::Display for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonitorId(..)")
    }
}

pub(super) fn url_of(url: Option<&str>, settings: &Settings) -> Result<Box<str>, Refusal> {
    let url = url
        .filter(|url| url.len() <= LONGEST_URL)
        .unwrap_or_default();
    // A URL reader takes a backslash for a slash, and leaves tabs and line ends out.
    let is_plain = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_allowed = settings.monitors.iter().any(|beginning| {
        let rest = beginning.strip_prefix("https://");
        rest.is_some_and(|rest| rest.find('/').is_some_and(|at| at > 0))
            && url.starts_with(&**beginning)
    });
    if is_plain && is_allowed {
        Ok(url.into())
    } else {
        Err(Refusal::MonitorUrl)
    }
}
