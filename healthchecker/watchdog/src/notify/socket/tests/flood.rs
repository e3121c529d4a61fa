//! Strangers who send as much as they can, while the one who may speak sends once.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::alone::wait;
use super::*;

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
                        .args(["--exact", &format!("{here}::stranger"), "--ignored"])
                        .env("NOTIFY_SOCKET", socket.name())
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

#[test]
#[ignore = "a process of its own"]
fn stranger() {
    let name = std::env::var_os("NOTIFY_SOCKET").expect("a name");
    let number = |name| {
        std::env::var(name)
            .expect(name)
            .parse::<usize>()
            .expect("a number")
    };
    let waits = number("WATCHDOG_TEST_WAITS") == 1;
    let address = &address(&name);
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
fn before_the_kick(socket: &mut Socket, every: usize) -> (usize, std::time::Duration) {
    let mut since = std::time::Instant::now();
    let mut started = false;
    let mut run = 0;
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
    loop {
        let is_about = about.load(Ordering::SeqCst);
        if is_about && !started {
            started = true;
            since = std::time::Instant::now();
        }
        run += 1;
        if every > 0 && run % every == 0 {
            thread::yield_now();
        }
        match socket.receive().expect("no error") {
            Some(datagram) if datagram.sender == Some(id()) => break,
            Some(_) if is_about => count += 1,
            Some(_) => {}
            None => wait(socket),
        }
    }
    kicker.join().expect("no panic");
    (count, since.elapsed())
}

#[test]
fn measure() {
    for every in [0, 1, 4, 11, 64] {
        for (processes, threads, waits) in
            [(1, 16, true), (1, 1, false), (1, 4, false), (2, 16, false)]
        {
            let mut socket = open();
            let flood = Flood::new(&socket, processes, threads, waits);
            for _ in 0..100 {
                wait(&socket);
                next(&mut socket);
            }
            let mut counts: Vec<_> = (0..200)
                .map(|_| before_the_kick(&mut socket, every))
                .collect();
            counts.sort_unstable();
            let mut times: Vec<_> = counts.iter().map(|c| c.1).collect();
            times.sort_unstable();
            println!(
                "yield {every}: {processes}x{threads} waits={waits}: median {} p90 {} max {}; time {:?} {:?} {:?}",
                counts[100].0, counts[180].0, counts[199].0, times[100], times[180], times[199]
            );
            drop(flood);
        }
    }
}
