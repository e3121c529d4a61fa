//! What is said and heard, byte for byte.

use super::*;
use crate::watches::{Event, Limits, Now, Outcome, State, Table, apply};

mod bad;
mod checks;
mod golden;
mod never;

const NOW: Now = Now {
    mono: 1_000_000,
    wall: 1_480_618_352_007,
};

/// A service in whose every text is what ends something elsewhere.
const ODD: &str = r#"{"id":"1\"<","name":"a&b","address":"10.0.0.5","port":8080,"version":"\r\nevent: x\n\ndata: y","tags":["\u2028","</script>"],"metadata":{"b":"\u0000","a":"\n"},"weight":3}"#;

fn rules() -> Rules {
    Rules {
        networks: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
    }
}

fn ask(method: &str, path: &str, query: &str, body: &str) -> Result<Request, Answer> {
    let call = Call {
        method,
        path,
        query,
        body: body.as_bytes(),
        ..Call::default()
    };
    parse(&call, &rules())
}

fn text(answer: &Answer) -> (u16, &str) {
    (answer.status, std::str::from_utf8(&answer.body).unwrap())
}

/// A table, and what has happened in it.
struct House {
    table: Table,
    now: Now,
    events: Vec<Event>,
}

impl House {
    fn new() -> Self {
        Self {
            table: Table::new(Limits::default(), NOW),
            now: NOW,
            events: Vec::new(),
        }
    }

    fn apply(&mut self, command: Command) -> Outcome {
        let effects = apply(&mut self.table, self.now, command);
        self.events.extend(effects.events);
        effects.outcome
    }

    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now.mono += 1_000;
            self.now.wall += 1_000;
            self.apply(Command::Expire { most: 99 });
        }
    }

    fn register(&mut self, body: &str) -> Answer {
        let Request::Register(what) = ask("POST", "/register", "", body).unwrap() else {
            panic!("no registration");
        };
        let outcome = self.apply(what.command(1));
        registered(outcome, self.table.get(&what.key), self.now)
    }

    fn act(&mut self, path: &str, query: &str) -> Answer {
        let (key, command): (_, fn(&Watch) -> Option<Command>) = match ask("POST", path, query, "")
        {
            Ok(Request::Deregister(key)) => (key, |watch| Some(deregister(watch))),
            Ok(Request::Heartbeat(key)) => (key, beat),
            Ok(Request::Drain(key)) => (key, drain),
            other => panic!("{other:?}"),
        };
        let Some(watch) = self.table.get(&key) else {
            return missing(&key);
        };
        match command(watch) {
            Some(command) => {
                let outcome = self.apply(command);
                done(&key, outcome)
            }
            None => done(&key, Outcome::Done(1)),
        }
    }

    /// What of it would be streamed since the last time.
    fn news(&mut self) -> Vec<(&'static str, &'static str)> {
        let events = std::mem::take(&mut self.events);
        let news = events.iter().filter_map(|event| match Frame::of(event)? {
            Frame::Happened(kind, shown) => Some((kind, shown.health.word())),
            _ => None,
        });
        news.collect()
    }
}
