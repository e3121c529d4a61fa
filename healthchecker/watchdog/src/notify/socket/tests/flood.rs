//! Strangers who send as much as they can, while the one who may speak sends once.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::alone::wait;
use super::*;

/// Names the socket to a process of [`Flood`].
const SOCKET: &str = "WATCHDOG_TEST_FLOODED";

/// Processes that send from several threads until they are killed.
struct Flood(Vec<Child>);

impl Flood {
    fn new(socket: &Socket, processes: usize, threads: usize, waits: bool) -> Self {
        let own = std::env::current_exe().expect("a path");
        let (_, here) = module_path!().split_once("::").expect("a crate's name");
        Self(
            (0..processes)
                .map(|_| {
                    Command::new(&own)
                        .args(["--exact", &format!("{here}::{ENTRY}")])
                        .env(SOCKET, socket.name())
                        .env("WATCHDOG_TEST_THREADS", threads.to_string())
                        .env("WATCHDOG_TEST_WAITS", if waits { "1" } else { "0" })
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn()
                        .expect("a process")
                })
                .collect(),
        )
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where a process of [`Flood`] comes in: the name of a test, which is a stranger in there.
const ENTRY: &str = "a_kick_comes_through_strangers_who_wait";

/// Sends for as long as it lives; to whom says a variable that [`Flood`] alone sets.
fn flood(name: &OsStr) {
    let number = |name| {
        std::env::var(name)
            .expect(name)
            .parse::<usize>()
            .expect("a number")
    };
    let waits = number("WATCHDOG_TEST_WAITS") == 1;
    let address = &address(name);
    thread::scope(|scope| {
        for _ in 0..number("WATCHDOG_TEST_THREADS") {
            scope.spawn(move || {
                let socket = sender();
                socket.set_nonblocking(!waits).expect("a mode");
                loop {
                    match socket.send_to_addr(b"STATUS=noise", address) {
                        Ok(_) => {}
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        Err(_) => return,
                    }
                }
            });
        }
    });
}

/// How many datagrams of the flood are received between the moment at which a kick is about to be
/// sent, by a send that waits, and the kick.
fn before_the_kick(socket: &mut Socket) -> usize {
    let name = socket.name().to_owned();
    let about = Arc::new(AtomicBool::new(false));
    let kicker = thread::spawn({
        let about = Arc::clone(&about);
        move || {
            let kicker = sender();
            about.store(true, Ordering::SeqCst);
            kicker
                .send_to_addr(b"WATCHDOG=1", &address(&name))
                .expect("sent");
        }
    });
    let mut count = 0;
    let begin = Instant::now();
    loop {
        assert!(begin.elapsed() < Duration::from_secs(60), "no kick");
        let is_about = about.load(Ordering::SeqCst);
        match socket.receive().expect("no error") {
            Some(datagram) if datagram.sender == Some(id()) => break,
            Some(_) if is_about => count += 1,
            Some(_) => {}
            None => wait(socket),
        }
    }
    kicker.join().expect("no panic");
    count
}

/// The queue is one, and first come is first served: whoever waits for room gets it before those
/// who came later. A kick is seen after what was queued and after those who waited before it.
#[test]
fn a_kick_comes_through_strangers_who_wait() {
    if let Some(name) = std::env::var_os(SOCKET) {
        return flood(&name);
    }
    let mut socket = open();
    let _flood = Flood::new(&socket, 1, 16, true);
    for _ in 0..100 {
        wait(&socket);
        next(&mut socket);
    }
    let mut counts: Vec<_> = (0..21).map(|_| before_the_kick(&mut socket)).collect();
    counts.sort_unstable();
    assert!(counts[10] < 1000, "{counts:?}");
}

/// Who never waits takes the room that a reader makes before one who waits is awake: there is no
/// bound to what is seen before the kick, though each time the odds are with it.
#[test]
fn a_kick_comes_through_strangers_who_do_not_wait() {
    let mut socket = open();
    let _flood = Flood::new(&socket, 1, 2, false);
    wait(&socket);
    for _ in 0..5 {
        before_the_kick(&mut socket);
    }
}

#[test]
fn a_full_queue_is_a_dozen_messages() {
    let mut socket = open();
    let name = socket.name().to_owned();
    let sender = sender();
    sender.set_nonblocking(true).expect("a mode");
    let mut queued = 0;
    while sender.send_to_addr(b"", &address(&name)).is_ok() {
        queued += 1;
    }
    let most = std::fs::read_to_string("/proc/sys/net/unix/max_dgram_qlen").expect("a limit");
    assert_eq!(queued, most.trim().parse::<usize>().expect("a number") + 1);
    let about = thread::spawn(move || {
        let sender = super::sender();
        sender.send_to_addr(b"WATCHDOG=1", &address(&name))
    });
    for _ in 0..queued {
        assert_eq!(next(&mut socket).bytes, b"");
    }
    wait(&socket);
    assert_eq!(next(&mut socket).bytes, b"WATCHDOG=1");
    about.join().expect("no panic").expect("sent");
}
