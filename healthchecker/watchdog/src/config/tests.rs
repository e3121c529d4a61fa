use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::watches::Namespace;

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
const REFUSED: &[(&str, &str, &[&str])] = &[
    ("listen = []", "listen", &["127.0.0.1:8500", "[[listen]]"]),
    (
        "[listen]\naddress = \"127.0.0.1:1\"",
        "listen",
        &["line 1", "under [[listen]]"],
    ),
    ("lisen = 1", "", &["line 1", "`lisen`", "`listen`"]),
    (
        "[[listen]]\nadress = 1",
        "listen",
        &["line 2", "`adress`", "`address`"],
    ),
    (
        "[[listen]]\naddress = \"localhost:1\"",
        "listen.address",
        &["line 2", "localhost:1", "127.0.0.1:8500"],
    ),
    (
        "[[listen]]\naddress = \"127.0.0.1\"",
        "listen.address",
        &["\"127.0.0.1\"", "port"],
    ),
    (
        "[[listen]]\naddress = \"127.0.0.1:65536\"",
        "listen.address",
        &["65536"],
    ),
    ("[[listen]]\naddress = \"\"", "listen.address", &["\"\""]),
    (
        "[[listen]]\naddress = 8500",
        "listen.address",
        &["8500", "127.0.0.1:8500"],
    ),
    (
        "[[listen]]\ndialects = []",
        "listen[0]",
        &["speaks nothing", "gwd"],
    ),
    (
        "[[listen]]\ndialects = [\"consul\"]",
        "listen.dialects",
        &["consul", "heartbeat, gwd, ping, api"],
    ),
    (
        "[[listen]]\ndialects = \"gwd\"",
        "listen.dialects",
        &["\"gwd\"", "a list"],
    ),
    (
        "[[listen]]\nopen = \"yes\"",
        "listen.open",
        &["yes", "boolean"],
    ),
    (
        "[[listen]]\naddress = \"0.0.0.0:1\"",
        "listen[0]",
        &["0.0.0.0:1", "open = true", "gwd, ping, api"],
    ),
    (
        "[[listen]]\naddress = \"[::]:1\"",
        "listen[0]",
        &["open = true"],
    ),
    (
        "[[listen]]\n[[listen]]\naddress = \"10.0.0.1:1\"\ndialects = [\"heartbeat\"]",
        "listen[1]",
        &["10.0.0.1:1"],
    ),
    (
        "[[listen]]\naddress = \"[::ffff:10.0.0.1]:1\"",
        "listen[0]",
        &["open = true"],
    ),
    (
        "[[listen]]\n[[listen]]",
        "listen[1]",
        &["127.0.0.1:8500", "of its own"],
    ),
    (
        "[[listen]]\ntls = true",
        "listen.tls",
        &["line 2", "two files"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\" }",
        "listen.tls",
        &["`key`"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"a\", key = \"/b\" }",
        "listen.tls.certificate",
        &["\"a\"", "absolute"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\", key = \"/b/\" }",
        "listen.tls.key",
        &["\"/b/\""],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\", key = \"/b\", ca = \"/c\" }",
        "listen.tls",
        &["`ca`"],
    ),
    ("[heartbeat]\nstrict = 1", "heartbeat.strict", &["boolean"]),
    (
        "[heartbeat]\ntimeout = \"0s\"",
        "heartbeat.timeout",
        &["\"0s\"", "1s to 366d"],
    ),
    (
        "[heartbeat]\nperiod = \"1s\"",
        "heartbeat",
        &["`period`", "`timeout`"],
    ),
    ("[watch.Worker]", "watch", &["Worker", "a to z"]),
    ("[watch.\"..\"]", "watch", &["dots"]),
    ("[watch.\"\"]", "watch", &["empty"]),
    ("[watch.\"a b\"]", "watch", &["a b"]),
    ("[watch.a.b]", "watch.a", &["`b`", "`timeout`"]),
    (
        "[watch.a]\ntimout = \"1s\"",
        "watch.a",
        &["line 2", "`timout`", "`timeout`"],
    ),
    (
        "[watch.a]\ntimeout = 10",
        "watch.a.timeout",
        &["line 2", "10", "a duration in quotes"],
    ),
    ("[watch.a]\ntimeout = 10.5", "watch.a.timeout", &["10.5"]),
    (
        "[watch.a]\ntimeout = \"10\"",
        "watch.a.timeout",
        &["\"10\"", "such as 10s"],
    ),
    (
        "[watch.a]\ntimeout = \"-10s\"",
        "watch.a.timeout",
        &["\"-10s\""],
    ),
    (
        "[watch.a]\ntimeout = \"999ms\"",
        "watch.a.timeout",
        &["\"999ms\"", "1s to 366d"],
    ),
    (
        "[watch.a]\ntimeout = \"367d\"",
        "watch.a.timeout",
        &["\"367d\"", "366d"],
    ),
    (
        "[watch.a]\ntimeout = \"forever\"",
        "watch.a.timeout",
        &["\"forever\""],
    ),
    (
        "[watch.a]\ntimeout = 2026-11-22",
        "watch.a.timeout",
        &["a duration in quotes"],
    ),
    (
        "[watch.a]\ngrace = \"366d1ms\"",
        "watch.a.grace",
        &["366d1ms"],
    ),
    (
        "[watch.a]\ngrace = true",
        "watch.a.grace",
        &["true", "a duration in quotes"],
    ),
    (
        "[watch.a]\nfirst = \"0s\"",
        "watch.a.first",
        &["1s to 366d"],
    ),
    (
        "[watch.a]\nopen_to = [\"ping\"]",
        "watch.a.open_to",
        &["\"ping\"", "token", "heartbeat"],
    ),
    (
        "[watch.a]\nopen_to = [\"all\"]",
        "watch.a.open_to",
        &["\"all\"", "heartbeat"],
    ),
    (
        "[watch.a]\nopen_to = [1]",
        "watch.a.open_to",
        &["the name of a dialect"],
    ),
    ("[watch.a.restart]", "watch.a.restart", &["`exec`"]),
    (
        "[watch.a]\nrestart = \"systemctl\"",
        "watch.a.restart",
        &["line 2", "`exec`"],
    ),
    (
        "[watch.a.restart]\nexec = \"/bin/true\"",
        "watch.a.restart.exec",
        &["/bin/true", "a list of words", "no shell"],
    ),
    (
        "[watch.a.restart]\nexec = []",
        "watch.a.restart.exec",
        &["empty", "systemctl"],
    ),
    (
        "[watch.a.restart]\nexec = [\"\"]",
        "watch.a.restart.exec",
        &["\"\"", "absolute"],
    ),
    (
        "[watch.a.restart]\nexec = [\"systemctl\"]",
        "watch.a.restart.exec",
        &["\"systemctl\"", "absolute"],
    ),
    (
        "[watch.a.restart]\nexec = [\"./a\"]",
        "watch.a.restart.exec",
        &["\"./a\""],
    ),
    (
        "[watch.a.restart]\nexec = [\"/bin/\"]",
        "watch.a.restart.exec",
        &["\"/bin/\""],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\", \"b\\u0000\"]",
        "watch.a.restart.exec",
        &["NUL"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\", 1]",
        "watch.a.restart.exec",
        &["1", "string"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = -1",
        "watch.a.restart.max",
        &["line 3", "-1", "0 to 1000"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 1001",
        "watch.a.restart.max",
        &["1001", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 4294967296",
        "watch.a.restart.max",
        &["4294967296"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = \"many\"",
        "watch.a.restart.max",
        &["many", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 1.5",
        "watch.a.restart.max",
        &["1.5", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nper = \"0s\"",
        "watch.a.restart.per",
        &["0s"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\ntime_limit = \"61m\"",
        "watch.a.restart.time_limit",
        &["61m", "1s to 1h"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nstart_grace = \"1ms\"",
        "watch.a.restart.start_grace",
        &["1ms"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nshell = true",
        "watch.a.restart",
        &["`shell`", "`exec`"],
    ),
    ("[watch.a]\n[watch.a]", "", &["line 2", "duplicate"]),
    (
        "[watch.a]\ntimeout = \"1s\"\ntimeout = \"1s\"",
        "",
        &["line 3", "duplicate"],
    ),
    ("[watch.a", "", &["line 1"]),
    ("watch = 1", "watch", &["line 1", "under [watch.NAME]"]),
    ("watch.a = 1", "watch.a", &["line 1", "[watch.NAME]"]),
    ("listen = [1]", "listen", &["line 1", "[[listen]]"]),
    ("heartbeat = 1", "heartbeat", &["line 1", "[heartbeat]"]),
    ("\n\ntimeout", "", &["line 3"]),
    ("\0", "", &["line 1"]),
];

#[test]
fn what_cannot_work() {
    let mut wrong = Vec::new();
    for &(text, key, parts) in REFUSED {
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
fn loopback_and_open_addresses() {
    for (address, rest, is_good) in [
        ("127.0.0.1:1", "", true),
        ("127.255.255.254:1", "", true),
        ("[::1]:1", "", true),
        ("[::ffff:127.0.0.1]:1", "", true),
        ("127.0.0.1:0", "", true),
        ("0.0.0.0:1", "", false),
        ("0.0.0.0:1", "open = false", false),
        ("0.0.0.0:1", "open = true", true),
        ("0.0.0.0:1", "dialects = [\"heartbeat\", \"gwd\"]", false),
        ("0.0.0.0:1", "dialects = [\"gwd\", \"ping\", \"api\"]", true),
        ("[::]:1", "", false),
        ("[fe80::1]:1", "", false),
        ("192.168.0.1:1", "", false),
    ] {
        let text = format!("[[listen]]\naddress = \"{address}\"\n{rest}");
        assert_eq!(Config::parse(&text).is_ok(), is_good, "{text}");
    }
    let twice = "[[listen]]\naddress = \"127.0.0.1:0\"\n".repeat(2);
    assert_eq!(Config::parse(&twice).unwrap().listeners.len(), 2);
}

#[test]
fn lines_do_not_grow() {
    for text in [
        format!("[watch.a]\ntimeout = \"{}\"", "9".repeat(100_000)),
        format!("[watch.\"{}\"]", "\\n".repeat(100_000)),
        format!("{} = 1", "a".repeat(100_000)),
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{ a = ".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[watch.a]\n{}timeout = 1", "\n".repeat(100_000)),
    ] {
        let shown = Config::parse(&text).unwrap_err().to_string();
        assert!(
            shown.len() < 2_100 && !shown.contains('\n'),
            "{}",
            shown.len()
        );
    }
}

#[test]
fn bits_are_apart() {
    let bits = Dialect::ALL.map(Dialect::bit);
    assert_eq!(bits.iter().fold(0, |sum, bit| sum | bit).count_ones(), 6);
    assert!(bits.iter().all(|bit| bit.is_power_of_two()));
}

proptest! {
    #[test]
    fn nothing_panics(
        noise in ".{0,60}",
        table in r#"(\[\[listen\]\]|\[heartbeat\]|\[watch\.[a-z."é]{0,4}(\.restart)?\])"#,
        name in "address|dialects|tls|open|timeout|grace|first|open_to|exec|max|per|strict|[a-z]{0,3}",
        value in r#"-?[0-9]{1,20}|"[0-9.dhms:]{0,12}"|true|\["/?[a-z]{0,4}"\]|\{.{0,5}\}|.{0,8}"#,
    ) {
        let _ = Config::parse(&noise).map_err(|error| error.to_string());
        let text = format!("{table}\n{name} = {value}\n{noise}");
        if let Err(error) = Config::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}
