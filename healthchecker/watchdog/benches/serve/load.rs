//! Who asks: one thread and epoll, which take less of a core than any server that they ask.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

/// Kept connections.
pub(crate) const KEPT: usize = 512;

/// Connections of one request each that are under way at a time.
pub(crate) const SINGLE: usize = 256;

/// After this an answer is not awaited any more.
const LONGEST: Duration = Duration::from_secs(10);

/// Between two looks where requests have their times.
const PAUSE: Duration = Duration::from_micros(50);

/// What is asked, how and for how long.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// In turn.
    pub(crate) requests: Vec<Vec<u8>>,
    pub(crate) connections: usize,
    /// Whether a connection is used again.
    pub(crate) is_kept: bool,
    /// From one request to the next, whatever becomes of the answers; `None`: as fast as those come.
    pub(crate) every: Option<Duration>,
    pub(crate) time: Duration,
}

/// What came of it.
pub(crate) struct Found {
    /// Of each answer when its request should have been sent, from the beginning, and how long after
    /// that it was there.
    pub(crate) answers: Vec<(Duration, Duration)>,
    pub(crate) took: Duration,
}

impl Found {
    /// Answers a second.
    pub(crate) fn rate(&self) -> u64 {
        (self.answers.len() as f64 / self.took.as_secs_f64()) as u64
    }

    /// How long they took.
    pub(crate) fn latencies(&self) -> Vec<Duration> {
        self.answers.iter().map(|&(_, latency)| latency).collect()
    }
}

impl Load {
    /// A request as Go's library sends it.
    pub(crate) fn request(target: &str, is_kept: bool) -> Vec<u8> {
        let end = if is_kept { "" } else { "Connection: close\r\n" };
        format!(
            "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:8500\r\nUser-Agent: Go-http-client/1.1\r\n\
             {end}Accept-Encoding: gzip\r\n\r\n"
        )
        .into_bytes()
    }

    /// Asks. Whatever is not an empty 200 ends the program.
    pub(crate) fn run(&self) -> Found {
        let mut desk = Desk::new(self);
        if self.is_kept {
            desk.lines.iter_mut().for_each(|line| line.connect(self));
        }
        let begun = Instant::now();
        let mut answers = Vec::new();
        let mut sent = 0;
        loop {
            let now = begun.elapsed();
            while let Some(due) = self.due(sent, now) {
                let Some(at) = desk.idle.pop_front() else {
                    break;
                };
                desk.ask(at, self, sent as usize, due);
                sent += 1;
            }
            if desk.idle.len() == self.connections && now >= self.time {
                break;
            }
            assert!(now < self.time + LONGEST, "answers do not come");
            desk.answers(self, begun, &mut answers);
        }
        Found {
            answers,
            took: begun.elapsed(),
        }
    }

    /// When the next request is to be sent, or was to be; `None`: it is not yet time, or all are sent.
    fn due(&self, sent: u32, now: Duration) -> Option<Duration> {
        let due = self.every.map_or(now, |every| every * sent);
        (due <= now && due < self.time).then_some(due)
    }
}

/// The connections.
struct Desk {
    epoll: std::os::fd::OwnedFd,
    lines: Vec<Line>,
    idle: VecDeque<usize>,
    events: Vec<epoll::Event>,
}

#[derive(Default)]
struct Line {
    stream: Option<TcpStream>,
    due: Duration,
    answer: Vec<u8>,
}

impl Desk {
    fn new(load: &Load) -> Self {
        let mut desk = Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).expect("epoll(7)"),
            lines: Vec::new(),
            idle: (0..load.connections).collect(),
            events: Vec::with_capacity(load.connections),
        };
        desk.lines.resize_with(load.connections, Line::default);
        desk
    }

    fn ask(&mut self, at: usize, load: &Load, number: usize, due: Duration) {
        let line = &mut self.lines[at];
        let is_new = line.stream.is_none() || line.answer.capacity() == 0;
        if line.stream.is_none() {
            line.connect(load);
        }
        line.due = due;
        line.answer.clear();
        line.answer.reserve(512);
        let mut stream = line.stream.as_ref().expect("a connection");
        let request = &load.requests[number % load.requests.len()];
        stream.write_all(request).expect("a request");
        if is_new {
            let data = epoll::EventData::new_u64(at as u64);
            epoll::add(&self.epoll, stream, data, epoll::EventFlags::IN).expect("epoll(7)");
        }
    }

    /// Takes what has come.
    fn answers(&mut self, load: &Load, begun: Instant, answers: &mut Vec<(Duration, Duration)>) {
        let wait = if load.every.is_some() {
            Timespec::default()
        } else {
            Timespec {
                tv_sec: 0,
                tv_nsec: 100_000_000,
            }
        };
        let events = rustix::buffer::spare_capacity(&mut self.events);
        let found = epoll::wait(&self.epoll, events, Some(&wait)).expect("epoll(7)");
        if found == 0 && load.every.is_some() {
            thread::sleep(PAUSE);
        }
        for event in self.events.drain(..) {
            let at = event.data.u64() as usize;
            let line = &mut self.lines[at];
            if line.read(load.is_kept) {
                let latency = begun.elapsed().saturating_sub(line.due);
                answers.push((line.due, latency));
                if !load.is_kept {
                    line.stream = None;
                }
                self.idle.push_back(at);
            }
        }
    }
}

impl Line {
    fn connect(&mut self, load: &Load) {
        let stream = TcpStream::connect(load.address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        stream.set_nonblocking(true).expect("no waiting");
        self.stream = Some(stream);
    }

    /// Whether the answer is whole: its head's end, as it has no body, or the connection's.
    fn read(&mut self, is_kept: bool) -> bool {
        let mut stream = self.stream.as_ref().expect("a connection");
        let mut bytes = [0; 512];
        let length = match stream.read(&mut bytes) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("no answer: {error}"),
        };
        self.answer.extend_from_slice(&bytes[..length]);
        let is_whole = self.answer.ends_with(b"\r\n\r\n");
        let is_good = self.answer.starts_with(b"HTTP/1.1 200 ");
        let is_end = length == 0;
        assert!(
            is_good && (is_whole || !is_end),
            "no empty 200: {}",
            String::from_utf8_lossy(&self.answer)
        );
        if is_kept { is_whole } else { is_end }
    }
}
