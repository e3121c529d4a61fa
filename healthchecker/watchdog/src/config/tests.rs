use std::time::Duration;

use super::*;
use crate::watches::Namespace;

mod listener;
mod registry;
mod sinks;
mod text;
mod watch;

const DAY: Millis = 86_400_000;

fn key(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

fn only_watch(text: &str) -> WatchConfig {
    let config = Config::parse(text).unwrap();
    assert_eq!(config.watches.len(), 1);
    config.watches.into_values().next().unwrap()
}

#[test]
fn the_defaults() {
    let config = Config::parse("").unwrap();
    assert_eq!(config.listeners, [Listener::default()]);
    let listener = &config.listeners[0];
    assert_eq!(listener.address.to_string(), "127.0.0.1:8500");
    assert_eq!(listener.dialects, BTreeSet::from(Dialect::ALL));
    assert!(!listener.is_open && listener.tls.is_none());
    assert_eq!(config.heartbeat, heartbeat::Rules::default());
    assert!(config.watches.is_empty());

    assert_eq!(
        Config::parse("[[listen]]").unwrap().listeners,
        [Listener::default()]
    );
    assert_eq!(only_watch("[watch.worker]"), WatchConfig::default());
    let restart = only_watch("[watch.a.restart]\nexec = [\"/bin/true\"]")
        .restart
        .unwrap();
    assert_eq!(restart.exec, ["/bin/true"]);
    assert_eq!(restart.time_limit, Duration::from_secs(30));
    assert_eq!(restart.start_grace, 30_000);
    assert_eq!(restart.max, Some(10));
    assert_eq!(restart.per, Duration::from_secs(600));
}

#[test]
fn everything_at_once() {
    let config = Config::parse(
        r#"
        [[listen]]
        [[listen]]
        address = "[::]:8501"
        dialects = ["gwd", "ping", "gwd"]
        tls = { certificate = "/etc/watchdog/chain.pem", key = "/etc/watchdog/key.pem" }
        [[listen]]
        address = "192.0.2.1:8500"
        open = true
        dialects = ["heartbeat"]

        [heartbeat]
        strict = true
        timeout = "1m"
        grace = "0s"

        [watch.worker]
        open_to = ["heartbeat"]
        timeout = "15s"
        grace = "1m30s"
        first = "1h"
        [watch.worker.restart]
        exec = ["/usr/bin/systemctl", "restart", "worker.service", ""]
        time_limit = "1h"
        start_grace = "366d"
        max = "unlimited"
        per = "1d"

        [watch."dc.server1.backup"]
        timeout = "25h"
        restart = { exec = ["/bin/backup"], max = 0 }
        "#,
    )
    .unwrap();
    let [_, tls, open] = &*config.listeners else {
        panic!("{:?}", config.listeners);
    };
    assert_eq!(tls.dialects, [Dialect::Gwd, Dialect::Ping].into());
    let files = tls.tls.as_ref().unwrap();
    assert_eq!(files.certificate.to_str(), Some("/etc/watchdog/chain.pem"));
    assert_eq!(files.key.to_str(), Some("/etc/watchdog/key.pem"));
    assert!(open.is_open);
    assert!(config.heartbeat.is_strict);
    assert_eq!(
        (config.heartbeat.times.timeout, config.heartbeat.times.grace),
        (60_000, 0)
    );

    let worker = &config.watches[&key("worker")];
    let times = Times {
        timeout: 15_000,
        grace: 90_000,
    };
    assert_eq!(worker.times(), times);
    let settings = worker.settings();
    assert_eq!(settings.timeout, Some(15_000));
    assert_eq!(settings.grace, Some(90_000));
    assert_eq!(settings.first, Some(3_600_000));
    assert_eq!(settings.open_to, Some(Dialect::Heartbeat.bit()));
    assert_eq!((settings.labels, settings.payload), (None, None));
    let restart = worker.restart.as_ref().unwrap();
    assert_eq!(
        restart.exec,
        ["/usr/bin/systemctl", "restart", "worker.service", ""]
    );
    assert_eq!(restart.time_limit, Duration::from_secs(3_600));
    assert_eq!(restart.start_grace, 366 * DAY);
    assert_eq!(
        (restart.max, restart.per),
        (None, Duration::from_secs(86_400))
    );

    let backup = &config.watches[&key("dc.server1.backup")];
    assert_eq!(backup.timeout, 25 * 3_600_000);
    assert_eq!(backup.restart.as_ref().unwrap().max, Some(0));
    assert_eq!(backup.settings().open_to, Some(0));

    assert_eq!(
        config.opened(Dialect::Heartbeat, &key("worker")),
        Some(times)
    );
    assert_eq!(config.opened(Dialect::Gwd, &key("worker")), None);
    assert_eq!(
        config.opened(Dialect::Heartbeat, &key("dc.server1.backup")),
        None
    );
    assert_eq!(config.opened(Dialect::Heartbeat, &key("other")), None);
    let other = Key::new(Namespace::Heartbeat, "worker").unwrap();
    assert_eq!(config.opened(Dialect::Heartbeat, &other), None);
}

/// The example in the room's own words is one that works.
#[test]
fn the_example_is_read() {
    let source = include_str!("../config.rs");
    let example: String = source
        .lines()
        .skip_while(|line| *line != "//! ```toml")
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| format!("{}\n", line.trim_start_matches("//!")))
        .collect();
    let config = Config::parse(&example).unwrap();
    assert_eq!((config.listeners.len(), config.watches.len()), (1, 1));
}

/// What is wrong, the key that is named, and what else the line says: the value and the remedy.
type Refused = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn what_cannot_work() {
    let mut wrong = Vec::new();
    let all = [listener::REFUSED, watch::REFUSED, text::REFUSED].concat();
    for (text, key, parts) in all {
        let error = match Config::parse(text) {
            Ok(config) => {
                wrong.push(format!("{text:?} is taken: {config:?}"));
                continue;
            }
            Err(error) => error,
        };
        let shown = error.to_string();
        if error.key() != key
            || !shown.starts_with(key)
            || shown.contains('\n')
            || !parts.iter().all(|part| shown.contains(part))
        {
            wrong.push(format!("{text:?}\n  {:?} {shown}", error.key()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bits_are_apart() {
    let bits = Dialect::ALL.map(Dialect::bit);
    assert_eq!(bits.iter().fold(0, |sum, bit| sum | bit).count_ones(), 6);
    assert!(bits.iter().all(|bit| bit.is_power_of_two()));
}
