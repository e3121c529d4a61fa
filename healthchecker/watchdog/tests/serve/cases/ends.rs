//! How it ends, and when it does not begin.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use nix::sys::signal::Signal;

use super::plain;
use crate::client::{connect, read};
use crate::home::{Home, refused, run};
use crate::lines::until;
use crate::proof::mint;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("ends: requests under way are answered", under_way),
        ("ends: idle connections are closed at once", idle),
        ("ends: half requests do not hold it up", half),
        ("ends: SIGINT, and lines as JSON", json),
        ("ends: words that it does not take", misuse),
        ("ends: configurations that cannot work", bad_configurations),
        ("ends: a port that is taken", taken),
    ])
}

fn under_way() {
    let home = Home::new("");
    let mut server = home.start();
    let key = mint(&mut server.client(), &home.root(), "dc", "kick");
    let mut stream = connect(server.address);
    let head =
        format!("POST /ping/{key}/a?create=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
    stream.write_all(head.as_bytes()).unwrap();
    // Its head has come when another one, later, is answered.
    assert_eq!(server.client().get("/?id=a").status, 200);
    server.signal(Signal::SIGTERM);
    server.err.wait("stopping: asked by SIGTERM");
    until("nobody new gets in", || {
        TcpStream::connect(server.address).is_err()
    });
    stream.write_all(b"y").unwrap();
    let reply = read(&mut std::io::BufReader::new(stream), false).unwrap();
    assert_eq!(reply.said(), (201, "Created"));
    assert_eq!(server.end(), 0, "{:#?}", server.err.to_the_end());
}

fn idle() {
    let home = Home::new("");
    let server = home.start();
    let mut idle: Vec<_> = (0..50)
        .map(|_| {
            let mut stream = connect(server.address);
            stream
                .write_all(b"GET /?id=a HTTP/1.1\r\nHost: a\r\n\r\n")
                .unwrap();
            assert_eq!(
                read(&mut std::io::BufReader::new(&stream), false)
                    .unwrap()
                    .status,
                200
            );
            stream
        })
        .collect();
    idle.push(connect(server.address));
    let begun = Instant::now();
    let said = server.term();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}: {said:#?}");
    assert!(
        !said.iter().any(|line| line.contains("cut off")),
        "{said:#?}"
    );
    for mut stream in idle {
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    }
}

fn half() {
    let home = Home::new("");
    let server = home.start();
    let mut half = connect(server.address);
    half.write_all(b"GET /?id=a HT").unwrap();
    // It has come when another one, later, is answered.
    assert_eq!(server.client().get("/?id=b").status, 200);
    let begun = Instant::now();
    let said = server.term();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}: {said:#?}");
}

fn json() {
    let home = Home::new("");
    let mut command = std::process::Command::new(crate::home::binary());
    command.args(home.words()).args(["--log", "json"]);
    let mut child = command
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let err = crate::lines::Lines::read(child.stderr.take().unwrap());
    let (_, line) = err.wait("\"serving\"");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(line["time"].is_string() && line["text"].as_str().unwrap().starts_with("http://"));
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(pid, Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    for line in err.to_the_end() {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert!(line["event"].is_string(), "{line}");
    }
}

fn misuse() {
    for (words, culprit) in [
        (&["serve", "--port", "1"][..], "--port: unknown option"),
        (&["serve", "-x"], "-x: unknown option"),
        (&["serve", "now"], "now: a word without an option"),
        (
            &["serve", "--listen", "8500"],
            "--listen 8500: not an address",
        ),
        (
            &["serve", "--listen", "0.0.0.0:0"],
            "--listen 0.0.0.0:0 is no loopback address",
        ),
        (
            &["serve", "--config", "/nowhere/x.toml"],
            "/nowhere/x.toml: ",
        ),
        (&["serve", "--config", "/"], "/: "),
        (
            &[
                "serve",
                "--store",
                "/nowhere/x.db",
                "--listen",
                "127.0.0.1:0",
            ],
            "/nowhere/x.db: ",
        ),
        (&["serve", "--store"], "--store: its value is missing"),
        (&["check-config"], "check-config takes one word"),
        (&["check-config", "/nowhere/x.toml"], "/nowhere/x.toml: "),
        (&["backup"], "backup takes one word"),
        (&["backup", "--store", "/nowhere/x.db", "/tmp"], "/tmp"),
        (&["server"], "unknown subcommand"),
    ] {
        let said = refused(&run(words.iter().copied()));
        assert!(said.contains(culprit), "{words:?}: {said}");
    }
}

fn bad_configurations() {
    let home = Home::new("");
    let file = home.text("watchdog.toml");
    for (config, culprit) in [
        ("[[listen]]\naddress = \"0.0.0.0:1\"", "no loopback address"),
        ("[watch.worker]\ntimeout = \"10\"", "watch.worker.timeout"),
        ("[watch.Worker]", "watch.\"Worker\""),
        ("[watch.worker]\ncolour = \"red\"", "colour"),
        ("[watch.worker]\nopen_to = [\"gwd\"]", "asks for a token"),
        ("[watch.worker.restart]\nexec = [\"true\"]", "absolute path"),
        ("[store", "watchdog.toml"),
        ("\u{0}", "watchdog.toml"),
    ] {
        home.configure(config);
        let words = home.words();
        for output in [
            run(["check-config", &file]),
            run(words.iter().map(String::as_str)),
        ] {
            let said = refused(&output);
            assert!(said.contains(culprit), "{config}: {said}");
        }
        assert!(!home.file("watchdog.db").exists());
    }
    std::fs::write(home.file("watchdog.toml"), b"[watch.\xff]").unwrap();
    assert!(refused(&run(["check-config", &file])).contains("watchdog.toml"));
    home.configure("[watch.worker]");
    let output = run(["check-config", &file]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(": nothing is wrong with it\n"));
}

fn taken() {
    let home = Home::new("");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let database = home.text("watchdog.db");
    let said = refused(&run(["serve", "--store", &database, "--listen", &address]));
    assert!(said.contains(&address), "{said}");
    assert!(!home.file("watchdog.db").exists());
}
