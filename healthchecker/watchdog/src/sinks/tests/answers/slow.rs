//! Those who are slow.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

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
