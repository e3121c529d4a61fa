//! All that has come of the command, whichever process group or session it went to.

use std::collections::HashMap;
use std::fs;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};

use super::parent::parent;

/// Has orphans of the command become children of this process, as they do of PID 1 by themselves.
pub(crate) fn adopt() -> Result<(), Errno> {
    if is_init() {
        return Ok(());
    }
    prctl::set_child_subreaper(true)
}

/// Whether this is the first process of its container.
pub(crate) fn is_init() -> bool {
    getpid().as_raw() == 1
}

/// Sends a signal to every descendant, to `main` also where /proc shows nobody.
pub(crate) fn signal_all(signal: Signal, main: Option<Pid>) {
    for pid in all(main) {
        // One that has ended meanwhile needs none.
        let _ = kill(pid, signal);
        // What is stopped takes no other signal than SIGKILL before it goes on.
        let _ = kill(pid, Signal::SIGCONT);
    }
}

/// Kills every descendant. As PID 1 that is everything in the container, in one system call that
/// nothing outruns; of anybody else `main` also where /proc shows nobody.
pub(crate) fn kill_all(main: Option<Pid>) {
    if is_init() {
        let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
    } else {
        for pid in all(main) {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn all(main: Option<Pid>) -> Vec<Pid> {
    let mut found = descendants();
    found.extend(main.filter(|main| !found.contains(main)));
    found
}

/// The children of this process and theirs, parents before children.
fn descendants() -> Vec<Pid> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pid, parent) in processes() {
        children.entry(parent).or_default().push(pid);
    }
    let mut found = Vec::new();
    let mut next = children.remove(&std::process::id()).unwrap_or_default();
    while let Some(pid) = next.pop() {
        found.extend(i32::try_from(pid).map(Pid::from_raw));
        // Taken out, so that ids that were used anew while they were read make no circle.
        next.extend(children.remove(&pid).unwrap_or_default());
    }
    found
}

/// Every process that can be seen, and its parent.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        Some((pid, parent(pid)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_seen() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let found = descendants();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found.contains(&pid));
        assert!(!found.contains(&getpid()));
    }
}
