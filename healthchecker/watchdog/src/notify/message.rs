//! What a service says in one datagram, in the words of sd_notify(3).

use std::fmt;
use std::time::Duration;

/// Bytes that a datagram may have: systemd's `NOTIFY_BUFFER_MAX`, which is `PIPE_BUF`.
pub(super) const MAX_LEN: usize = 4096;

/// Bytes that are kept of a status, the ellipsis of a longer one included.
const MAX_STATUS: usize = 500;

const ELLIPSIS: char = '…';

/// What one datagram says, each key that this program knows once.
///
/// As systemd does: lines end with `\n` or `\r`, empty ones do not count, one NUL byte at the very
/// end is left out, unknown keys are ignored, and **the first line of a key counts**, even if its
/// value is none that can be read. systemd takes the keys of one message in the order of the fields
/// here. What differs: numbers are decimal digits and nothing else (systemd also takes blanks and
/// a `+` before them, `0x`, `0b`, `0o`, and a leading 0 as octal), a backslash is itself (systemd
/// takes it out and keeps what follows), and a status that is not clean is cleaned and not dropped.
///
/// ```
/// use health_watchdog::notify::{Message, State};
///
/// let message = Message::parse(b"READY=1\nSTATUS=Serving\n")?;
/// assert_eq!(message.state, Some(State::Ready));
/// assert_eq!(message.status.as_deref(), Some("Serving"));
/// # Ok::<(), health_watchdog::notify::Refusal>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// `MAINPID=`: 1 to 2,147,483,647. Whose it is must be judged by the reader.
    pub main_pid: Option<u32>,
    /// `READY=1`, `RELOADING=1` or `STOPPING=1`; of several the one that counts.
    pub state: Option<State>,
    /// `STATUS=`: at most 500 bytes on one line, without control characters and such as reorder
    /// text on a screen; quotes and backslashes are as they came. Empty: the status is cleared.
    pub status: Option<String>,
    /// `EXTEND_TIMEOUT_USEC=`: from now on, never shorter than what is left. 0 and 2⁶⁴ − 1 are
    /// ignored.
    pub extend: Option<Duration>,
    /// `WATCHDOG=1` or `WATCHDOG=trigger`.
    pub watchdog: Option<Watchdog>,
    /// `WATCHDOG_USEC=`: a kick as well, and the time from kick to kick from now on. Zero: the
    /// watchdog is off from now on; so says 2⁶⁴ − 1, too.
    pub watchdog_limit: Option<Duration>,
    /// `BARRIER=1`, and nothing else.
    pub barrier: bool,
}

/// What a service says of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// `READY=1`: start-up, or a reload, is complete. Wins over `RELOADING=1`.
    Ready,
    /// `RELOADING=1`: a reload began; `READY=1` ends it.
    Reloading,
    /// `STOPPING=1`. Wins over the others; for systemd no later word brings the service back.
    Stopping,
}

/// What a service says to its watchdog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watchdog {
    /// `WATCHDOG=1`: alive.
    Kick,
    /// `WATCHDOG=trigger`: to be treated as if it had fallen silent.
    Trigger,
}

/// Why a datagram says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Longer than 4096 bytes.
    TooLong,
    /// With a NUL byte before its end.
    Nul,
    /// `BARRIER=1` beside other lines.
    MixedBarrier,
    /// `BARRIER=1` with no descriptor or more than one.
    BarrierDescriptors,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "a message is longer than 4096 bytes",
            Self::Nul => "a message has a NUL byte in it",
            Self::MixedBarrier => "BARRIER=1 must be a message's only line",
            Self::BarrierDescriptors => "BARRIER=1 must come with exactly one descriptor",
        })
    }
}

impl std::error::Error for Refusal {}

impl Message {
    /// Reads the bytes of one datagram. An empty one is a message that says nothing.
    ///
    /// # Errors
    ///
    /// The whole message is refused when it is longer than 4096 bytes, has a NUL byte before its
    /// end, or has `BARRIER=1` beside other lines.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_LEN {
            return Err(Refusal::TooLong);
        }
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        if bytes.contains(&0) {
            return Err(Refusal::Nul);
        }
        let lines = Lines(bytes);
        if lines.have(b"BARRIER=1") {
            return if lines.each().count() == 1 {
                Ok(Self {
                    barrier: true,
                    ..Self::default()
                })
            } else {
                Err(Refusal::MixedBarrier)
            };
        }
        let time = |key| lines.number(key).map(Duration::from_micros);
        Ok(Self {
            main_pid: lines
                .number(b"MAINPID=")
                .filter(|pid| (1..=i32::MAX as u64).contains(pid))
                .and_then(|pid| u32::try_from(pid).ok()),
            state: lines.state(),
            status: lines.value(b"STATUS=").map(clean),
            extend: time(b"EXTEND_TIMEOUT_USEC=").filter(|time| !is_unset(*time)),
            watchdog: match lines.value(b"WATCHDOG=") {
                Some(b"1") => Some(Watchdog::Kick),
                Some(b"trigger") => Some(Watchdog::Trigger),
                _ => None,
            },
            watchdog_limit: time(b"WATCHDOG_USEC=").map(|time| match is_unset(time) {
                true => Duration::ZERO,
                false => time,
            }),
            barrier: false,
        })
    }
}

/// systemd's `timestamp_is_set`, the other way round.
fn is_unset(time: Duration) -> bool {
    time.is_zero() || time == Duration::from_micros(u64::MAX)
}

#[derive(Clone, Copy)]
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn each(self) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .filter(|line| !line.is_empty())
    }

    fn have(self, line: &[u8]) -> bool {
        self.each().any(|each| each == line)
    }

    fn value(self, key: &[u8]) -> Option<&'a [u8]> {
        self.each().find_map(|line| line.strip_prefix(key))
    }

    fn number(self, key: &[u8]) -> Option<u64> {
        let digits = self.value(key)?;
        let plain = match digits {
            [] => false,
            // For systemd octal, for a reader decimal: for us nothing.
            [b'0', _, ..] => false,
            _ => digits.iter().all(u8::is_ascii_digit),
        };
        plain.then(|| str::from_utf8(digits).ok()?.parse().ok())?
    }

    fn state(self) -> Option<State> {
        [
            (&b"STOPPING=1"[..], State::Stopping),
            (b"READY=1", State::Ready),
            (b"RELOADING=1", State::Reloading),
        ]
        .into_iter()
        .find_map(|(line, state)| self.have(line).then_some(state))
    }
}

/// One line, whatever the bytes are: a blank for what could end the line or act on a terminal,
/// U+FFFD for what is not UTF-8, an ellipsis for what is too much.
fn clean(bytes: &[u8]) -> String {
    let mut line = String::with_capacity(bytes.len().min(MAX_STATUS));
    let characters = bytes.utf8_chunks().flat_map(|chunk| {
        let invalid = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(invalid)
    });
    for character in characters {
        let character = if acts(character) { ' ' } else { character };
        if line.len() + character.len_utf8() > MAX_STATUS {
            while line.len() + ELLIPSIS.len_utf8() > MAX_STATUS {
                line.pop();
            }
            line.push(ELLIPSIS);
            break;
        }
        line.push(character);
    }
    line
}

/// Controls, line and paragraph separators, and what reorders text on a screen.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
        )
}

#[cfg(test)]
mod tests;
