use super::*;
use crate::watches::Namespace;

const WALL: Millis = 1_480_618_352_000;

fn key(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

/// Both clocks, so many milliseconds after the beginning.
fn at(mono: Millis) -> Now {
    Now {
        mono,
        wall: WALL + mono,
    }
}

struct Bench {
    alerts: Alerts,
    now: Millis,
}

impl Bench {
    /// Everything has been told once, which was nothing.
    fn new(most: usize) -> Self {
        let mut alerts = Alerts::new("", 0);
        alerts.most = most;
        assert!(alerts.take(at(0)).is_empty());
        Self { alerts, now: 0 }
    }

    fn event(&mut self, name: &str, from: State, to: State, reason: &str, is_told: bool) {
        let event = Event {
            id: 1,
            key: key(name),
            at: WALL + self.now,
            episode: 1,
            from,
            to,
            reason: reason.into(),
            body: Box::default(),
            is_told,
            instance: None,
        };
        self.alerts.happened(&event, self.now);
    }

    fn down(&mut self, name: &str) {
        self.event(name, State::Up, State::Timeout, "", true);
    }

    fn up(&mut self, name: &str) {
        self.event(name, State::Timeout, State::Up, "", true);
    }

    /// What is told when it is due next: each alert in a line.
    fn next(&mut self) -> Vec<String> {
        self.now = self.alerts.due();
        let before = self.alerts.take(at(self.now - 1));
        assert!(before.is_empty(), "nothing is told before it is due");
        let batches = self.alerts.take(at(self.now));
        batches
            .iter()
            .flatten()
            .map(|told| line(self.now, told))
            .collect()
    }
}

/// Name, state, reason, and for how long it lasts from now on, in seconds.
fn line(now: Millis, told: &Told) -> String {
    let json = serde_json::to_value(told).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let end = humantime::parse_rfc3339(json["endsAt"].as_str().unwrap()).unwrap();
    let end = end
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as i64;
    let left = (end - (WALL + now) as i64) / 1_000;
    format!(
        "{} {} {left}",
        text(&json["labels"]["watch"]),
        text(&json["annotations"]["state"]),
    )
}

#[test]
fn what_is_down_is_told_at_once_and_every_minute() {
    let mut bench = Bench::new(10);
    bench.now = 5_000;
    bench.down("b");
    bench.now = 5_900;
    bench.down("a");
    assert_eq!(bench.next(), ["a timeout 240", "b timeout 240"]);
    assert_eq!(bench.now, 6_000);
    assert_eq!(bench.next(), ["a timeout 240", "b timeout 240"]);
    assert_eq!(bench.now, 60_000);
    bench.now = 61_000;
    bench.down("c");
    assert_eq!(bench.next(), ["c timeout 240"], "the others are known");
    assert_eq!(bench.next().len(), 3);
    assert_eq!(bench.now, 120_000);
}

#[test]
fn what_is_over_is_told_for_five_minutes() {
    let mut bench = Bench::new(10);
    bench.now = 5_000;
    bench.down("a");
    bench.next();
    bench.now = 50_000;
    bench.up("a");
    assert_eq!(bench.next(), ["a timeout -1"]);
    for seconds in [60, 120, 180, 240, 300_u64] {
        assert_eq!(bench.next(), [format!("a timeout -{}", seconds - 50)]);
        assert_eq!(bench.now, seconds * 1_000);
    }
    for seconds in [360, 420] {
        assert!(bench.next().is_empty());
        assert_eq!(bench.now, seconds * 1_000);
    }
    // Down again, while it is told to be over.
    bench.now = 421_000;
    bench.down("a");
    bench.next();
    bench.now = 423_000;
    bench.up("a");
    bench.down("a");
    assert_eq!(bench.next(), ["a timeout 240"]);
    assert_eq!(bench.next(), ["a timeout 240"]);
}

#[test]
fn labels_and_beginning_stay_through_an_episode() {
    let mut bench = Bench::new(10);
    bench.down("a");
    let told = |bench: &mut Bench| {
        bench.now = bench.alerts.due();
        let told = bench.alerts.take(at(bench.now)).concat();
        assert_eq!(told.len(), 1);
        serde_json::to_value(&told[0]).unwrap()
    };
    let first = told(&mut bench);
    assert_eq!(
        first["labels"],
        serde_json::json!({"alertname": "WatchDown", "namespace": "named", "watch": "a"})
    );
    assert_eq!(first["startsAt"], "2016-12-01T18:52:32.000Z");
    assert_eq!(first["endsAt"], "2016-12-01T18:56:33.000Z");
    assert_eq!(first["annotations"]["reason"], "no kick has come in time");
    bench.event("a", State::Timeout, State::Restarting, "", true);
    bench.event(
        "a",
        State::Restarting,
        State::GaveUp,
        "it failed thrice",
        true,
    );
    let last = told(&mut bench);
    assert_eq!(last["annotations"]["state"], "gave-up");
    assert_eq!(last["annotations"]["reason"], "it failed thrice");
    assert_eq!(last["annotations"]["since"], "2016-12-01T18:52:32.000Z");
    for same in ["labels", "startsAt"] {
        assert_eq!(first[same], last[same]);
    }
    // A word with it is no other reason.
    bench.event("a", State::GaveUp, State::GaveUp, "", false);
    assert_eq!(
        told(&mut bench)["annotations"]["reason"],
        "it failed thrice"
    );
}

#[test]
fn what_is_held_is_not_down() {
    let mut bench = Bench::new(10);
    bench.down("a");
    assert_eq!(bench.next(), ["a timeout 240"]);
    bench.event("a", State::Timeout, State::Paused, "", false);
    assert_eq!(bench.next(), ["a timeout -1"]);
    // While it is held nothing is told of it.
    bench.event("a", State::Timeout, State::Restarting, "", false);
    bench.event("b", State::Up, State::Fault, "why", false);
    assert_eq!(bench.next(), ["a timeout -59"]);
    // It is down still, and its going down had been told before.
    bench.event("a", State::Paused, State::Timeout, "", false);
    bench.event("b", State::Maintenance, State::Fault, "why", true);
    assert_eq!(bench.next(), ["a timeout 240", "b fault 240"]);
    bench.event("a", State::Timeout, State::Retired, "", true);
    assert_eq!(bench.next(), ["a timeout -1"]);
}

#[test]
fn an_instance_has_its_service_and_its_id() {
    let mut alerts = Alerts::new("", 0);
    let key = Key::new(Namespace::Registry, "web\u{1f}web-1").unwrap();
    let alert = Alert {
        since: WALL,
        state: State::Timeout,
        reason: Box::default(),
    };
    alerts.found(&key, alert);
    let told = serde_json::to_value(alerts.take(at(0)).concat()).unwrap();
    assert_eq!(
        told[0]["labels"],
        serde_json::json!({
            "alertname": "WatchDown", "namespace": "registry", "watch": "web/web-1",
            "service": "web", "instance": "web-1",
        })
    );
}

#[test]
fn of_very_many_some_are_named_and_stay_so() {
    let mut bench = Bench::new(3);
    for name in ["m", "n", "o", "a", "z"] {
        bench.down(name);
    }
    assert_eq!(bench.next().len(), 3);
    let round = |bench: &mut Bench| {
        let mut told = bench.next();
        let count = told.iter().position(|line| line.starts_with("- "));
        let count = count.map(|at| told.remove(at));
        (told, count.is_some())
    };
    let names = ["m timeout 240", "n timeout 240", "o timeout 240"].map(str::to_owned);
    assert_eq!(round(&mut bench), (names.into(), true));
    // Whoever comes later takes the place of who has gone.
    bench.up("n");
    assert_eq!(bench.next(), ["a timeout 240", "n timeout -1"]);
    let (told, is_more) = round(&mut bench);
    assert_eq!(told.len(), 4);
    assert!(is_more && told.contains(&"a timeout 240".to_owned()));
    // One that was never named ends without a word.
    bench.up("z");
    assert!(!round(&mut bench).1);
    // What is over is no more than there may be.
    for name in ["m", "o", "a", "b", "c"] {
        bench.down(name);
        bench.up(name);
    }
    assert_eq!(bench.alerts.over.len(), 3);
    let by_age: BTreeSet<_> = bench.alerts.ages.iter().map(|(_, key)| key).collect();
    assert!(by_age.into_iter().eq(bench.alerts.over.keys()));
    assert!(
        !bench.alerts.over.contains_key(&key("n")),
        "the oldest went"
    );
    assert!(bench.alerts.down.is_empty() && bench.alerts.unnamed.is_empty());
}

#[test]
fn requests_are_of_a_thousand() {
    let mut alerts = Alerts::new("dc", 0);
    let alert = Alert {
        since: WALL,
        state: State::Timeout,
        reason: Box::default(),
    };
    for at in 0..12_345 {
        alerts.found(&key(&format!("dc.n{at}")), alert.clone());
    }
    let batches = alerts.take(at(0));
    let sizes: Vec<_> = batches.iter().map(Vec::len).collect();
    assert_eq!(sizes, [[BATCH; 10].as_slice(), &[1]].concat());
    let count = serde_json::to_value(&batches[10][0]).unwrap();
    assert_eq!(count["labels"]["prefix"], "dc");
    assert_eq!(
        count["annotations"]["summary"],
        "2345 more watches are down"
    );
}

/// The clock of the wall may step: an end is never before its beginning.
#[test]
fn a_clock_that_goes_back() {
    let mut alerts = Alerts::new("", 0);
    for (name, state) in [("a", State::Timeout), ("b", State::Fault)] {
        let alert = Alert {
            since: WALL,
            state,
            reason: Box::default(),
        };
        alerts.found(&key(name), alert);
    }
    alerts.ends(&key("b"), WALL - 3_600_000, 0);
    let told = alerts.take(Now {
        mono: 0,
        wall: WALL - 3_600_000,
    });
    for told in told.concat() {
        let json = serde_json::to_value(told).unwrap();
        let (starts, ends) = (json["startsAt"].as_str(), json["endsAt"].as_str());
        assert!(starts <= ends, "{starts:?} {ends:?}");
    }
}
