//! A server that answers as it is told. It fails the test when it panics itself.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a client has sent: its head, in lower case, and its body.
pub(super) type Request = (String, String);

pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// One whose answer to each request is written by `answer`.
    pub(super) fn start(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Request>>>::default();
        let kept = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                match read(&mut stream) {
                    Some(request) if request.0.starts_with("end ") => return,
                    Some(request) => kept.lock().unwrap().push(request),
                    None => {}
                }
                answer(&mut stream);
            }
        });
        Self {
            address,
            seen,
            thread: Some(thread),
        }
    }

    /// One that answers with this text.
    pub(super) fn saying(text: impl Into<Vec<u8>>) -> Self {
        let text = text.into();
        Self::start(move |stream| {
            // Whoever has heard enough closes.
            let _ = stream.write_all(&text);
        })
    }

    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until it has seen so many requests.
    pub(super) fn wait(&self, count: usize) -> Vec<Request> {
        until("the server is asked", || self.seen().len() >= count);
        self.seen()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let sent = TcpStream::connect(self.address);
        let sent = sent.and_then(|mut stream| stream.write_all(b"END / HTTP/1.1\r\n\r\n"));
        let ended = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            sent.unwrap();
            ended.expect("the server does not panic");
        }
    }
}

pub(super) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            let mut body = bytes.split_off(at + 4);
            let read = body.len();
            body.resize(length, 0);
            stream.read_exact(&mut body[read..]).ok()?;
            return Some((head, String::from_utf8(body).unwrap()));
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

#[test]
fn it_reads_requests_and_writes_answers() {
    let server = Server::saying("HTTP/1.1 204 x\r\n\r\n");
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream
            .write_all(b"POST /A HTTP/1.1\r\nContent-Length: 3\r\n\r\nAbc")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "HTTP/1.1 204 x\r\n\r\n");
    }
    let request = (
        "post /a http/1.1\r\ncontent-length: 3".to_owned(),
        "Abc".to_owned(),
    );
    assert_eq!(server.seen(), [request.clone(), request]);
}
