//! Who is told, as the configuration says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::cases::plain;
use crate::home::{Home, refused, run};
use crate::lines::BOUND;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("sinks: a test is sent, and what came of it is said", tried),
        (
            "sinks: what they name is looked at before the start",
            looked_at,
        ),
        (
            "sinks: alertmanager is told what is down, and what no more",
            alerts,
        ),
    ])
}

/// Whoever is told: the path and the body of each request come out of it, and all are answered alike.
fn sink(answer: &'static str) -> (SocketAddr, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (to, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let request = read(stream.unwrap(), answer);
            if to.send(request).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn read(mut stream: TcpStream, answer: &str) -> (String, Value) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    lines.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    (path, serde_json::from_slice(&body).unwrap())
}

fn tried() {
    let (address, told) = sink("204 x");
    let (gone, _kept) = sink("410 x");
    let tables = |more: &str| {
        let kinds = ["webhook", "slack", "alertmanager"].map(|kind| {
            format!(
                "[sink.{kind}]\nkind = \"{kind}\"\nurl = \"http://{address}/T0/secret\"\n{more}\n"
            )
        });
        kinds.concat()
    };
    let home = Home::new(&format!(
        "{}[sink.gone]\nkind = \"slack\"\nurl = \"http://{gone}/T0/secret\"\nallow_private = true",
        tables("allow_private = true")
    ));
    let file = home.text("watchdog.toml");
    for (kind, path) in [
        ("webhook", "/T0/secret"),
        ("slack", "/T0/secret"),
        ("alertmanager", "/T0/secret/api/v2/alerts"),
    ] {
        let output = run(["test-sink", &file, kind]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(
            said,
            format!("{kind}: http://{address} has taken the test\n")
        );
        let (found, body) = told.recv_timeout(BOUND).unwrap();
        assert_eq!(found, path);
        let is_test = match kind {
            "webhook" => body["type"] == "watch.test",
            "slack" => body["attachments"][0]["title"] == "a test: nothing is down",
            _ => body[0]["labels"]["alertname"] == "WatchdogTest",
        };
        assert!(is_test, "{kind}: {body}");
    }
    let said = refused(&run(["test-sink", &file, "gone"]));
    assert!(
        said.contains("answered 410 (the server would send it nothing"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
    let said = refused(&run(["test-sink", &file, "other"]));
    assert!(said.contains("other: no such sink;"), "{said}");
    assert!(
        said.contains("has alertmanager, gone, slack, webhook"),
        "{said}"
    );
    assert!(refused(&run(["test-sink", &file])).contains("takes two words"));

    home.configure(&tables(""));
    for kind in ["webhook", "slack", "alertmanager"] {
        let said = refused(&run(["test-sink", &file, kind]));
        assert!(
            said.contains("127.0.0.1, which is no public address"),
            "{said}"
        );
    }
    assert!(told.try_recv().is_err());
}

fn looked_at() {
    let home = Home::new("");
    let file = home.text("watchdog.toml");
    let secret = home.text("secret");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let url = "[sink.ops]\nkind = \"webhook\"\nurl = \"https://hooks.example/\"\n";
    for (more, culprit) in [
        (&*format!("secret_file = \"{secret}\""), "chmod 600 it"),
        (
            "secret_file = \"/nowhere/secret\"",
            "/nowhere/secret: there is no such file",
        ),
        (
            "body = '{\"a\": \"{{ titel }}\"}'",
            "body: line 1 of the template: undefined value",
        ),
        ("body = '{{ title }}'", "makes no JSON"),
    ] {
        home.configure(&format!("{url}{more}"));
        let words = home.words();
        for output in [
            run(["check-config", &file]),
            run(words.iter().map(String::as_str)),
        ] {
            let said = refused(&output);
            assert!(
                said.contains(": sink.ops: ") && said.contains(culprit),
                "{said}"
            );
        }
        assert!(!home.file("watchdog.db").exists());
    }
    home.configure(url);
    assert_eq!(run(["check-config", &file]).status.code(), Some(0));
}

fn alerts() {
    let (address, told) = sink("200 x");
    // Up again, it stays so for longer than the second in which changes gather.
    let home = Home::new(&format!(
        "[heartbeat]\ntimeout = \"3s\"\ngrace = \"0s\"\n\
         [sink.am]\nkind = \"alertmanager\"\nurl = \"http://{address}\"\nallow_private = true"
    ));
    let server = home.start();
    server.client().ask("GET", "/?id=a", &[], b"");
    let alert = || {
        let (path, mut body) = told.recv_timeout(BOUND).unwrap();
        assert_eq!(path, "/api/v2/alerts");
        let alerts = body.as_array_mut().unwrap();
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        alerts.remove(0)
    };
    let first = alert();
    assert_eq!(
        first["labels"],
        serde_json::json!({"alertname": "WatchDown", "namespace": "heartbeat", "watch": "a"})
    );
    // Another server finds it down, as it was left.
    server.kill();
    let server = home.start();
    let second = alert();
    assert_eq!(second["labels"], first["labels"]);
    let since = |alert: &Value| {
        let text = alert["startsAt"].as_str().unwrap();
        humantime::parse_rfc3339(text).unwrap()
    };
    let apart = since(&second).duration_since(since(&first));
    let apart = apart.unwrap_or_else(|error| error.duration());
    assert!(apart.as_millis() < 5_000, "{apart:?}");
    server.client().ask("GET", "/?id=a", &[], b"");
    let over = alert();
    assert_eq!(over["labels"], first["labels"]);
    assert!(
        over["endsAt"].as_str() < second["endsAt"].as_str(),
        "{over}"
    );
}
