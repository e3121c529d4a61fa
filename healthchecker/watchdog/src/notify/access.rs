//! Who may speak.

use std::fs::File;
use std::io::Read;

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
            // 0: the parent is outside of this PID namespace.
            Some(found) if found != 0 => process = found,
            _ => return false,
        }
    }
    false
}

fn parent(process: u32) -> Option<u32> {
    let mut start = [0; 256];
    let mut file = File::open(format!("/proc/{process}/stat")).ok()?;
    let len = file.read(&mut start).ok()?;
    parent_in(&start[..len])
}

/// From proc_pid_stat(5): number, (name), state, parent, and more numbers. The name is the
/// process's own choice and may have any byte in it but NUL, at most 15 of them.
pub(super) fn parent_in(stat: &[u8]) -> Option<u32> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let parent = stat[end + 1..].split(|byte| *byte == b' ').nth(2)?;
    str::from_utf8(parent).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
