//! A disk that is full: nothing is promised that cannot be kept, nobody is called dead for it, and when
//! there is room again it goes on by itself.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::{Completion, Failed, Trial};

use crate::home::{Home, Server, binary};
use crate::lines::until;
use crate::proof::{hmac, mint, root};
use crate::skip;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::ignorable_test("full: refused, and in time as before", full),
        Trial::ignorable_test(
            "full: what was under way is told when it is kept",
            under_way,
        ),
        Trial::ignorable_test("full: a term is obeyed", term),
    ]
}

/// A server whose database is on a disk of its own, which only that process sees.
struct Small {
    server: Server,
    /// The disk, as this process sees it.
    disk: PathBuf,
    _home: Home,
}

fn start() -> Option<Small> {
    let home = Home::new("");
    let disk = home.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let unshare = ["--user", "--map-root-user", "--mount"];
    let line = "mount -t tmpfs -o size=2m small \"$0\" && exec \"$@\"";
    let probe = Command::new("unshare")
        .args(unshare)
        .args(["sh", "-c", line])
        .arg(&disk)
        .arg("true")
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(unshare)
        .args(["sh", "-c", line])
        .arg(&disk)
        .arg(binary());
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--store"])
        .arg(disk.join("watchdog.db"));
    let server = home.start_by(command);
    let mut disk_seen = PathBuf::from(format!("/proc/{}/root", server.child.id()));
    disk_seen.push(disk.strip_prefix("/").unwrap());
    Some(Small {
        server,
        disk: disk_seen,
        _home: home,
    })
}

/// Fills a disk to its last byte.
fn fill(small: &Small) -> PathBuf {
    let filler = small.disk.join("filler");
    let mut file = File::create(&filler).expect("a file on the small disk");
    for size in [4_096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    filler
}

fn full() -> Result<Completion, Failed> {
    let Some(small) = start() else {
        return skip("there are no namespaces to mount a small disk in");
    };
    let server = &small.server;
    let mut client = server.client();
    let root = root(&small.disk.join("master.key"));
    let token = mint(&mut client, &root, "dc", "kick fault status signed auth");
    let kick = |name: &str, seconds: u32| {
        format!("/kick/{name}?timeout={seconds}&hmac={}", hmac(&token, name))
    };
    assert_eq!(client.get(&kick("dc.a", 3)).status, 200);
    let kicked = Instant::now();
    assert_eq!(client.get(&kick("dc.b", 600)).status, 200);

    let filler = fill(&small);
    until("the store is lost", || client.get("/?id=a").status == 503);
    // The page says so, and what has happened is still read.
    let page = client.get("/ui/").body;
    assert!(
        page.contains("<title>store lost") && page.contains("dc.b"),
        "{page}"
    );
    let page = client.get("/ui/watch/named/dc.b").body;
    assert!(
        page.contains("Nothing is acknowledged") && page.contains("new → "),
        "{page}"
    );
    let kick_b = kick("dc.b", 600);
    for target in [
        &*kick_b,
        &format!("/status/dc?hmac={}", hmac(&token, "dc")),
        "/delmonitor/00000000000000000000000000000000",
    ] {
        let closed = server.client().try_ask("GET", target, &[], b"");
        assert!(
            closed.is_err(),
            "clients go elsewhere only then: {closed:?}"
        );
    }
    for reply in [
        client.get("/?id=a"),
        client.get(&format!("/ping/{token}/a")),
        client.api(&root, "POST", "watches/dc.b/kick", ""),
        client.api(&root, "POST", "tokens", r#"{"prefix":"dc"}"#),
    ] {
        assert_eq!(
            (reply.status, reply.header("retry-after").is_some()),
            (503, true),
            "{reply:?}"
        );
    }
    until("it says so", || client.get("/health").status == 503);
    let health = client.get("/health");
    assert!(health.body.contains("\"store\""), "{health:?}");
    assert_eq!(
        client.get("/health/live").status,
        200,
        "restarting does not make room"
    );
    assert!(
        client
            .get("/metrics")
            .body
            .contains("\nwatchdog_store_up 0\n")
    );
    // It listens to nobody, so that nobody is silent.
    until("the deadline passes", || {
        kicked.elapsed() > Duration::from_secs(4)
    });
    assert_eq!(server.err.count("down:"), 0, "{:#?}", server.err.all());

    std::fs::remove_file(filler).unwrap();
    until("it goes on", || client.get("/?id=a").status == 200);
    let back = Instant::now();
    server.err.wait("absent: ");
    assert_eq!(client.get(&kick_b).status, 200);
    let (told, line) = server.err.wait("down: ");
    assert!(line.contains("down: dc.a"), "{line}");
    let waited = told.saturating_duration_since(back);
    assert!(
        waited > Duration::from_secs(2),
        "it has its timeout again: {waited:?}"
    );
    until("all is well", || client.get("/health").status == 200);
    assert_eq!(client.get(&kick("dc.a", 600)).status, 200);
    server.err.wait("up: dc.a");
    Ok(Completion::Completed)
}

/// Nobody knows yet that the disk is full, and so it is done: its client hears that it may be lost.
fn under_way() -> Result<Completion, Failed> {
    let Some(small) = start() else {
        return skip("there are no namespaces to mount a small disk in");
    };
    let server = &small.server;
    let root = root(&small.disk.join("master.key"));
    let mut client = server.client();
    assert_eq!(client.api(&root, "GET", "watches", "").status, 200);
    let filler = fill(&small);
    let fault = client.api(&root, "POST", "watches/a/fault", r#"{"reason":"why"}"#);
    assert_eq!(fault.status, 503);
    std::fs::remove_file(filler).unwrap();
    until("it goes on", || client.get("/?id=a").status == 200);
    let is_down = client.api(&root, "GET", "watches/a", "").status == 200;
    let said = small.server.term();
    // Unless the timers were the first to find the disk full: then it was not done at all.
    let told = said.iter().filter(|line| line.contains("down: a: why"));
    assert_eq!(told.count(), usize::from(is_down), "{said:#?}");
    Ok(Completion::Completed)
}

fn term() -> Result<Completion, Failed> {
    let Some(small) = start() else {
        return skip("there are no namespaces to mount a small disk in");
    };
    fill(&small);
    until("the store is lost", || {
        small.server.client().get("/?id=a").status == 503
    });
    let begun = Instant::now();
    let said = small.server.term();
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        said.iter()
            .any(|line| line.contains("stopped: the store is lost")),
        "{said:#?}"
    );
    Ok(Completion::Completed)
}
