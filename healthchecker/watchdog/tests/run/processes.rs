//! What /proc shows, and conditions that nothing tells of.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use nix::unistd::Pid;

use crate::stream::BOUND;

/// What /proc says of a process.
pub(crate) struct Process {
    pub(crate) pid: Pid,
    pub(crate) parent: Pid,
    pub(crate) state: char,
}

/// All that can be seen: proc_pid_stat(5).
pub(crate) fn processes() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").expect("/proc");
    entries.filter_map(|entry| {
        let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        Some(Process {
            pid: Pid::from_raw(pid),
            state: fields.next()?.chars().next()?,
            parent: Pid::from_raw(fields.next()?.parse().ok()?),
        })
    })
}

/// The children of a process that live.
pub(crate) fn children(of: Pid) -> Vec<Pid> {
    let lives = |process: &Process| process.parent == of && process.state != 'Z';
    processes()
        .filter(lives)
        .map(|process| process.pid)
        .collect()
}

/// Looks again and again, for what says nothing when it happens.
pub(crate) fn wait_until(what: &str, condition: impl FnMut() -> bool) -> Result<(), Failed> {
    wait_until_within(BOUND, condition).map_err(|()| format!("never: {what}").into())
}

pub(crate) fn wait_until_within(
    bound: Duration,
    mut condition: impl FnMut() -> bool,
) -> Result<(), ()> {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > bound {
            return Err(());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
