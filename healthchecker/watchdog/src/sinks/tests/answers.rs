//! What becomes of messages to servers of every kind.

mod secrets;
mod slow;

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use super::server::Server;
use super::*;
use crate::outbox::Verdict;
use crate::sinks::Courier;
use crate::sinks::courier::Post;
use crate::sinks::lookup::System;

/// Longer than any answer takes here that comes.
const LONG: Duration = Duration::from_secs(20);

/// For those that do not come.
const SHORT: Duration = Duration::from_millis(700);

fn told(address: SocketAddr, limit: Duration) -> Verdict {
    told_as("webhook", "", address, limit)
}

fn told_as(kind: &str, more: &str, address: SocketAddr, limit: Duration) -> Verdict {
    let sink = sink(&format!(
        "kind = \"{kind}\"\nurl = \"http://{address}/T0/topsecret?key=hidden\"\nallow_private = true\n{more}"
    ));
    let post = Post::with(&sink, System, limit).unwrap();
    let begun = Instant::now();
    let verdict = post.tell(&message(vec![fault("disk full", b"")]), 1, WALL);
    let took = begun.elapsed();
    assert!(took < limit + Duration::from_secs(10), "{took:?}");
    for secret in ["topsecret", "hidden", "\u{1b}", "\n"] {
        assert!(!format!("{verdict:?}").contains(secret), "{verdict:?}");
    }
    verdict
}

fn again(verdict: Verdict) -> (Option<Duration>, String) {
    match verdict {
        Verdict::Again { after, problem } => (after, problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn statuses() {
    let server = Server::saying("HTTP/1.1 204 x\r\n\r\n");
    assert_eq!(told(server.address, LONG), Verdict::Delivered);
    let (head, body) = server.wait(1).remove(0);
    assert!(
        head.starts_with("post /t0/topsecret?key=hidden http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("content-type: application/json"), "{head}");
    for absent in [
        "accept-encoding",
        "expect",
        "authorization",
        "webhook-signature",
    ] {
        assert!(!head.contains(absent), "{head}");
    }
    assert!(body.contains("disk full"));

    let server = Server::saying("HTTP/1.1 500 x\r\ncontent-length: 5\r\n\r\nsorry");
    let (after, problem) = again(told(server.address, LONG));
    assert_eq!(
        problem,
        format!("http://{} answered 500: sorry", server.address)
    );
    assert_eq!(after, None);

    let server = Server::saying("HTTP/1.1 410 x\r\ncontent-length: 0\r\n\r\n");
    let problem = format!("http://{} answered 410", server.address);
    assert_eq!(told(server.address, LONG), Verdict::Gone { problem });

    for (value, seconds) in [("7", 7), ("Thu, 01 Dec 2016 18:53:32 GMT", 59)] {
        let text = format!("HTTP/1.1 429 x\r\nRetry-After: {value}\r\ncontent-length: 0\r\n\r\n");
        let server = Server::saying(text);
        let (after, _) = again(told(server.address, LONG));
        assert_eq!(after.map(|after| after.as_secs()), Some(seconds));
    }

    let server = Server::saying("HTTP/1.1 404 x\r\ncontent-length: 10\r\n\r\nno_service");
    assert!(matches!(
        told_as("slack", "", server.address, LONG),
        Verdict::Gone { .. }
    ));
    assert!(matches!(told(server.address, LONG), Verdict::Again { .. }));
}

#[test]
fn another_place_is_not_gone_to() {
    let other = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    for status in [301, 302, 303, 307, 308] {
        let to = other.address;
        let server = Server::saying(format!(
            "HTTP/1.1 {status} x\r\nLocation: http://{to}/topsecret\r\ncontent-length: 0\r\n\r\n"
        ));
        let (_, problem) = again(told(server.address, LONG));
        assert!(problem.contains("give that place in `url`"), "{problem}");
        assert!(!problem.contains(&to.to_string()), "{problem}");
    }
    assert!(other.seen().is_empty());
}

#[test]
fn too_much_is_not_read() {
    let mut text = b"HTTP/1.1 500 x\r\ncontent-length: 1000000\r\n\r\n".to_vec();
    text.extend(vec![b'a'; 1_000_000]);
    let server = Server::saying(text);
    let (_, problem) = again(told(server.address, LONG));
    assert!(
        problem.len() < 300 && problem.ends_with("aaa…"),
        "{problem}"
    );

    let mut text = b"HTTP/1.1 200 x\r\na: ".to_vec();
    text.extend(vec![b'a'; 1_000_000]);
    let server = Server::saying(text);
    let (_, problem) = again(told(server.address, LONG));
    assert!(
        problem.ends_with("the head of its answer is too long"),
        "{problem}"
    );

    // What says that it is packed is not unpacked.
    let packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
    let mut text =
        b"HTTP/1.1 500 x\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n".to_vec();
    text.extend(packed);
    let server = Server::saying(text);
    let (_, problem) = again(told(server.address, LONG));
    assert!(problem.contains("answered 500: \\u{1f}"), "{problem}");
}

#[test]
fn what_is_no_answer() {
    let server = Server::saying("\u{1b}[2Jhello\r\n\r\n");
    let (_, problem) = again(told(server.address, LONG));
    assert!(problem.ends_with("its answer is no HTTP"), "{problem}");

    let server = Server::saying("");
    let (_, problem) = again(told(server.address, LONG));
    assert!(problem.ends_with("closed without an answer"), "{problem}");

    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (_, problem) = again(told(nobody, LONG));
    assert!(
        problem.starts_with(&format!("http://{nobody}: ")),
        "{problem}"
    );

    // A body that is less than it says is an answer all the same.
    let server = Server::saying("HTTP/1.1 503 x\r\ncontent-length: 50\r\n\r\nless");
    let (_, problem) = again(told(server.address, LONG));
    assert!(problem.ends_with("answered 503: less"), "{problem}");
}

/// A sink may repeat what it was sent.
#[test]
fn what_is_repeated_has_no_secret() {
    let text = "no /T0/topsecret?key=hidden here, nor topsecret, \u{1b}[31mnor\nSesame-12345";
    let length = text.len();
    let server = Server::saying(format!(
        "HTTP/1.1 404 x\r\ncontent-length: {length}\r\n\r\n{text}"
    ));
    let more = "headers = { x-key = \"Sesame-12345\" }";
    let (_, problem) = again(told_as("webhook", more, server.address, LONG));
    let (_, shown) = problem.split_once(" answered 404: ").unwrap();
    assert_eq!(shown, "no …?… here, nor …, \\u{1b}[31mnor …");
    let (head, _) = server.wait(1).remove(0);
    assert!(head.contains("x-key: sesame-12345"), "{head}");
}
