//! A server that answers as a script says, a connection each, and keeps what it was asked.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// No test waits longer for anything.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// What becomes of a connection.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes, and its end.
    Bytes(String),
    /// Its end, before the request is read to its end.
    Close,
    /// Nothing, until the client gives up.
    Hang,
}

pub(crate) fn ok(body: &str) -> Reply {
    status(200, body)
}

pub(crate) fn status(code: u16, body: &str) -> Reply {
    let length = body.len();
    Reply::Bytes(format!(
        "HTTP/1.1 {code} Said\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}

#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    asked: Receiver<String>,
}

impl Server {
    /// One that answers so one after the other, and the last for ever.
    pub(crate) fn new(replies: impl Into<VecDeque<Reply>>) -> Self {
        let mut replies = replies.into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let (sender, asked) = channel();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let reply = if replies.len() > 1 {
                    replies.pop_front()
                } else {
                    replies.front().cloned()
                };
                let reply = reply.expect("a script has a reply");
                let sender: Sender<String> = sender.clone();
                // A client that gives up is no failure of the server's.
                thread::spawn(move || serve(stream, reply, &sender));
            }
        });
        Self { port, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The next request, waited for; the port as `PORT`.
    pub(crate) fn asked(&self) -> String {
        let asked = self.asked.recv_timeout(BOUND).expect("a request");
        asked.replace(&self.port.to_string(), "PORT")
    }

    /// How many requests there are that nobody has looked at.
    pub(crate) fn unseen(&self) -> usize {
        self.asked.try_iter().count()
    }
}

fn serve(mut stream: TcpStream, reply: Reply, asked: &Sender<String>) {
    stream
        .set_read_timeout(Some(BOUND))
        .expect("it is a socket");
    let Some(request) = request(&mut stream) else {
        return;
    };
    let _ = asked.send(request);
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(bytes.as_bytes());
        }
        Reply::Close => {}
        Reply::Hang => {
            let _ = stream.read(&mut [0]);
        }
    }
}

/// A request with as much body as it says.
pub(crate) fn request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().expect("a number"));
            if body.len() >= length {
                return Some(text);
            }
        }
        let mut some = [0; 4096];
        match stream.read(&mut some) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend(&some[..count]),
        }
    }
}
