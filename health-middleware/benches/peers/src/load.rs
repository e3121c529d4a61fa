//! Requests over kept connections, one after another on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 64;
/// As the kubelet asks, which `curl` does too.
const REQUEST: &[u8] = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

/// What came of it.
pub(crate) struct Load {
    pub(crate) answers: u64,
    took: Duration,
    /// Of the last answer's body.
    pub(crate) bytes: usize,
}

impl Load {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers as f64 / self.took.as_secs_f64()
    }
}

/// Asks for as long as this, from a `LocalSet`. Whatever is no 200 ends the program.
pub(crate) async fn ask(address: SocketAddr, time: Duration) -> Load {
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        streams.push(stream);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for mut stream in streams {
        tasks.spawn_local(async move {
            let mut buffer = vec![0; 64 * 1024];
            let (mut answers, mut bytes) = (0, 0);
            while begun.elapsed() < time {
                stream.write_all(REQUEST).await.expect("a request");
                bytes = answer(&mut stream, &mut buffer).await;
                answers += 1;
            }
            (answers, bytes)
        });
    }
    let (mut answers, mut bytes) = (0, 0);
    while let Some(asked) = tasks.join_next().await {
        let (some, length) = asked.expect("a client");
        answers += some;
        bytes = length;
    }
    let took = begun.elapsed();
    Load {
        answers,
        took,
        bytes,
    }
}

/// Reads one answer to its end, and tells the length of its body.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    let (head, length) = loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the server closes");
        filled += read;
        if let Some(end) = find(&buffer[..filled], b"\r\n\r\n") {
            assert!(
                buffer.starts_with(b"HTTP/1.1 200"),
                "an answer that is no 200"
            );
            break (end + 4, content_length(&buffer[..end]));
        }
    };
    let mut missing = (head + length).checked_sub(filled).expect("one answer");
    while missing > 0 {
        let read = stream.read(&mut buffer[filled..]).await.expect("a body");
        assert!(read > 0 && read <= missing, "a body of its length");
        filled += read;
        missing -= read;
    }
    length
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).expect("text");
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let value = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    value
        .and_then(|(_, value)| value.parse().ok())
        .expect("a length")
}

fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}
