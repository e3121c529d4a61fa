//! Whoever follows a service misses nothing, or is told that something is missed.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use nix::sys::signal::Signal;

use super::super::plain;
use super::{discovered, register};
use crate::client::Client;
use crate::home::{Home, Server};
use crate::lines::until;
use crate::stream::{Event, Stream};

pub(super) fn trials() -> Vec<Trial> {
    plain(&[
        ("watch: what happens, in order", in_order),
        ("watch: again from the last event", again),
        ("watch: what is too old is told anew", too_old),
        ("watch: another name's are not heard", another_name),
        (
            "watch: whoever reads nothing is told of the gap",
            reads_nothing,
        ),
        (
            "watch: whoever begins while others come and go",
            begins_meanwhile,
        ),
        (
            "watch: what changes while a snapshot is read",
            changes_in_a_snapshot,
        ),
        ("watch: whoever leaves is forgotten", leaves),
        ("watch: a stop ends it at once", stopped),
        ("watch: after an absence all begin anew", absence),
    ])
}

fn open(server: &Server, last: Option<u64>) -> Stream {
    Stream::open(server.address, "/watch?name=api", last)
}

/// What the events lead to, beginning with nothing.
fn follow(all: &mut BTreeMap<String, String>, event: &Event) {
    let (kind, id, health) = event.said();
    match kind {
        "resync" => all.clear(),
        "snapshot" => {}
        "deregister" => {
            all.remove(id);
        }
        _ => {
            all.insert(id.to_owned(), health.to_owned());
        }
    }
}

fn in_order() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let mut stream = open(&server, None);
    let (first, all) = stream.snapshot();
    assert!(all.is_empty());
    register(&mut client, "api", "1", "");
    register(&mut client, "api", "1", "");
    register(&mut client, "api", "1", r#","version":"2""#);
    client.get("/heartbeat?name=api&id=1");
    client.get("/drain?name=api&id=1");
    client.get("/deregister?name=api&id=1");
    let mut last = first;
    for said in [
        ("register", "1", "healthy"),
        ("register", "1", "healthy"),
        ("health_change", "1", "unknown"),
        ("deregister", "1", "unknown"),
    ] {
        let event = stream.expect();
        assert_eq!(event.said(), said);
        assert_eq!(event.data["type"], said.0);
        assert!(event.id > Some(last), "{event:?}");
        last = event.id.unwrap();
    }
    assert_eq!(client.ask("POST", "/watch?name=api", &[], b"").status, 405);
    assert_eq!(client.get("/watch?name=").status, 400);
}

fn again() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let mut stream = open(&server, None);
    let (mut last, _) = stream.snapshot();
    for round in 0..3 {
        let id = round.to_string();
        register(&mut client, "api", &id, "");
        let event = stream.expect();
        assert_eq!(event.said(), ("register", &*id, "healthy"));
        last = event.id.expect("a number");
        drop(stream);
        let away = format!("away{round}");
        register(&mut client, "api", &away, "");
        client.get(&format!("/deregister?name=api&id={id}"));
        stream = open(&server, Some(last));
        assert_eq!(stream.expect().said(), ("register", &*away, "healthy"));
        let event = stream.expect();
        assert_eq!(event.said(), ("deregister", &*id, "healthy"));
        last = event.id.expect("a number");
    }
    // From where it is: nothing, until something happens.
    let mut stream = open(&server, Some(last));
    register(&mut client, "api", "new", "");
    assert_eq!(stream.expect().said(), ("register", "new", "healthy"));
}

fn too_old() {
    let home = Home::new("");
    let server = home.start();
    register(&mut server.client(), "api", "1", "");
    let (last, _) = open(&server, None).snapshot();
    let check = |server: &Server, last: u64| {
        let mut stream = open(server, Some(last));
        let event = stream.expect();
        assert_eq!((&*event.kind, event.id), ("resync", None));
        let (number, all) = stream.snapshot();
        assert_eq!(all.into_keys().collect::<Vec<_>>(), ["1"]);
        number
    };
    for other in [0, 7, last + 1_000_000, u64::MAX] {
        check(&server, other);
    }
    // Of another process, though it was the last one.
    server.kill();
    let server = home.start();
    assert!(check(&server, last) > last);
    let mut client = server.client();
    let reply = client.ask("HEAD", "/watch?name=api", &[("Last-Event-ID", "x")], b"");
    assert_eq!(reply.status, 405);
}

fn another_name() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let mut stream = open(&server, None);
    stream.snapshot();
    for name in ["ap", "apis", "a", "other"] {
        register(&mut client, name, "1", "");
    }
    client.get("/?id=api");
    register(&mut client, "api", "2", "");
    assert_eq!(stream.expect().said(), ("register", "2", "healthy"));
}

/// More events than are kept, each of more than the sockets hold together.
fn reads_nothing() {
    const THREADS: usize = 8;
    const EACH: usize = 700;
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    register(&mut client, "api", "first", "");
    let mut stream = Stream::unread(server.address, "/watch?name=api", None);
    until("it is heard", || {
        client
            .get("/metrics")
            .body
            .contains("\nwatchdog_registry_watchers 1\n")
    });
    let address = server.address;
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            thread::spawn(move || {
                let mut client = Client::new(address);
                for round in 0..EACH {
                    let version = "x".repeat(4_000);
                    let version = format!(r#","version":"{round} {version}""#);
                    register(&mut client, "api", &thread.to_string(), &version);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("all are registered");
    }
    assert_eq!(client.get("/deregister?name=api&id=first").status, 200);
    assert_eq!(client.get("/drain?name=api&id=0").status, 200);
    stream.head();
    let mut all = BTreeMap::new();
    let mut resyncs = 0;
    let mut wanted: BTreeMap<_, _> = (0..THREADS)
        .map(|id| (id.to_string(), String::from("healthy")))
        .collect();
    wanted.insert("0".into(), "unknown".into());
    let mut last = None;
    while all != wanted {
        let event = stream.expect();
        resyncs += usize::from(event.kind == "resync");
        assert!(
            event.id.is_none() || event.id > last,
            "{event:?} after {last:?}"
        );
        last = event.id.or(last);
        follow(&mut all, &event);
    }
    assert!(resyncs > 0, "it had no gap at all");
}

/// Snapshots that are taken while instances come and go end where the table ends.
fn begins_meanwhile() {
    const INSTANCES: usize = 60;
    let home = Home::new("");
    let server = home.start();
    let address = server.address;
    let churn = |from: usize| {
        thread::spawn(move || {
            let mut client = Client::new(address);
            for round in 0..150 {
                let id = format!("{:02}", (round * 7 + from) % INSTANCES);
                if round % 3 == from {
                    client.get(&format!("/deregister?name=api&id={id}"));
                } else {
                    let version = format!(r#","version":"{round}""#);
                    register(&mut client, "api", &id, &version);
                }
            }
        })
    };
    let threads: Vec<_> = (0..3).map(churn).collect();
    let mut streams = Vec::new();
    while threads.iter().any(|thread| !thread.is_finished()) {
        if streams.len() < 100 {
            streams.push(open(&server, None));
        }
        thread::sleep(Duration::from_millis(2));
    }
    for thread in threads {
        thread.join().expect("all is done");
    }
    let mut client = server.client();
    register(&mut client, "api", "end", "");
    let wanted = discovered(&mut client, "api");
    for mut stream in streams {
        let mut all = BTreeMap::new();
        while !all.contains_key("end") {
            follow(&mut all, &stream.expect());
        }
        assert_eq!(all.into_keys().collect::<Vec<_>>(), wanted);
    }
}

/// A snapshot that takes so long to read that its beginning is old at its end.
fn changes_in_a_snapshot() {
    const THREADS: usize = 8;
    const EACH: usize = 190;
    let home = Home::new("");
    let server = home.start();
    let address = server.address;
    let version = format!(r#","version":"{}""#, "x".repeat(9_000));
    let fill = |thread: usize| {
        let version = version.clone();
        thread::spawn(move || {
            let mut client = Client::new(address);
            for number in 0..EACH {
                register(
                    &mut client,
                    "api",
                    &format!("{thread}.{number:03}"),
                    &version,
                );
            }
        })
    };
    let threads: Vec<_> = (0..THREADS).map(fill).collect();
    for thread in threads {
        thread.join().expect("all are registered");
    }
    let mut stream = open(&server, None);
    let first = stream.expect();
    assert_eq!(first.said(), ("register", "0.000", "healthy"));
    let mut client = server.client();
    assert_eq!(client.get("/deregister?name=api&id=0.000").status, 200);
    register(&mut client, "api", "0.0000", "");
    register(&mut client, "api", "end", "");
    let mut all = BTreeMap::new();
    follow(&mut all, &first);
    // It may be in the snapshot, too, and there it has no number.
    loop {
        let event = stream.expect();
        follow(&mut all, &event);
        if event.said() == ("register", "end", "healthy") && event.id.is_some() {
            break;
        }
    }
    let wanted = discovered(&mut client, "api");
    assert_eq!(all.into_keys().collect::<Vec<_>>(), wanted);
}

fn leaves() {
    const MOST: usize = 100;
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let mut count = |wanted: usize, round: usize| {
        register(&mut client, "api", "1", &format!(r#","version":"{round}""#));
        let line = format!("\nwatchdog_registry_watchers {wanted}\n");
        client.get("/metrics").body.contains(&line)
    };
    let streams: Vec<_> = (0..MOST).map(|_| open(&server, None)).collect();
    let mut round = 0;
    let mut counted = |wanted| {
        until("they are counted", || {
            round += 1;
            count(wanted, round)
        });
    };
    counted(MOST);
    drop(streams);
    counted(0);
}

fn stopped() {
    let home = Home::new("");
    let mut server = home.start();
    register(&mut server.client(), "api", "1", "");
    let mut streams: Vec<_> = (0..20).map(|_| open(&server, None)).collect();
    streams.iter_mut().for_each(|stream| {
        stream.snapshot();
    });
    let begun = Instant::now();
    server.signal(Signal::SIGTERM);
    for stream in &mut streams {
        assert_eq!(stream.next(), None);
    }
    assert_eq!(server.end(), 0);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    let said = server.err.to_the_end();
    assert!(
        !said.iter().any(|line| line.contains("cut off")),
        "{said:#?}"
    );
}

fn absence() {
    let home = Home::new("");
    let server = home.start();
    register(&mut server.client(), "api", "1", "");
    let mut stream = open(&server, None);
    stream.snapshot();
    server.signal(Signal::SIGSTOP);
    // Nothing says when a gap is an absence: it is one after 10 s.
    thread::sleep(Duration::from_millis(10_500));
    server.signal(Signal::SIGCONT);
    assert_eq!(stream.expect().kind, "resync");
    assert_eq!(stream.snapshot().1["1"], "healthy");
}
