//! The Global Watch Dog, as its clients in Go and in Python send it, byte for byte.

mod refusals;
mod tokens;

use libtest_mimic::Trial;

use super::plain;
use crate::client::{Client, Reply};
use crate::home::{Home, Server};
use crate::lines::until;
use crate::proof::{hmac, mint};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = plain(&[
        ("gwd: what Go sends", what_go_sends),
        ("gwd: what Python sends", what_python_sends),
    ]);
    trials.extend(refusals::trials());
    trials.extend(tokens::trials());
    trials
}

/// As Go's net/http 1.7 writes it.
fn go(client: &mut Client, server: &Server, target: &str) -> Reply {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n",
        server.address
    );
    client.raw(request.as_bytes(), false).expect("an answer")
}

/// As requests 2.28 writes it.
fn python(client: &mut Client, server: &Server, target: &str) -> Reply {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: python-requests/2.28.1\r\n\
         Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
        server.address
    );
    client.raw(request.as_bytes(), false).expect("an answer")
}

/// That an answer is 200 and this, in a type that no client misreads.
fn good(reply: &Reply, body: &str) {
    assert_eq!(reply.said(), (200, body));
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        reply.header("content-length"),
        Some(&*body.len().to_string())
    );
    assert_eq!(reply.header("content-encoding"), None);
}

/// The fields of the only line.
fn fields(body: &str) -> Vec<&str> {
    let line = body.strip_suffix('\n').expect("every line is ended");
    let fields: Vec<_> = line.split('\t').collect();
    assert_eq!(fields.len(), 5, "{body:?}");
    fields
}

/// `Thu, 01 Dec 2016 10:57:32 +0000`.
fn is_moment(text: &str) -> bool {
    text.len() == 31 && &text[3..5] == ", " && text.ends_with(" +0000")
}

fn what_go_sends() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick fault status");
    let (one, all) = (hmac(&token, "dc.server1"), hmac(&token, "dc"));
    let status = format!("/status/dc?hmac={all}&header=0");

    let kick = format!("/kick/dc.server1?timeout=60&hmac={one}");
    good(&go(&mut client, &server, &kick), "");
    let shown = go(&mut client, &server, &status);
    let line = fields(&shown.body);
    assert_eq!(
        [line[0], line[2], line[3], line[4]],
        ["KGOOD", "dc.server1", "0", "K"]
    );
    assert!(is_moment(line[1]), "{line:?}");
    good(&shown, &shown.body);

    let fault = format!("/fault/dc.server1?reason=812.10+MB+available&hmac={one}");
    good(&go(&mut client, &server, &fault), "");
    let shown = go(&mut client, &server, &status);
    let line = fields(&shown.body);
    assert_eq!(
        [line[0], line[2], line[4]],
        ["FAULT", "dc.server1", "FAULT:812.10 MB available"]
    );

    // The time that it was down is counted, and a kick ends it.
    until("some time passes", || {
        let shown = go(&mut client, &server, &status);
        fields(&shown.body)[3].parse::<u64>().unwrap() > 20
    });
    good(&go(&mut client, &server, &kick), "");
    let shown = go(
        &mut client,
        &server,
        &format!("/status/dc?hmac={all}&header=1"),
    );
    let (head, line) = shown.body.split_once('\n').unwrap();
    assert_eq!(head, "STATE\tEXPIRES\tNAME\tCUMD\tREASON");
    let line = fields(line);
    assert!(
        line[0] == "KGOOD" && line[3].parse::<u64>().unwrap() > 20,
        "{line:?}"
    );
}

fn what_python_sends() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick fault status");
    let (one, all) = (hmac(&token, "dc.server1"), hmac(&token, "dc"));
    let status = format!("/status/dc?header=0&hmac={all}");
    let fault = format!("/fault/dc.server1?reason=no%20space%20on%20/var%2Flog%3F&hmac={one}");
    good(&python(&mut client, &server, &fault), "");
    let shown = python(&mut client, &server, &status);
    let line = fields(&shown.body);
    assert_eq!(
        [line[0], line[1], line[4]],
        ["FAULT", "dc.server1", "FAULT:no space on /var/log?"]
    );
    assert!(is_moment(line[2]), "{line:?}");
    // Without a timeout, five minutes.
    good(
        &python(
            &mut client,
            &server,
            &format!("/kick/dc.server1?hmac={one}"),
        ),
        "",
    );
    let shown = client
        .api(&home.root(), "GET", "watches/dc.server1", "")
        .json();
    assert_eq!(
        (&shown["state"], &shown["timeout_ms"]),
        (&"up".into(), &300_000.into())
    );
    let shown = python(
        &mut client,
        &server,
        &format!("/status/dc?hmac={all}&header=1"),
    );
    assert!(
        shown
            .body
            .starts_with("STATE\tNAME\tEXPIRES\tCUMD\tREASON\nKGOOD\tdc.server1\t")
    );
    // POST is taken, too.
    let kick = format!("/kick/dc.server1?hmac={one}");
    good(
        &client.ask("POST", &kick, &[("Content-Length", "0")], b""),
        "",
    );
}
