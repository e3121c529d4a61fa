//! A server over HTTP that answers as it is told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use libtest_mimic::Failed;

use crate::stream::BOUND;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Status(u16),
    /// 200 to every third, 500 to the others.
    EveryThird,
    /// None.
    Hang,
    /// A head without end.
    Flood,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) body: String,
}

#[derive(Debug)]
struct State {
    answer: Answer,
    asked: Vec<Asked>,
}

/// Serves on a port of loopback until the test ends.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Server {
    pub(crate) fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let asked = Vec::new();
        let server = Self {
            address: listener.local_addr().expect("an address"),
            state: Arc::new((Mutex::new(State { answer, asked }), Condvar::new())),
        };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(stream));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/p", self.address)
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.state.0.lock().expect("no panic").answer = answer;
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.0.lock().expect("no panic").asked.clone()
    }

    /// Waits until the requests are such.
    pub(crate) fn wait(&self, is_done: impl Fn(&[Asked]) -> bool) -> Result<Vec<Asked>, Failed> {
        let state = self.state.0.lock().expect("no panic");
        let state = self
            .state
            .1
            .wait_timeout_while(state, BOUND, |state| !is_done(&state.asked));
        let asked = state.expect("no panic").0.asked.clone();
        match is_done(&asked) {
            true => Ok(asked),
            false => Err(format!("asked only {asked:?}").into()),
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(asked) = read(&stream) else { return };
        let answer = {
            let mut state = self.state.0.lock().expect("no panic");
            state.asked.push(asked);
            self.state.1.notify_all();
            match state.answer {
                Answer::EveryThird if state.asked.len().is_multiple_of(3) => Answer::Status(200),
                Answer::EveryThird => Answer::Status(500),
                answer => answer,
            }
        };
        let _ = match answer {
            Answer::EveryThird => Ok(()),
            Answer::Status(status) => write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
            // Until the other side has had enough.
            Answer::Hang => stream.read(&mut [0]).map(drop),
            Answer::Flood => loop {
                if let Err(error) = stream.write_all(&[b'x'; 4096]) {
                    break Err(error);
                }
            },
        };
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut from = BufReader::new(stream);
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        from.read_line(&mut header).ok()?;
        match header.trim_end().split_once(": ") {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?;
            }
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let line = line.strip_suffix(" HTTP/1.1\r\n")?.to_owned();
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Asked { line, body })
}
