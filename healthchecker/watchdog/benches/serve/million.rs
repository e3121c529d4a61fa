//! A million watches: how soon the server serves them, in how much memory, and how soon it notices that
//! one of them is silent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::machine::{Cores, Room};
use crate::seed::{self, TIMEOUT};
use crate::server::Server;
use crate::table::{Table, grouped, millis, seconds};

const WATCHES: u64 = 1_000_000;

/// So many fall silent, one after another.
const SILENT: u64 = 20;

/// The shortest timeout, in seconds.
const SHORTEST: u64 = 1;

pub(crate) fn measure(cores: &Cores, room: &Room, table: &mut Table) {
    let directory = room.part("million");
    let token = seed::fill(&directory, WATCHES, |_| TIMEOUT * 1_000);
    let server = Server::start(cores, &directory);
    let processor = server.processor();
    table.check(
        "a million watches: from the program's start until it serves",
        "≤ 2 s",
        &seconds(server.started),
        server.started <= Duration::from_secs(2),
    );
    table.note("the same: processor for that", &seconds(processor));

    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut kicked = Vec::new();
    for number in (1..=SILENT).map(|number| number * 49_999) {
        // Its deadline is later than this and its timeout: what is found is too much rather than too little.
        let at = Instant::now();
        let request = seed::kick(&token, number, SHORTEST, true);
        stream.write_all(&request).expect("a request");
        let mut answer = [0; 512];
        let length = stream.read(&mut answer).expect("an answer");
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 "), "no 200");
        kicked.push((seed::name(number), at));
    }
    let mut latest = Duration::ZERO;
    for (name, at) in kicked {
        let (told, _) = server.hear(&format!("watchdog: down: {name}"));
        let due = at + Duration::from_secs(SHORTEST);
        assert!(told >= due, "{name} was given up too early");
        latest = latest.max(told - due);
    }
    let memory = server.memory();
    table.check(
        "the same: resident memory",
        "≤ 250 MB",
        &format!("{} MB", grouped(memory)),
        memory <= 250,
    );
    table.check(
        "the same: from a deadline until its line on stderr, the worst of 20",
        "≤ 100 ms",
        &millis(latest),
        latest <= Duration::from_millis(100),
    );
}
