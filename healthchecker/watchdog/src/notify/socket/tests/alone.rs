//! Parts that count this process's descriptors or change its limits: each runs in a process of
//! its own, which its test starts.

use std::fs::{self, File};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::dup;

use super::*;

/// In the process of its own that this variable marks, a test runs its part.
const ALONE: &str = "WATCHDOG_TEST_ALONE";

/// Runs the part of the test of that name in this module in a process of its own, which is this same
/// test again, started through other programs where these are named.
fn alone(name: &str, through: &[&str], part: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return part();
    }
    let own = std::env::current_exe().expect("a path");
    let mut command = match through {
        [] => Command::new(&own),
        [program, words @ ..] => {
            let mut command = Command::new(program);
            command.args(words).arg(&own);
            command
        }
    };
    let (_, here) = module_path!().split_once("::").expect("a crate's name");
    let output = command
        .args(["--exact", &format!("{here}::{name}"), "--test-threads=1"])
        .env(ALONE, "1")
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("1 passed"), "{text}");
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("descriptors").count()
}

/// How many of them no other program would inherit.
fn closed_on_exec() -> usize {
    fs::read_dir("/proc/self/fdinfo")
        .expect("descriptors")
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok())
        .filter_map(|info| {
            let (_, flags) = info.split_once("flags:")?;
            let flags = flags.lines().next()?.trim();
            i32::from_str_radix(flags, 8).ok()
        })
        .filter(|flags| flags & libc::O_CLOEXEC != 0)
        .count()
}

#[test]
fn no_descriptor_stays_open() {
    alone("no_descriptor_stays_open", &[], descriptors);
}

fn descriptors() {
    let mut socket = open();
    let null = File::open("/dev/null").expect("/dev/null");
    let before = open_descriptors();
    let ours = closed_on_exec();
    for round in 0..200 {
        let descriptors = vec![null.as_raw_fd(); [1, 2, 3, 100, 253][round % 5]];
        let with = [ControlMessage::ScmRights(&descriptors)];
        let text = ["WATCHDOG=1", "BARRIER=1", "", "\0\0"][round % 4];
        send_with(socket.name(), text.as_bytes(), &with).expect("sent");
        let datagram = next(&mut socket);
        assert_eq!(datagram.descriptors.count(), descriptors.len());
        assert_eq!(closed_on_exec() - ours, descriptors.len());
        drop(datagram);
        settled(&socket);
        assert_eq!(open_descriptors(), before);
    }
}

#[test]
fn with_no_descriptors_to_spare() {
    alone("with_no_descriptors_to_spare", &[], limit);
}

fn limit() {
    let mut socket = open();
    let null = File::open("/dev/null").expect("/dev/null");
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    for spare in 0..4 {
        // What stays free of the numbers below the limit; the senders' sockets need one of them.
        let name = socket.name().to_owned();
        let descriptors = [null.as_raw_fd(); 3];
        let with = [ControlMessage::ScmRights(&descriptors)];
        for text in ["WATCHDOG=1", "BARRIER=1"] {
            send_with(&name, text.as_bytes(), &with).expect("sent");
            send_with(&name, text.as_bytes(), &with[..0]).expect("sent");
        }
        send_with(
            &name,
            b"BARRIER=1",
            &[ControlMessage::ScmRights(&descriptors[..1])],
        )
        .expect("sent");
        let before = open_descriptors();

        let first_free = dup(&null).expect("a number").as_raw_fd();
        let limit = u64::try_from(first_free).expect("a number") + spare;
        setrlimit(Resource::RLIMIT_NOFILE, limit, most).expect("a limit");
        let mut heard = Vec::new();
        while let Some(datagram) = socket.receive().expect("no error") {
            assert_eq!(datagram.sender, Some(id()));
            heard.push(datagram.message());
            drop(datagram);
            settled(&socket);
        }
        setrlimit(Resource::RLIMIT_NOFILE, most.min(1024), most).expect("a limit");

        assert_eq!(open_descriptors(), before, "{spare} to spare");
        let kick = Ok(Message {
            watchdog: Some(Watchdog::Kick),
            ..Message::default()
        });
        let barrier = Ok(Message {
            barrier: true,
            ..Message::default()
        });
        let refused = Err(Refusal::BarrierDescriptors);
        let last = if spare == 0 { &refused } else { &barrier };
        assert_eq!(
            heard,
            [&kick, &kick, &refused, &refused, last].map(Clone::clone)
        );
    }
}

#[test]
fn a_mode_that_the_umask_does_not_take_from() {
    alone("a_mode_that_the_umask_does_not_take_from", &[], with_umask);
}

fn with_umask() {
    use nix::sys::stat::{Mode, umask};
    use std::os::unix::fs::PermissionsExt;
    umask(Mode::from_bits_truncate(0o077));
    let path = std::env::temp_dir().join(format!("watchdog-umask-{}", id()));
    let socket = Socket::open(&Place::Path(path.clone())).expect("a socket");
    let mode = fs::metadata(&path).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o7777, 0o666);
    drop(socket);
}

/// From outside of the PID namespace: needs root and unshare(1).
#[test]
fn a_stranger_has_no_number() {
    const NAME: &str = "a_stranger_has_no_number";
    if std::env::var_os(ALONE).is_some() {
        return alone(NAME, &[], outside);
    }
    let unshare = ["unshare", "--pid", "--fork"];
    let works = Command::new("unshare")
        .args(["--pid", "--fork", "true"])
        .output();
    if !works.is_ok_and(|output| output.status.success()) {
        let is_required = std::env::var_os("REQUIRE").is_some_and(|value| value == "all");
        assert!(!is_required, "no PID namespace to be had, and REQUIRE=all");
        eprintln!("skipped: no PID namespace to be had");
        return;
    }
    let path = std::env::temp_dir().join(format!("watchdog-outside-{}", id()));
    let to = path.clone();
    let stranger = std::thread::spawn(move || {
        for _ in 0..60_000 {
            if sender().send_to(b"WATCHDOG=1", &to).is_ok() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        false
    });
    let path = path.to_str().expect("UTF-8");
    let place = format!("WATCHDOG_TEST_PATH={path}");
    alone(
        NAME,
        &["env", &place, unshare[0], unshare[1], unshare[2]],
        outside,
    );
    assert!(stranger.join().expect("no panic"));
}

fn outside() {
    let path = std::env::var_os("WATCHDOG_TEST_PATH").expect("a path");
    let mut socket = Socket::open(&Place::Path(path.into())).expect("a socket");
    assert_eq!(id(), 1);
    wait(&socket);
    let datagram = next(&mut socket);
    assert_eq!(datagram.sender, None);
    assert_eq!(datagram.user, 0);
    assert_eq!(datagram.bytes, b"WATCHDOG=1");
    drop(datagram);
    // The same from within has one.
    let name = socket.name().to_owned();
    sender().send_to_addr(b"", &address(&name)).expect("sent");
    assert_eq!(next(&mut socket).sender, Some(1));
}

pub(super) fn wait(socket: &Socket) {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut one = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let ready = poll(&mut one, PollTimeout::from(60_000_u16)).expect("no error");
    assert_eq!(ready, 1, "nothing within a minute");
}
