//! What was acknowledged is there after the end, however that comes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use libtest_mimic::Trial;
use serde_json::Value;

use super::plain;
use crate::client::Client;
use crate::home::{Home, Server};
use crate::lines::until;
use crate::proof::{hmac, mint};

const CLIENTS: usize = 4;
const KILLS: usize = 6;

/// So many answers are awaited before a kill.
const ANSWERS: usize = 150;

/// Longer than all of it takes: whoever times out does so falsely.
const TIMEOUT: Duration = Duration::from_secs(600);

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("kept: kill -9 under load", kill_under_load),
        ("kept: SIGTERM under load", term_under_load),
    ])
}

/// What has been acknowledged, and when that was asked for.
#[derive(Debug, Default)]
struct Promised {
    kicks: HashMap<String, SystemTime>,
    faults: HashMap<String, String>,
    retired: Vec<String>,
    tokens: Vec<(String, String)>,
    monitors: Vec<String>,
    answers: usize,
}

/// Asks until the server goes away: one name's kicks, another's faults, tokens and monitors.
fn load(mut client: Client, token: &str, round: usize, number: usize, told: &Mutex<Promised>) {
    let (kicked, faulted) = (format!("dc.k{number}"), format!("dc.f{round}.{number}"));
    let sign = |name: &str| hmac(token, name);
    let monitor = format!(
        "/monitor/1/dc?args=https://hooks.slack.com/&hmac={}",
        sign("dc")
    );
    for turn in 0.. {
        let asked = SystemTime::now();
        let mut ask = |target: &str| {
            let reply = client.try_ask("GET", target, &[], b"").ok()?;
            assert_eq!(reply.status, 200, "{target}: {reply:?}");
            told.lock().unwrap().answers += 1;
            Some(reply.body)
        };
        let seconds = TIMEOUT.as_secs();
        let kick = format!("/kick/{kicked}?timeout={seconds}&hmac={}", sign(&kicked));
        if ask(&kick).is_none() {
            return;
        }
        told.lock().unwrap().kicks.insert(kicked.clone(), asked);
        let reason = format!("turn.{turn}");
        let fault = format!("/fault/{faulted}?reason={reason}&hmac={}", sign(&faulted));
        if ask(&fault).is_none() {
            return;
        }
        told.lock().unwrap().faults.insert(faulted.clone(), reason);
        if turn % 8 == number {
            let gone = format!("dc.r{round}.{number}.{turn}");
            let hash = sign(&gone);
            let known = ask(&format!("/kick/{gone}?hmac={hash}"));
            if known.is_none() || ask(&format!("/retire/{gone}?hmac={hash}")).is_none() {
                return;
            }
            told.lock().unwrap().retired.push(gone.clone());
            let hash = sign(&format!("dc.m.{gone}"));
            let Some(minted) = ask(&format!("/auth/dc.m.{gone}?hmac={hash}")) else {
                return;
            };
            let prefix = format!("dc.m.{gone}");
            told.lock().unwrap().tokens.push((prefix, minted));
            let Some(id) = ask(&monitor) else { return };
            told.lock().unwrap().monitors.push(id);
        }
    }
}

/// That all which was promised is so.
fn check(server: &Server, token: &str, told: &mut Promised) {
    let mut client = server.client();
    let mut watches: HashMap<String, Value> = HashMap::new();
    let mut after = String::new();
    loop {
        let rest = format!("watches?limit=1000{after}");
        let page = client.api(token, "GET", &rest, "").json();
        for watch in page["watches"].as_array().expect("watches") {
            watches.insert(watch["name"].as_str().unwrap().to_owned(), watch.clone());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let moment = |value: &Value| {
        let text = value
            .as_str()
            .unwrap_or_else(|| panic!("no moment: {value}"));
        humantime::parse_rfc3339(text).expect("a moment")
    };
    for (name, asked) in &told.kicks {
        let watch = watches
            .get(name)
            .unwrap_or_else(|| panic!("{name} is lost"));
        assert_eq!(watch["state"], "up", "{watch}");
        // Two clocks, both in whole milliseconds.
        let asked = *asked - Duration::from_millis(5);
        assert!(moment(&watch["last"]) >= asked, "{watch}, {asked:?}");
        assert!(
            moment(&watch["deadline"]) >= asked + TIMEOUT,
            "{watch}, {asked:?}"
        );
    }
    let turn = |reason: &str| reason["turn.".len()..].parse::<u64>().expect("a number");
    for (name, reason) in &told.faults {
        let watch = watches
            .get(name)
            .unwrap_or_else(|| panic!("{name} is lost"));
        assert_eq!(
            (&watch["state"], &watch["episode"]),
            (&"fault".into(), &1.into())
        );
        // A later one may have been done and not answered.
        assert!(
            turn(watch["reason"].as_str().unwrap()) >= turn(reason),
            "{watch}"
        );
    }
    for name in &told.retired {
        assert!(!watches.contains_key(name), "{name} is back");
    }
    for (prefix, minted) in told.tokens.drain(..) {
        let kick = format!("/kick/{prefix}?timeout=600&hmac={}", hmac(&minted, &prefix));
        assert_eq!(client.get(&kick).said(), (200, ""));
    }
    for id in told.monitors.drain(..) {
        assert_eq!(client.get(&format!("/delmonitor/{id}")).said(), (200, ""));
        assert_eq!(client.get(&format!("/delmonitor/{id}")).status, 404);
    }
    assert_eq!(server.err.count("down: dc.k"), 0);
}

fn under_load(rounds: usize, end: fn(Server)) {
    let home = Home::new("");
    let told = Arc::new(Mutex::new(Promised::default()));
    let mut server = home.start();
    let all = "kick fault status retire clear auth monitor signed";
    let token = mint(&mut server.client(), &home.root(), "dc", all);
    for round in 0..rounds {
        told.lock().unwrap().answers = 0;
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (client, token, told) = (server.client(), token.clone(), Arc::clone(&told));
                thread::spawn(move || load(client, &token, round, number, &told))
            })
            .collect();
        until("enough is acknowledged", || {
            told.lock().unwrap().answers > ANSWERS
        });
        end(server);
        for thread in threads {
            thread.join().expect("nothing else was answered");
        }
        let begun = Instant::now();
        server = home.start();
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "it starts at once"
        );
        check(&server, &token, &mut told.lock().unwrap());
    }
    assert_eq!(told.lock().unwrap().faults.len(), rounds * CLIENTS);
}

fn kill_under_load() {
    under_load(KILLS, Server::kill);
}

fn term_under_load() {
    under_load(2, |server| {
        let said = server.term();
        let cut = said.iter().any(|line| line.contains("cut off"));
        assert!(!cut, "{said:#?}");
    });
}
