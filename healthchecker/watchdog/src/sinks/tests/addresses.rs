//! Where a sink may be.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::NextTimeout;
use ureq::{Agent, Error, Timeout};

use super::server::Server;
use super::*;
use crate::outbox::Verdict;
use crate::sinks::courier::Post;
use crate::sinks::guard::{Guard, is_public};
use crate::sinks::lookup::{Lookup, System};
use crate::sinks::{Courier, monitor};

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn what_is_public() {
    for text in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.0",
        "198.51.101.0",
        "203.0.112.0",
        "203.0.114.0",
        "223.255.255.255",
        "2000::",
        "2001:200::",
        "2001:db7::",
        "2001:db9::",
        "2606:4700:4700::1111",
        "2a00::1",
        "3ffe::1",
        "3fff:1000::",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ] {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
    for text in [
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.255",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "100::1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b::1:0:808:808",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:1ff:ffff::",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2002:c0a8:101::",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ffff::1",
    ] {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
}

/// Answers one after the other, and counts.
#[derive(Clone, Debug, Default)]
struct Script(Arc<Mutex<VecDeque<Vec<SocketAddr>>>>);

impl Script {
    fn new<const N: usize>(answers: [&[&str]; N]) -> Self {
        let answers = answers.map(|list| list.iter().map(|text| text.parse().unwrap()).collect());
        Self(Arc::new(Mutex::new(answers.into())))
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Lookup for Script {
    fn look(&self, host: &str, _: u16, _: Duration) -> Option<io::Result<Vec<SocketAddr>>> {
        assert_eq!(host, "hooks.example");
        let answer = self.0.lock().unwrap().pop_front();
        Some(answer.ok_or(io::Error::other("nothing is known")))
    }
}

/// A name may lead to a public address first, and to a private one when it is looked up again.
#[test]
fn what_is_looked_at_is_what_is_connected_to() {
    let script = Script::new([
        &["8.8.8.8:80"],
        &["127.0.0.1:80"],
        &["10.0.0.1:80", "8.8.4.4:80", "[::1]:80"],
    ]);
    let guard = Guard {
        lookup: script.clone(),
        allows_private: false,
    };
    let uri = "http://hooks.example/".parse().unwrap();
    let config = Agent::config_builder().build();
    let resolve = || {
        let timeout = NextTimeout {
            after: ureq::unversioned::transport::time::Duration::from_secs(9),
            reason: Timeout::Global,
            ..NextTimeout::default()
        };
        let found = guard.resolve(&uri, &config, timeout)?;
        Ok::<_, Error>(found.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(resolve().unwrap(), ["8.8.8.8:80"]);
    let refused = resolve().unwrap_err().to_string();
    assert!(
        refused.contains("is at 127.0.0.1, which is no public address"),
        "{refused}"
    );
    assert_eq!(resolve().unwrap(), ["8.8.4.4:80"]);
    assert!(matches!(resolve(), Err(Error::HostNotFound)));

    // Of each request there is one look, and the connection is made to what it has found.
    let first = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    let second = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    let addresses = [first.address, second.address].map(|address| address.to_string());
    let script = Script::new([&[&*addresses[0]], &[&*addresses[1]]]);
    let sink = sink("kind = \"webhook\"\nurl = \"http://hooks.example/\"\nallow_private = true");
    let post = Post::with(&sink, script.clone(), LIMIT).unwrap();
    let told = || post.tell(&message(vec![fault("", b"")]), 1, WALL);
    assert_eq!(told(), Verdict::Delivered);
    assert_eq!(
        (first.wait(1).len(), second.seen().len(), script.left()),
        (1, 0, 1)
    );
    assert_eq!(told(), Verdict::Delivered);
    assert_eq!(
        (first.seen().len(), second.wait(1).len(), script.left()),
        (1, 1, 0)
    );
    assert!(first.seen()[0].0.contains("host: hooks.example"));
}

#[test]
fn private_addresses_are_not_gone_to() {
    let server = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    let port = server.address.port();
    for kind in ["webhook", "slack"] {
        for host in [
            "127.0.0.1",
            "[::ffff:127.0.0.1]",
            "[::1]",
            "localhost",
            "localhost.",
        ] {
            let sink = sink(&format!(
                "kind = \"{kind}\"\nurl = \"http://{host}:{port}/topsecret\""
            ));
            let post = Post::with(&sink, System, LIMIT).unwrap();
            match post.tell(&message(vec![fault("", b"")]), 1, WALL) {
                Verdict::Again { problem, .. } => {
                    let is_refused =
                        problem.contains("no public address") || problem.contains("no such host");
                    assert!(
                        is_refused && !problem.contains("topsecret"),
                        "{host}: {problem}"
                    );
                    assert!(
                        !problem.contains("public") || problem.contains("`allow_private = true`"),
                        "{problem}"
                    );
                    let begins = format!("http://{host}:{port}: ");
                    assert!(problem.starts_with(&begins), "{problem}");
                }
                other => panic!("{host}: {other:?}"),
            }
        }
    }
    let monitor = monitor(&format!("http://{}/topsecret", server.address)).unwrap();
    let told = monitor.tell(&message(vec![fault("", b"")]), 1, WALL);
    let Verdict::Again { problem, .. } = told else {
        panic!("{told:?}");
    };
    // It has no such key.
    let is_for_it = problem.contains("no public address") && !problem.contains("allow_private");
    assert!(is_for_it && problem.contains("sink.NAME"), "{problem}");
    assert!(server.seen().is_empty());
}

#[test]
fn the_system_knows_addresses_by_themselves() {
    let looked = |host: &str| {
        let found = System.look(host, 5, LIMIT).unwrap().unwrap();
        found.iter().map(|address| address.ip()).collect::<Vec<_>>()
    };
    for text in ["127.0.0.1", "::1", "2001:db8::1"] {
        assert_eq!(looked(text), [text.parse::<IpAddr>().unwrap()]);
    }
    let late = System.look("localhost", 5, Duration::ZERO);
    assert!(late.is_none_or(|found| found.is_ok()));
}

#[test]
fn monitors_have_urls_that_can_be_used() {
    for url in [
        "ftp://a/secret",
        "https://me@a/secret",
        "https://a/secret#b",
        "https://127.1/secret",
    ] {
        let error = monitor(url).err().unwrap().to_string();
        assert!(
            error.starts_with("monitor: ") && !error.contains("secret"),
            "{error}"
        );
    }
    assert!(monitor("https://hooks.slack.com/services/T0/B0/secret").is_ok());
}
