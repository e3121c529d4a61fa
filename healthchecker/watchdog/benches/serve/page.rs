//! The page with as many watches as it shows, and with many more than that.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::machine::{Cores, Room};
use crate::seed::{self, TIMEOUT};
use crate::server::Server;
use crate::table::{Table, grouped, millis};

/// So many are shown.
const SHOWN: u64 = 10_000;

/// So many there may be.
const MANY: u64 = 100_000;

/// So often it is asked for.
const TIMES: usize = 20;

pub(crate) fn measure(cores: &Cores, room: &Room, table: &mut Table) {
    let directory = room.part("page");
    let found = ask(cores, &directory, SHOWN);
    table.check(
        "the page of 10,000 watches, the slowest of 20",
        "≤ 200 ms",
        &format!(
            "{}, {} kB",
            millis(found.slowest),
            grouped(found.bytes / 1_000)
        ),
        found.slowest <= Duration::from_millis(200),
    );
    table.note(
        "the same: answer to a kick meanwhile, the slowest",
        &millis(found.kick),
    );
    let directory = room.part("page-many");
    let found = ask(cores, &directory, MANY);
    table.note(
        "the page of 100,000 watches, of which 10,000 are shown",
        &millis(found.slowest),
    );
    table.note(
        "the same: answer to a kick meanwhile, the slowest",
        &millis(found.kick),
    );
}

struct Found {
    slowest: Duration,
    bytes: u64,
    kick: Duration,
}

fn ask(cores: &Cores, directory: &std::path::Path, watches: u64) -> Found {
    let token = seed::fill(directory, watches, |_| TIMEOUT * 1_000);
    let server = Server::start(cores, directory);
    let address = server.address;
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let kicks = scope.spawn(|| {
            let mut slowest = Duration::ZERO;
            let mut stream = connect(address);
            let mut number = 0;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                number = number % watches + 1;
                let begun = Instant::now();
                let request = seed::kick(&token, number, TIMEOUT, true);
                stream.write_all(&request).expect("a request");
                let mut answer = [0; 512];
                let length = stream.read(&mut answer).expect("an answer");
                assert!(answer[..length].starts_with(b"HTTP/1.1 200 "), "no 200");
                slowest = slowest.max(begun.elapsed());
            }
            slowest
        });
        let mut slowest = Duration::ZERO;
        let mut bytes = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            let page = get(address);
            slowest = slowest.max(begun.elapsed());
            let rows = page.windows(7).filter(|bytes| bytes == b"<tr id=").count();
            assert_eq!(rows as u64, SHOWN, "rows of the page");
            bytes = page.len() as u64;
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        Found {
            slowest,
            bytes,
            kick: kicks.join().expect("kicks"),
        }
    })
}

fn connect(address: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    stream
}

/// The page, to its last byte.
fn get(address: std::net::SocketAddr) -> Vec<u8> {
    let mut stream = connect(address);
    let request = b"GET /ui/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request).expect("a request");
    let mut page = Vec::new();
    stream.read_to_end(&mut page).expect("a page");
    assert!(page.starts_with(b"HTTP/1.1 200 "), "no page");
    page
}
