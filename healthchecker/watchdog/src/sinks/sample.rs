//! Messages that nothing has happened for.

use crate::outbox::{Message, News, Type};
use crate::watches::{Key, Millis, Namespace, State};

/// The name that a test is told of.
const NAME: &str = "watchdog-test";

/// A message to try whether a sink can be reached.
pub(super) fn test(id: u128, now: Millis) -> Message {
    let key = Key::new(Namespace::Named, NAME).expect("it is a name by the rules of its namespace");
    let reason = "somebody has asked for it by `watchdog test-sink`".into();
    one(News {
        reason,
        ..news(id, Type::Test, key, now)
    })
}

/// Of each kind one, and several: what a template must be able to make a body of. Their texts have what
/// would break out of a place that is not escaped.
pub(super) fn all() -> Vec<Message> {
    let foreign = "\"}]\\ <&>\n\u{7f}{{ title }} \u{1f600}";
    let names = [
        (Namespace::Named, "dc.server1"),
        (Namespace::Heartbeat, "a \"b\" \\"),
        (Namespace::Registry, "web\u{1f}web-1"),
    ];
    let keys = names.map(|(namespace, name)| Key::new(namespace, name));
    let keys: Vec<Key> = keys.into_iter().flatten().collect();
    let mut each = Vec::new();
    for key in keys {
        for kind in Type::ALL {
            each.push(News {
                reason: foreign.into(),
                body: foreign.as_bytes().into(),
                ..news(each.len() as u128, kind, key.clone(), 1_480_618_352_007)
            });
        }
    }
    let several = Message {
        id: 0,
        prefix: "dc".into(),
        news: each.clone(),
    };
    each.into_iter().map(one).chain([several]).collect()
}

fn one(news: News) -> Message {
    Message {
        id: news.id,
        prefix: news.key.name().into(),
        news: vec![news],
    }
}

fn news(id: u128, kind: Type, key: Key, at: Millis) -> News {
    let (from, to) = match kind {
        Type::Down => (State::Up, State::Timeout),
        Type::Up => (State::Timeout, State::Up),
        Type::Late => (State::Up, State::Late),
        Type::Restarted => (State::Timeout, State::Restarting),
        Type::GaveUp => (State::Restarting, State::GaveUp),
        Type::Test => (State::Up, State::Up),
    };
    News {
        id,
        kind,
        key,
        at,
        episode: 1,
        from,
        to,
        reason: Box::default(),
        body: Box::default(),
    }
}
