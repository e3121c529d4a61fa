//! What becomes of messages to servers of every kind.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
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

/// Waits a little; whether the client is still there.
fn is_there(stream: &mut TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_millis(40)))
        .unwrap();
    match stream.read(&mut [0; 64]) {
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        Ok(count) => count > 0,
    }
}

/// Writes the same again and again, a little at a time, until the client has gone.
fn drip(stream: &mut TcpStream, text: &[u8]) {
    while stream.write_all(text).is_ok() && is_there(stream) {}
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

#[test]
fn who_is_slow_is_not_waited_for() {
    for (text, is_answer) in [
        (&b""[..], false),
        (b"HTTP/1.1 200 x\r\na: ", false),
        (b"HTTP/1.1 100 x\r\n\r\n", false),
        (b"HTTP/1.1 500 x\r\n\r\n", true),
        (
            b"HTTP/1.1 500 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n",
            true,
        ),
    ] {
        let server = Server::start(move |stream| drip(stream, text));
        let (_, problem) = again(told(server.address, SHORT));
        let is_late = problem.ends_with("no answer within 700ms");
        let said = String::from_utf8_lossy(text);
        assert!(
            is_late || is_answer && problem.contains("answered 500"),
            "{said}: {problem}"
        );
    }
    let server = Server::start(|stream| {
        for byte in b"HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n" {
            if stream.write_all(&[*byte]).is_err() || !is_there(stream) {
                return;
            }
        }
    });
    let (_, problem) = again(told(server.address, SHORT));
    assert!(problem.ends_with("no answer within 700ms"), "{problem}");
    // What follows a good answer is not waited for.
    let server =
        Server::start(|stream| drip(stream, b"HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\n"));
    assert_eq!(told(server.address, LONG), Verdict::Delivered);
}

/// Neither is one that takes the connection, and reads nothing.
#[test]
fn who_does_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sink = sink(&format!(
        "kind = \"webhook\"\nurl = \"http://{}/\"\nallow_private = true",
        listener.local_addr().unwrap()
    ));
    let post = Post::with(&sink, System, SHORT).unwrap();
    let many = (0..5_000).map(|id| News {
        reason: "a".repeat(5_000).into(),
        ..news(id, Type::Down, State::Up, State::Timeout)
    });
    let (_, problem) = again(post.tell(&message(many.collect()), 1, WALL));
    assert!(problem.ends_with("no answer within 700ms"), "{problem}");
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

#[test]
fn with_secrets_and_a_token() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let directory = std::env::temp_dir().join(format!("watchdog-sinks-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let file = |name: &str, text: &str, mode: u32| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let secret = file("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 0o600);
    let token = file("token", "open-sesame\n", 0o600);
    let server = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    let more = format!("secret_file = \"{secret}\"\nbearer_file = \"{token}\"");
    assert_eq!(
        told_as("webhook", &more, server.address, LONG),
        Verdict::Delivered
    );
    let (head, _) = server.wait(1).remove(0);
    for line in [
        "authorization: bearer open-sesame",
        "webhook-id: evt_00000000000000000000000000000001",
        "webhook-timestamp: 1480618352",
        "webhook-signature: v1,",
    ] {
        assert!(head.contains(line), "{head}");
    }
    let url = "kind = \"webhook\"\nurl = \"https://hooks.example/\"\n";
    for (key, name, text, mode, culprit) in [
        (
            "secret_file",
            "a",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            0o644,
            "chmod 600 it",
        ),
        (
            "secret_file",
            "b",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            0o600,
            "no secret; write",
        ),
        ("bearer_file", "c", "open", 0o640, "chmod 600 it"),
        (
            "bearer_file",
            "d",
            "open\r\nx: sesame",
            0o600,
            "more than one",
        ),
        ("bearer_file", "e", " \n", 0o600, "has no token in it"),
        (
            "bearer_file",
            "f",
            &"a".repeat(5_000),
            0o600,
            "is longer than the token",
        ),
        (
            "ca_file",
            "g",
            "hello",
            0o600,
            "has no certificate (PEM); name",
        ),
        (
            "ca_file",
            "h",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
            0o600,
            "PEM is broken",
        ),
    ] {
        let path = file(name, text, mode);
        let problem = Post::new(&sink(&format!("{url}{key} = \"{path}\""))).unwrap_err();
        let expected = format!("{key}: {path}: ");
        assert!(
            problem.starts_with(&expected) && problem.contains(culprit),
            "{problem}"
        );
        assert!(
            !problem.contains("sesame") && !problem.contains("MfKQ"),
            "{problem}"
        );
    }
    for key in ["secret_file", "bearer_file", "ca_file"] {
        let path = directory.join("missing").display().to_string();
        let problem = Post::new(&sink(&format!("{url}{key} = \"{path}\""))).unwrap_err();
        assert!(
            problem.starts_with(&format!("{key}: {path}: ")),
            "{problem}"
        );
    }
    let shown = Post::new(&sink(&format!("{url}{more}"))).unwrap();
    assert!(!format!("{shown:?}").contains("sesame"), "{shown:?}");
    fs::remove_dir_all(&directory).unwrap();
}
