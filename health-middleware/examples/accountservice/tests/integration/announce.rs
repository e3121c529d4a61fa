//! Whom it tells of itself.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use rustix::process::Signal;

use crate::service::{Room, Service, run};

/// The first line of a request, which is answered if that is wanted.
fn accept(listener: &TcpListener, answer: bool) -> (String, TcpStream) {
    let (stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next().unwrap().unwrap();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    if answer {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        (&stream).write_all(answer).unwrap();
    }
    (first, stream)
}

#[test]
fn a_ping_url_is_kicked() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/ping/id", listener.local_addr().unwrap());
    let room = Room::new();
    let _service = Service::start(&room.path("db"), &["--announce", &url]);
    assert_eq!(accept(&listener, true).0, "GET /ping/id HTTP/1.1");
}

#[test]
fn a_registry_that_hangs_cannot_hold_it() {
    for (scheme, says) in [
        ("consul", "PUT /v1/agent/service/register HTTP/1.1"),
        ("watchdog", "POST /register HTTP/1.1"),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("{scheme}+http://{}", listener.local_addr().unwrap());
        let room = Room::new();
        let mut service = Service::start_healthy(&room.path("db"), &["--announce", &url]);
        let (first, _unanswered) = accept(&listener, false);
        assert_eq!(first, says);
        service.signal(Signal::TERM);
        assert_eq!(service.wait().code(), Some(0));
    }
}

#[test]
fn a_mistake_ends_the_start() {
    let room = Room::new();
    let database = room.path("db");
    let database = database.to_str().unwrap();
    for (words, says) in [
        (
            ["--announce=https://hc/secret", ""],
            "URL \"https://hc/…\": TLS",
        ),
        (
            ["--announce=consul+http://c", "--address=0.0.0.0"],
            "host 0.0.0.0: others",
        ),
        (
            ["--announce=consul+http://c", "--announce-as=a/b"],
            "host \"a/b\"",
        ),
    ] {
        let mut words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.extend(["--port=0", "--database", database]);
        let (code, _, stderr) = run(&words);
        assert_eq!(code, Some(1), "{words:?}");
        assert!(stderr.contains(says), "{stderr}");
        assert!(!stderr.contains("secret"), "{stderr}");
    }
}
