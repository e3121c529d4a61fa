use std::fs;
use std::path::{Path, PathBuf};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// One core for the server with its store, one for who asks it.
pub(crate) struct Cores {
    server: CpuSet,
    own: CpuSet,
}

impl Cores {
    /// Two of those that this process may use; this thread, and those that it starts, go to the second.
    pub(crate) fn apart() -> Self {
        let all = sched_getaffinity(Pid::from_raw(0)).expect("the cores of this process");
        let mut free = (0..CpuSet::count()).filter(|&core| all.is_set(core) == Ok(true));
        let (Some(first), Some(second)) = (free.next(), free.next()) else {
            panic!("two cores are needed, one for the server and one for who asks it");
        };
        let cores = Self {
            server: only(first),
            own: only(second),
        };
        pin(&cores.own);
        cores
    }

    /// Does something on the server's core; what it starts stays there.
    pub(crate) fn there<T>(&self, start: impl FnOnce() -> T) -> T {
        pin(&self.server);
        let started = start();
        pin(&self.own);
        started
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core).expect("a core");
    set
}

fn pin(set: &CpuSet) {
    sched_setaffinity(Pid::from_raw(0), set).expect("a core of this process");
}

/// A directory on a disk, that goes with its owner.
pub(crate) struct Room(PathBuf);

impl Room {
    pub(crate) fn new() -> Self {
        let named = std::env::var_os("WATCHDOG_TEST_DIRECTORY").map(PathBuf::from);
        let parent = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
        let room = parent.join(format!("serve-{}", std::process::id()));
        fs::create_dir_all(&room).expect("a directory");
        let file_system = nix::sys::statfs::statfs(&room).expect("a file system");
        if file_system.filesystem_type() == nix::sys::statfs::TMPFS_MAGIC {
            eprintln!(
                "{} is memory and no disk: the figures mean little",
                room.display()
            );
        }
        Self(room)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A directory in it.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        let part = self.0.join(name);
        fs::create_dir_all(&part).expect("a directory");
        part
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
