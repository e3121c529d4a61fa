//! What a scraper, an orchestrator and a load balancer ask.

use libtest_mimic::Trial;

use super::plain;
use crate::home::Home;
use crate::lines::until;
use crate::proof::mint;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("metrics: an exposition that can be read", exposition),
        ("metrics: elsewhere a token is needed", elsewhere),
        ("health: ready, live, and after a long absence", health),
    ])
}

/// The value of a quoted label, and what follows it.
fn label(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next().expect("an end quote") {
            '"' => return (value, rest.as_str()),
            '\\' => value.push(match rest.next() {
                Some('n') => '\n',
                Some(c @ ('\\' | '"')) => c,
                other => panic!("no escape: {other:?}"),
            }),
            c => value.push(c),
        }
    }
}

/// Each sample's name, labels and value, of a text that is as Prometheus demands.
fn samples(text: &str) -> Vec<(String, Vec<String>, f64)> {
    let mut typed = std::collections::BTreeMap::new();
    let mut samples = Vec::new();
    assert!(text.ends_with('\n'));
    for line in text.strip_suffix('\n').unwrap().split('\n') {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(matches!(kind, "gauge" | "counter"), "{line}");
            assert!(typed.insert(name.to_owned(), 0).is_none(), "twice: {line}");
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let end = line.find(['{', ' ']).expect("a name");
        let (name, mut rest) = line.split_at(end);
        *typed
            .get_mut(name)
            .unwrap_or_else(|| panic!("no type: {line}")) += 1;
        let mut labels = Vec::new();
        while let Some(more) = rest.strip_prefix(['{', ',']) {
            let (_, quoted) = more.split_once("=\"").expect("a label");
            let (value, after) = label(quoted);
            labels.push(value);
            rest = after;
        }
        let value = rest.strip_prefix('}').unwrap_or(rest);
        let value = value.strip_prefix(' ').and_then(|value| value.parse().ok());
        samples.push((
            name.to_owned(),
            labels,
            value.unwrap_or_else(|| panic!("no value: {line}")),
        ));
    }
    samples
}

fn exposition() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let odd = "a\"b\\c{d},e=f \u{e9}#";
    let encoded = "a%22b%5Cc%7Bd%7D%2Ce=f+%C3%A9%23";
    assert_eq!(client.get(&format!("/?id={encoded}")).status, 200);
    let token = mint(&mut client, &home.root(), "dc", "kick fault");
    let fault = client.api(&token, "POST", "watches/dc.a/fault", r#"{"reason":"why"}"#);
    assert_eq!(fault.status, 200);
    let reply = client.get("/metrics");
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let samples = samples(&reply.body);
    let value = |name: &str, labels: &[&str]| {
        let mut found = samples
            .iter()
            .filter(|sample| sample.0 == name && sample.1 == labels);
        let value = found
            .next()
            .unwrap_or_else(|| panic!("no {name}{labels:?}: {samples:#?}"))
            .2;
        assert!(found.next().is_none(), "{name}{labels:?} twice");
        value
    };
    assert_eq!(value("watchdog_up", &["heartbeat", odd]), 1.0);
    assert_eq!(value("watchdog_up", &["named", "dc.a"]), 0.0);
    assert_eq!(value("watchdog_watches", &["fault"]), 1.0);
    assert_eq!(value("watchdog_store_up", &[]), 1.0);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let left = value("watchdog_deadline_seconds", &["heartbeat", odd]) - now.as_secs_f64();
    assert!((5.0..=10.1).contains(&left), "{left}");
    assert_eq!(client.ask("POST", "/metrics", &[], b"").status, 405);
    assert_eq!(client.ask("HEAD", "/metrics", &[], b"").status, 200);
}

fn elsewhere() {
    let home = Home::new("[[listen]]\nopen = true\n");
    let mut command = std::process::Command::new(crate::home::binary());
    let words = home.words();
    command.args(
        words
            .iter()
            .map(|word| word.replace("127.0.0.1:0", "0.0.0.0:0")),
    );
    let mut server = home.start_by(command);
    server.address.set_ip([127, 0, 0, 1].into());
    let mut client = server.client();
    let asked = client.get("/metrics");
    assert_eq!(
        (asked.status, asked.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    for (token, status) in [(home.root(), 200), ("0".repeat(64), 403)] {
        let authorization = format!("Bearer {token}");
        let reply = client.ask("GET", "/metrics", &[("Authorization", &authorization)], b"");
        assert_eq!(reply.status, status);
    }
    // One that may see some may not see all.
    let some = mint(&mut client, &home.root(), "dc", "status");
    let authorization = format!("Bearer {some}");
    let reply = client.ask("GET", "/metrics", &[("Authorization", &authorization)], b"");
    assert_eq!(reply.status, 403);
}

fn health() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    until("it is ready", || client.get("/health").status == 200);
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    assert_eq!(client.get("/?id=a").status, 200);
    server.term();
    // It was away for ten days: what was due meanwhile is no sign of slow timers.
    let database = rusqlite::Connection::open(home.file("watchdog.db")).unwrap();
    let earlier = "UPDATE meta SET value = value - 864000000 WHERE key LIKE 'alive%'";
    assert_eq!(database.execute(earlier, []).unwrap(), 2);
    for (table, column) in [
        ("watch", "deadline_ms"),
        ("watch", "last_ms"),
        ("journal", "at_ms"),
        ("journal", "due_ms"),
    ] {
        let earlier = format!("UPDATE {table} SET {column} = {column} - 864000000");
        database
            .execute(&earlier, [])
            .unwrap_or_else(|error| panic!("{earlier}: {error}"));
    }
    drop(database);
    let server = home.start();
    let mut client = server.client();
    until("it is ready", || client.get("/health").status == 200);
    let lag = client.get("/metrics").body;
    let lag = lag
        .lines()
        .find_map(|line| line.strip_prefix("watchdog_timer_lag_max_seconds "));
    assert!(lag.unwrap().parse::<f64>().unwrap() < 10.0, "{lag:?}");
}
