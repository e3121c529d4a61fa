//! What restarts promise.

use std::collections::BTreeMap;

use super::*;
use crate::config::{Config, WatchConfig};
use crate::watches::{Key, Millis, Namespace, State};

mod audit;
mod check;
mod driver;
mod model;
mod plan;
mod runner;
mod walk;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;

fn key(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

/// Watches that are restarted by the same rule.
fn watches<'a>(names: impl IntoIterator<Item = &'a str>, rule: &str) -> BTreeMap<Key, WatchConfig> {
    let tables = names.into_iter().map(|name| {
        format!(
            "[watch.{name}.restart]\nexec = [\"/bin/restart\", \"{name}\", \"s3cret\"]\n{rule}\n"
        )
    });
    let text: String = tables.collect();
    Config::parse(&text).unwrap().watches
}

fn notice(name: &str, from: State, to: State) -> Notice {
    Notice {
        key: key(name),
        from,
        to,
        reason: Box::default(),
    }
}
