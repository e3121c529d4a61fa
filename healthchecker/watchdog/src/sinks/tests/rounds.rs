//! Alertmanager is told by a thread of its own.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::server::{Server, until};
use super::*;
use crate::sinks::alertmanager::Rounds;
use crate::watches::{Event, Kind, Now, Watch};

fn event(name: &str, from: State, to: State) -> Event {
    Event {
        id: 1,
        key: Key::new(Namespace::Named, name).unwrap(),
        at: WALL,
        episode: 1,
        from,
        to,
        reason: "why".into(),
        body: Box::default(),
        is_told: true,
        instance: None,
    }
}

fn watch(name: &str, state: State) -> Watch {
    let key = Key::new(Namespace::Named, name).unwrap();
    let mut watch = Watch::new(1, key, Kind::Kick, 1_000, 0, 4_000);
    watch.state = state;
    watch
}

/// The names of what a request tells of.
fn names(body: &str) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    let alerts = json.as_array().unwrap().iter();
    alerts
        .map(|alert| alert["labels"]["watch"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_down_is_told_and_so_is_what_happens() {
    let is_well = Arc::new(AtomicBool::new(true));
    let server = {
        let is_well = Arc::clone(&is_well);
        Server::start(move |stream| {
            let status = if is_well.load(Ordering::Relaxed) {
                200
            } else {
                503
            };
            let _ = write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
        })
    };
    let text = format!(
        "[sink.am]\nkind = \"alertmanager\"\nurl = \"http://{}/base/\"\nprefix = \"dc\"\nallow_private = true\n\
         [sink.other]\nkind = \"slack\"\nurl = \"http://192.0.2.1/\"",
        server.address
    );
    let config = Config::parse(&text).unwrap();
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&lines);
    let tell = move |line: String| kept.lock().unwrap().push(line);
    let watches = [
        watch("dc.a", State::Fault),
        watch("dc.b", State::Up),
        watch("other", State::Fault),
    ];
    let seen = Now {
        mono: 5_000,
        wall: WALL,
    };
    let rounds = Rounds::start(&config.sinks, &watches, seen, tell).unwrap();
    let (head, body) = server.wait(1).remove(0);
    assert!(
        head.starts_with("post /base/api/v2/alerts http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(names(&body), ["dc.a"]);
    assert!(
        body.contains("\"startsAt\":\"2016-12-01T18:52:31.007Z\""),
        "{body}"
    );

    rounds.happened(&[
        event("dc.b", State::Up, State::Timeout),
        event("elsewhere", State::Up, State::Timeout),
        event("dc.c", State::Up, State::Timeout),
    ]);
    assert_eq!(names(&server.wait(2)[1].1), ["dc.b", "dc.c"]);
    assert!(lines.lock().unwrap().is_empty());

    // That it fails is told once, and that it does so no more.
    is_well.store(false, Ordering::Relaxed);
    for count in [3, 4] {
        rounds.happened(&[event("dc.b", State::Timeout, State::Restarting)]);
        server.wait(count);
        until("it is told", || !lines.lock().unwrap().is_empty());
    }
    is_well.store(true, Ordering::Relaxed);
    rounds.happened(&[event("dc.b", State::Restarting, State::Up)]);
    until("that is told", || lines.lock().unwrap().len() > 1);
    let address = server.address;
    let expected = [
        format!("am: http://{address} answered 503; it is told again in a minute"),
        "am: is told again".to_owned(),
    ];
    assert_eq!(*lines.lock().unwrap(), expected);

    // The thread ends, and with it what it has of this test.
    drop(rounds);
    until("it ends", || Arc::strong_count(&lines) == 1);
}

/// Whoever tells of events waits for no sink.
#[test]
fn a_sink_that_hangs_holds_nobody_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let text = format!(
        "[sink.am]\nkind = \"alertmanager\"\nurl = \"http://{}\"\nallow_private = true",
        listener.local_addr().unwrap()
    );
    let config = Config::parse(&text).unwrap();
    let watches = [watch("a", State::Fault)];
    let rounds = Rounds::start(&config.sinks, &watches, Now::default(), drop).unwrap();
    let (_held, _) = listener.accept().unwrap();
    let begun = std::time::Instant::now();
    for at in 0..20_000 {
        rounds.happened(&[event(&format!("n{at}"), State::Up, State::Timeout)]);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
}
