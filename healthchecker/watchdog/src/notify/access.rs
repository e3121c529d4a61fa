//! Who may speak.

use crate::process::parent;

/// Parents that are looked at on the way from a sender to this process.
const MOST_STEPS: usize = 128;

/// Whose messages count, as systemd's `NotifyAccess=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// The process that was started, no other.
    #[default]
    Main,
    /// All that descend from this process. Needs `/proc`. Who has ended before its message is read
    /// has no parents any more and is refused; sd_notify_barrier(3) is for that.
    All,
}

impl Access {
    /// Whether `sender` may speak, where `main` is the process that was started and `own` is this
    /// process.
    pub fn permits(self, sender: u32, main: u32, own: u32) -> bool {
        match self {
            _ if sender == main => true,
            Self::Main => false,
            Self::All => descends(sender, own, parent),
        }
    }
}

/// Whether `process` is a child of `ancestor`, or of a child, and so on.
pub(super) fn descends(
    mut process: u32,
    ancestor: u32,
    parent: impl Fn(u32) -> Option<u32>,
) -> bool {
    for _ in 0..MOST_STEPS {
        match parent(process) {
            Some(found) if found == ancestor => return true,
            // At the end 0, whose parents nobody knows.
            Some(found) => process = found,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests;
