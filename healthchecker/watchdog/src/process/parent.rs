//! Who started whom.

use std::fs::File;
use std::io::Read;

/// The parent of a process that can be seen.
pub(crate) fn parent(process: u32) -> Option<u32> {
    let mut start = [0; 256];
    let mut file = File::open(format!("/proc/{process}/stat")).ok()?;
    let len = file.read(&mut start).ok()?;
    parent_in(&start[..len])
}

/// From proc_pid_stat(5): number, (name), state, parent, and more numbers. The name is the
/// process's own choice and may have any byte in it but NUL, at most 15 of them.
fn parent_in(stat: &[u8]) -> Option<u32> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let parent = stat[end..].split(|byte| *byte == b' ').nth(2)?;
    str::from_utf8(parent).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_stands_behind_the_name() {
        for (stat, parent) in [
            (&b"7 (cat) S 3 7 3"[..], Some(3)),
            (b"7 (a b) (c) R 3 7 3", Some(3)),
            (b"7 (a ) R 3 7 3", Some(3)),
            (b"7 () S 1 () S 3 7 3", Some(3)),
            (b"7 (\n\xff) S 0 7 3", Some(0)),
            (b"7 (cat) S 3", Some(3)),
            (b"7 (cat) S -1 7", None),
            (b"7 (cat) S", None),
            (b"7 (cat)", None),
            (b"7 cat S 3 7", None),
            (b"", None),
        ] {
            assert_eq!(parent_in(stat), parent, "{}", stat.escape_ascii());
        }
    }
}
