mod addresses;
mod answers;
mod bodies;
mod foreign;
mod rounds;
mod server;
mod templates;

use crate::config::{Config, SinkConfig};
use crate::outbox::{Message, News, Type};
use crate::watches::{Key, Millis, Namespace, State};

/// Thu, 01 Dec 2016 18:52:32.007 UTC.
const WALL: Millis = 1_480_618_352_007;

fn sink(table: &str) -> SinkConfig {
    let config = Config::parse(&format!("[sink.a]\n{table}")).unwrap();
    config.sinks.into_values().next().unwrap()
}

fn news(id: u128, kind: Type, from: State, to: State) -> News {
    News {
        id,
        kind,
        key: Key::new(Namespace::Named, &format!("dc.server{id}")).unwrap(),
        at: WALL,
        episode: 3,
        from,
        to,
        reason: Box::default(),
        body: Box::default(),
    }
}

fn fault(reason: &str, body: &[u8]) -> News {
    News {
        reason: reason.into(),
        body: body.into(),
        ..news(1, Type::Down, State::Up, State::Fault)
    }
}

fn message(news: Vec<News>) -> Message {
    Message {
        id: news[0].id,
        prefix: "dc".into(),
        news,
    }
}
