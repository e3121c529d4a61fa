//! Odd, huge, half and slow: nobody harms the server, or the others.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::plain;
use crate::client::{connect, read};
use crate::home::{Home, Server, binary};
use crate::lines::until;
use crate::proof::{hmac, mint};

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("hostile: reasons stay in their line", reasons),
        ("hostile: bodies that are too long", long_bodies),
        ("hostile: heads that are none", heads),
        ("hostile: idle ones leave descriptors", descriptors),
        ("hostile: half requests hold nobody up", half_requests),
        (
            "hostile: whoever reads nothing holds nobody up",
            whoever_reads_nothing,
        ),
        (
            "hostile: many requests at once on one connection",
            many_at_once,
        ),
        (
            "hostile: whoever has gone is not waited for",
            whoever_has_gone,
        ),
    ])
}

/// That it still answers somebody else, and soon.
fn lives(server: &Server) {
    let begun = Instant::now();
    assert_eq!(server.client().get("/?id=other").status, 200);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
}

fn reasons() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick fault status");
    let (one, all) = (hmac(&token, "dc.a"), hmac(&token, "dc"));
    for reason in [
        "a%09b%0ac%0d%00%1b[31m%7f",
        "%c2%85%e2%80%a8%e2%80%a9",
        "%ff%fe",
        &"%0a".repeat(900),
        &"%E2%82%AC".repeat(300),
    ] {
        let target = format!("/fault/dc.a?hmac={one}&reason={reason}");
        assert_eq!(client.get(&target).said(), (200, ""), "{reason}");
        let shown = client.get(&format!("/status/dc?hmac={all}&header=0")).body;
        let line = shown.strip_suffix('\n').expect("an end");
        assert_eq!(line.split('\t').count(), 5, "{line:?}");
        let reason = line.rsplit('\t').next().unwrap();
        assert!(reason.len() <= "FAULT:".len() + 500, "{}", reason.len());
        let is_bad = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!line.replace('\t', "").contains(is_bad), "{line:?}");
    }
    // What an operator reads of it has no escapes in it either.
    for line in server.term() {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

fn long_bodies() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let root = home.root();
    let key = mint(&mut client, &root, "dc", "kick fault");
    // Of a ping's body the beginning is kept, and of what is endless the answer still heard.
    for length in [10_000, 10_001, 900_000] {
        let target = format!("/ping/{key}/a?create=1");
        let reply = client.ask("POST", &target, &[], &vec![b'x'; length]);
        assert!(matches!(reply.status, 200 | 201), "{length}: {reply:?}");
    }
    for (length, status) in [(60_000, 400), (70_000, 413), (900_000, 413)] {
        let reply = client.api(&root, "POST", "tokens", &"x".repeat(length));
        assert_eq!(reply.status, status, "{length}");
    }
    // Chunks, one byte each.
    let mut request =
        format!("POST /ping/{key}/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    request += &"1\r\nx\r\n".repeat(20_000);
    request += "0\r\n\r\n";
    assert_eq!(
        client.raw(request.as_bytes(), false).unwrap().said(),
        (200, "OK")
    );
    lives(&server);
}

fn heads() {
    let home = Home::new("");
    let server = home.start();
    let long = "a".repeat(100_000);
    let many = "A: b\r\n".repeat(200);
    for (request, status) in [
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), Some(400)),
        ("\0\u{1}\u{2}\r\n\r\n".into(), Some(400)),
        (format!("GET /?id={long} HTTP/1.1\r\n\r\n"), None),
        (format!("GET /?id=a HTTP/1.1\r\n{many}\r\n"), Some(431)),
        (
            format!("GET /?id=a HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"),
            Some(431),
        ),
        (
            "GET /?id=a HTTP/1.1\r\nHost: \u{e9}.example\r\n\r\n".into(),
            Some(403),
        ),
        ("GET /?id=a HTTP/1.0\r\n\r\n".into(), None),
    ] {
        let mut stream = connect(server.address);
        // The answer may come before all is taken.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        if let Some(status) = status {
            let said = String::from_utf8_lossy(&answer);
            assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
        }
        lives(&server);
    }
}

fn half_requests() {
    let home = Home::new("");
    let server = home.start();
    let halves = [
        "",
        "GET /?id=a HTTP/1.1\r\nHo",
        "POST /ping/k/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx",
        "POST /api/watchdog/v1/tokens HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n{",
    ];
    let open: Vec<_> = (0..200)
        .map(|at| {
            let mut stream = connect(server.address);
            stream
                .write_all(halves[at % halves.len()].as_bytes())
                .unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        lives(&server);
    }
    // Whoever does not go on is closed, or told so.
    let begun = Instant::now();
    for mut stream in open {
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("still open after {:?}", begun.elapsed());
            }
            _ => assert!(
                answer.is_empty() || answer.starts_with(b"HTTP/1.1 408 "),
                "{answer:?}"
            ),
        }
    }
    lives(&server);
}

fn whoever_reads_nothing() {
    let home = Home::new("");
    let server = home.start();
    let requests = "GET /api/watchdog/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500);
    let deaf: Vec<_> = (0..10)
        .map(|_| {
            let mut stream = connect(server.address);
            stream.set_nonblocking(true).unwrap();
            let _ = stream.write(requests.as_bytes());
            stream
        })
        .collect();
    for _ in 0..20 {
        lives(&server);
    }
    drop(deaf);
}

fn many_at_once() {
    let home = Home::new("");
    let server = home.start();
    let mut stream = connect(server.address);
    let one = "GET /?id=a HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(one.repeat(100).as_bytes()).unwrap();
    let mut answers = BufReader::new(stream);
    for _ in 0..100 {
        assert_eq!(read(&mut answers, false).unwrap().said(), (200, ""));
    }
}

fn descriptors() {
    let home = Home::new("");
    let mut command = Command::new("sh");
    let line = "ulimit -S -n 40; exec \"$0\" \"$@\"";
    command.args(["-c", line]).arg(binary()).args(home.words());
    let server = home.start_by(command);
    let idle: Vec<_> = (0..100).map(|_| connect(server.address)).collect();
    lives(&server);
    drop(idle);
}

fn whoever_has_gone() {
    let home = Home::new("");
    let server = home.start();
    for number in 0..200 {
        let mut stream = connect(server.address);
        let request = format!("GET /?id=gone.{number} HTTP/1.1\r\nHost: a\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
    }
    // Nothing more comes, but the answer is awaited: so nc and socat do it.
    let mut half = connect(server.address);
    half.write_all(b"GET /?id=half HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    half.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(read(&mut BufReader::new(half), false).unwrap().status, 200);
    // They had asked, and it was done.
    until("all is done", || {
        let all = server.client().get("/metrics").body;
        all.matches("watchdog_up{namespace=\"heartbeat\",name=\"gone.")
            .count()
            == 200
    });
}
