//! Server-sent events, as they come.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use serde_json::Value;

use crate::lines::BOUND;

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) id: Option<u64>,
    pub(crate) data: Value,
}

impl Event {
    /// What it is, of which instance, and what that is now.
    pub(crate) fn said(&self) -> (&str, &str, &str) {
        let service = &self.data["service"];
        let text = |name: &str| service[name].as_str().unwrap_or_default();
        (&self.kind, text("id"), text("health"))
    }
}

/// A stream that is read an event at a time.
#[derive(Debug)]
pub(crate) struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Asks as HTTP/1.0, whose answers have no chunks.
    pub(crate) fn open(address: SocketAddr, target: &str, last: Option<u64>) -> Self {
        let mut stream = Self::unread(address, target, last);
        stream.head();
        stream
    }

    /// Reads the answer's head.
    pub(crate) fn head(&mut self) {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("an answer");
        assert!(line.contains(" 200 "), "{line}");
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).expect("a head");
        }
    }

    /// The same, and nothing is read of it.
    pub(crate) fn unread(address: SocketAddr, target: &str, last: Option<u64>) -> Self {
        let mut stream = TcpStream::connect(address).expect("a server that listens");
        stream.set_read_timeout(Some(BOUND)).expect("a limit");
        let last = last.map(|last| format!("Last-Event-ID: {last}\r\n"));
        let last = last.unwrap_or_default();
        write!(stream, "GET {target} HTTP/1.0\r\n{last}\r\n").expect("a request");
        Self(BufReader::new(stream))
    }

    /// The next event; `None`: it has ended.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        let begun = Instant::now();
        loop {
            // Comments keep a stream alive in which nothing comes.
            assert!(begun.elapsed() < BOUND, "no event");
            let mut line = String::new();
            if self.0.read_line(&mut line).expect("a line in time") == 0 {
                return None;
            }
            let line = line.strip_suffix('\n').expect("a whole line");
            match line.split_once(": ") {
                Some(("event", kind)) => kind.clone_into(&mut event.kind),
                Some(("id", id)) => event.id = Some(id.parse().expect("a number")),
                Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
                _ if line == ":" => {}
                _ if line.is_empty() && event.kind.is_empty() => {}
                _ => {
                    assert_eq!(line, "", "no field");
                    return Some(event);
                }
            }
        }
    }

    pub(crate) fn expect(&mut self) -> Event {
        self.next().expect("an event")
    }

    /// Up to the end of a snapshot: its number, and the health of each instance.
    pub(crate) fn snapshot(&mut self) -> (u64, BTreeMap<String, String>) {
        let mut all = BTreeMap::new();
        loop {
            let event = self.expect();
            if event.kind == "snapshot" {
                return (event.id.expect("a number"), all);
            }
            assert_eq!((&*event.kind, event.id), ("register", None));
            let (_, id, health) = event.said();
            all.insert(id.to_owned(), health.to_owned());
        }
    }
}
