//! Those who follow a service: how much memory each takes, and how soon all of them hear of something.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::machine::{Cores, Room};
use crate::server::Server;
use crate::table::{Table, grouped, millis};

const WATCHERS: usize = 1_000;

/// So many instances the service has, which each of them is told at first.
const INSTANCES: usize = 10;

/// In kB for each of them.
const BAR: u64 = 32;

/// Beyond this nothing is awaited.
const LONGEST: Duration = Duration::from_secs(60);

pub(crate) fn measure(cores: &Cores, room: &Room, table: &mut Table) {
    let directory = room.part("watchers");
    let server = Server::start(cores, &directory);
    let mut asking = TcpStream::connect(server.address).expect("a connection");
    asking.set_nodelay(true).expect("no delay");
    for id in 0..INSTANCES {
        register(&mut asking, &id.to_string());
    }
    let before = server.kilobytes();
    let mut streams: Vec<_> = (0..WATCHERS).map(|_| watch(&server)).collect();
    for stream in &mut streams {
        until(stream, b"event: snapshot\n");
    }
    let each = server.kilobytes().saturating_sub(before) / WATCHERS as u64;
    table.check(
        "1,000 who follow a service of 10 instances: resident memory of each",
        "≤ 32 kB",
        &format!("{} kB", grouped(each)),
        each <= BAR,
    );
    let begun = Instant::now();
    register(&mut asking, "new");
    let answered = begun.elapsed();
    for stream in &mut streams {
        until(stream, b"\"id\":\"new\"");
    }
    let all = begun.elapsed();
    let found = format!("{}, {}", millis(answered), millis(all));
    table.note(
        "the same: from a registration until it is answered, and until all have heard of it",
        &found,
    );
    let after = server.kilobytes().saturating_sub(before) / WATCHERS as u64;
    table.check(
        "the same: resident memory of each, afterwards",
        "≤ 32 kB",
        &format!("{} kB", grouped(after)),
        after <= BAR,
    );
}

fn register(stream: &mut TcpStream, id: &str) {
    let body = format!(r#"{{"id":"{id}","name":"api","address":"10.0.0.5","port":80,"ttl":"1h"}}"#);
    let request = format!(
        "POST /register HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = [0; 2_048];
    let length = stream.read(&mut answer).expect("an answer");
    assert!(answer[..length].starts_with(b"HTTP/1.1 201 "), "no 201");
}

fn watch(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.set_read_timeout(Some(LONGEST)).expect("a limit");
    let request = b"GET /watch?name=api HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    stream.write_all(request).expect("a request");
    stream
}

/// Reads until this has come.
fn until(stream: &mut TcpStream, text: &[u8]) {
    let mut all = Vec::new();
    let mut piece = [0; 16 * 1024];
    while !all.windows(text.len()).any(|found| found == text) {
        let length = stream.read(&mut piece).expect("an event in time");
        assert!(length > 0, "it has ended");
        all.extend_from_slice(&piece[..length]);
    }
}
