//! `status`: tables, JSON, colour, exit codes, and again and again.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;

use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::program::Program;
use crate::server::{BOUND, Reply, Server, ok, status};

const LINES: &str = "KGOOD\tThu, 01 Dec 2016 10:57:32 -0800\tdc.a\t0\tK\n\
                     TMOUT\tThu, 01 Dec 2016 10:57:33 -0800\tdc.server2\t3723999\tK\n";
const GOOD: &str = "KGOOD\tThu, 01 Dec 2016 10:57:32 -0800\tdc.a\t0\tK\n";
const TABLE: &str = "STATE NAME       EXPIRES                          CUMD     REASON
TMOUT dc.server2 Thu, 01 Dec 2016 10:57:33 -0800  1h2m3s   K
KGOOD dc.a       Thu, 01 Dec 2016 10:57:32 -0800  0s       K
";

#[test]
fn tables() {
    let (header, rows) = TABLE.split_at(TABLE.find('\n').unwrap() + 1);
    let (bad, good) = rows.split_at(rows.find('\n').unwrap() + 1);
    let tabbed = "TMOUT\tdc.server2\tThu, 01 Dec 2016 10:57:33 -0800\t1h2m3s\tK\n\
                  KGOOD\tdc.a\tThu, 01 Dec 2016 10:57:32 -0800\t0s\tK\n";
    for (flags, expected) in [
        (&[][..], TABLE.to_owned()),
        (&["--color", "--badfirst"], TABLE.to_owned()),
        (&["--noheader"], rows.to_owned()),
        (
            &["--nobadfirst", "--nocolor"],
            format!("{header}{good}{bad}"),
        ),
        (&["--tabsep"], tabbed.to_owned()),
    ] {
        let words: Vec<_> = ["status", "dc"].iter().chain(flags).copied().collect();
        let server = Server::new([ok(LINES)]);
        Program::wd(&words).to(&[&server]).says(&expected);
        let asked = server.asked();
        let line = "GET /status/dc?header=0&hmac=27e809590187ebda539ed14b3726b8f2";
        assert!(asked.starts_with(line), "{asked}");
        assert!(!asked.contains("authorization"), "{asked}");
    }
    let server = Server::new([ok("KGOOD\tx\n")]);
    let program = Program::wd(&["status", "dc"]).to(&[&server]);
    program.refuses("wd: line 1 of the server's answer is no status\n");
}

#[test]
fn two_says_that_something_is_down() {
    let run = |words: &[&str], reply: Reply| {
        let server = Server::new([reply]);
        Program::watchdog(words).to(&[&server]).ends().0
    };
    let told = &["status", "dc", "--exit-code"];
    assert_eq!(run(told, ok(LINES)), Some(2));
    assert_eq!(run(told, ok(GOOD)), Some(0));
    assert_eq!(run(told, ok("")), Some(0));
    assert_eq!(run(told, status(403, "")), Some(1));
    assert_eq!(run(&["status", "dc"], ok(LINES)), Some(0));
    let json = &["status", "--json", "--exit-code"];
    for (state, code) in [
        ("up", 0),
        ("late", 0),
        ("new", 0),
        ("fault", 2),
        ("gave-up", 2),
    ] {
        let page = format!(r#"{{"watches":[{{"name":"a","state":"{state}"}}]}}"#);
        assert_eq!(run(json, ok(&page)), Some(code), "{state}");
        assert_eq!(
            run(&["status", "--exit-code"], ok(&page)),
            Some(code),
            "{state}"
        );
    }
}

#[test]
fn pages_are_followed() {
    let pages = [
        ok(r#"{"watches":[{"name":"a-b","state":"up","reason":"\u009b"}],"next":"a-b"}"#),
        ok(r#"{"watches":[{"name":"c","state":"fault","reason":"x"}],"next":null}"#),
    ];
    let server = Server::new(pages.clone());
    let json = "{\"watches\":[{\"name\":\"a-b\",\"reason\":\"\\u009b\",\"state\":\"up\"},\
                {\"name\":\"c\",\"reason\":\"x\",\"state\":\"fault\"}]}\n";
    Program::watchdog(&["status", "a-", "--json"])
        .to(&[&server])
        .says(json);
    let first = "GET /api/watchdog/v1/watches?prefix=a-&limit=10000 HTTP/1.1\r\n";
    let second = "GET /api/watchdog/v1/watches?prefix=a-&limit=10000&after=a-b HTTP/1.1\r\n";
    for line in [first, second] {
        let asked = server.asked();
        assert!(asked.starts_with(line), "{asked}");
        assert!(asked.contains("\r\nauthorization: Bearer 0001"), "{asked}");
    }
    for words in [&["status"][..], &["status", "."], &["status", "a-"]] {
        let server = Server::new(pages.clone());
        let table = "FAULT\tc\t-\t0s\tFAULT:x\nKGOOD\ta-b\t-\t0s\tK\n";
        let words: Vec<_> = words.iter().chain(&["--tabsep"]).copied().collect();
        Program::watchdog(&words).to(&[&server]).says(table);
    }
    let endless = Server::new([ok(r#"{"watches":[{"name":"a"}],"next":"a"}"#)]);
    let program = Program::watchdog(&["status", "--json"]).to(&[&endless]);
    program.refuses("watchdog: the server did not answer with watches as JSON\n");
}

/// What a terminal is shown.
fn on_terminal(mut program: Program) -> String {
    let terminal = openpty(None, None).expect("a terminal");
    program
        .command
        .stdout(Stdio::from(terminal.slave))
        .env("TERM", "xterm");
    assert!(program.command.status().expect("it runs").success());
    // Its own end of the terminal goes with it.
    drop(program);
    let mut shown = Vec::new();
    // Read to its end, which is EIO.
    let _ = File::from(terminal.master).read_to_end(&mut shown);
    String::from_utf8(shown)
        .expect("UTF-8")
        .replace("\r\n", "\n")
}

#[test]
fn colour_is_for_terminals() {
    let server = Server::new([ok(LINES)]);
    let status = |flags: &[&str]| {
        let words: Vec<_> = ["status", "dc", "--noheader"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        Program::wd(&words).to(&[&server])
    };
    let shown = on_terminal(status(&[]));
    let lines: Vec<_> = shown.lines().collect();
    assert!(
        lines[0].starts_with("\u{1b}[1;31mTMOUT") && lines[0].ends_with("K\u{1b}[0m"),
        "{shown:?}"
    );
    assert!(
        lines[1].starts_with("\u{1b}[1;32mKGOOD") && lines[1].ends_with("K\u{1b}[0m"),
        "{shown:?}"
    );
    for plain in [
        status(&["--nocolor"]),
        status(&["--tabsep", "--color"]),
        status(&[]).env("NO_COLOR", "1"),
    ] {
        let shown = on_terminal(plain);
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
    let shown = on_terminal(status(&[]).env("NO_COLOR", ""));
    assert!(shown.contains('\u{1b}'), "{shown:?}");
}

/// Without a terminal a blank line stands between, and a server that does not answer is asked again.
#[test]
fn it_is_watched_until_it_is_refused() {
    let replies = [ok(GOOD), Reply::Close, ok(LINES), status(403, "no")];
    let server = Server::new(replies);
    let mut program = Program::wd(&["status", "dc", "--watch", "--tabsep"]).to(&[&server]);
    let child = program
        .command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = child.spawn().expect("it runs");
    let id = Pid::from_raw(child.id().try_into().expect("a pid"));
    let (sender, ended) = channel();
    thread::spawn(move || sender.send(child.wait_with_output().expect("it ends")));
    let output = ended.recv_timeout(BOUND).unwrap_or_else(|_| {
        let _ = kill(id, Signal::SIGKILL);
        panic!("it does not end");
    });
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    let states: Vec<_> = out
        .lines()
        .map(|line| line.split('\t').next().unwrap_or(""))
        .collect();
    assert_eq!(states, ["KGOOD", "", "TMOUT", "KGOOD"]);
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    let said: Vec<_> = err.lines().collect();
    assert_eq!(said.len(), 2, "{err}");
    assert!(said[0].ends_with(": closed without an answer"), "{err}");
    assert!(said[1].ends_with(" answered 403: no"), "{err}");
}
