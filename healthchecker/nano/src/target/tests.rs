use healthchecker_core::target::{Host, Place, Protocol, Target as CoreTarget};

use super::*;
use crate::check::Check;
use crate::command;
use crate::options::Options;

/// What this program reads of a URL, by way of its command line.
fn read(url: &[u8]) -> Option<Check<'_>> {
    let mut check = Check::default();
    let mut options = Options::default();
    options.take(&mut std::iter::once(Ok(url))).ok()?;
    command::read(&mut check, &mut options, &|_| None).ok()?;
    Some(check)
}

/// The same by the shared grammar, but for what this program refuses: names, TLS and gRPC.
fn expected(url: &[u8]) -> Option<Target<'_>> {
    let core = CoreTarget::parse(url).ok()?;
    let mut target = Target {
        is_tcp: core.protocol == Protocol::Tcp,
        path: core.path,
        ..Target::default()
    };
    match (core.protocol, core.place) {
        (Protocol::Http, Place::Unix(socket)) => {
            target.is_unix = true;
            target.host = socket;
        }
        (Protocol::Http | Protocol::Tcp, Place::Network { host, text, port }) => {
            target.host = text;
            target.port = port;
            target.address = match host {
                Host::Localhost => {
                    target.is_localhost = true;
                    MAPPED | 0x7f00_0001
                }
                Host::V4(address) => MAPPED | u128::from(u32::from_be_bytes(address)),
                Host::V6(address) => u128::from_be_bytes(address),
                _ => return None,
            };
        }
        _ => return None,
    }
    Some(target)
}

fn assert_agrees(url: &[u8]) {
    // The first byte makes it an option, or nothing at all.
    if matches!(url.first(), None | Some(b'-')) {
        return;
    }
    let shown = String::from_utf8_lossy(url);
    let found = read(url).map(|check| Target {
        port_text: b"",
        ..check.target
    });
    assert_eq!(found, expected(url), "{shown}");
}

const URLS: [&str; 44] = [
    "http://localhost",
    "http://localhost/",
    "HTTP://LocalHost:6767/health",
    "http://127.0.0.1:1/a?b=c:d@e/f",
    "http://[::1]/x",
    "http://[::1]:65535",
    "http://[fe80::1]:80/?x",
    "http://[::ffff:127.0.0.1]:80/x",
    "http://10.1.2.3:80/x",
    "http://127.1/",
    "http://0127.0.0.1/",
    "http://app.example/",
    "http://localhost.:80/",
    "http://localhost:80:80/",
    "http://::1/",
    "http://::1:80/",
    "http://[::1]80/",
    "http://[::1/",
    "http://[]/",
    "http://:80/",
    "http://",
    "http:///",
    "http://localhost:/",
    "http://localhost:0/",
    "http://localhost:65536/",
    "http://localhost:+1/",
    "http://user@localhost/",
    "http://user:word@localhost:80/",
    "http://localhost?x",
    "http://localhost#x",
    "http://localhost/a b",
    "http://localhost/${X}",
    "tcp://localhost:5432",
    "TCP://[::1]:5432",
    "tcp://localhost",
    "tcp://localhost:5432/",
    "unix:/run/app.sock:/health",
    "unix:///run/app.sock:/h?x=a:/b",
    "unix:/run/app.sock:health",
    "unix:/run/app.sock:",
    "unix:app.sock",
    "https://localhost/",
    "grpc://localhost:1/x",
    "ftp://localhost/",
];

#[test]
fn reads_urls_as_the_shared_grammar_does() {
    for url in URLS {
        assert_agrees(url.as_bytes());
    }
    for length in [100, 107, 108, 200] {
        assert_agrees(format!("unix:/{}", "s".repeat(length - 1)).as_bytes());
    }
}

/// Every URL with a byte put in, left out or exchanged, at each place.
#[test]
fn reads_mistyped_urls_as_the_shared_grammar_does() {
    for url in URLS {
        for place in 0..=url.len() {
            for byte in *b":/[]@?#.0a%\xc3 -" {
                let mut with = url.as_bytes().to_vec();
                with.insert(place, byte);
                assert_agrees(&with);
                if place < url.len() {
                    let mut exchanged = url.as_bytes().to_vec();
                    exchanged[place] = byte;
                    assert_agrees(&exchanged);
                }
            }
            if place < url.len() {
                let mut without = url.as_bytes().to_vec();
                without.remove(place);
                assert_agrees(&without);
            }
        }
    }
}

#[test]
fn peers() {
    let peer = |url: &'static str, is_second| read(url.as_bytes()).unwrap().target.peer(is_second);
    let v4 = |text: &str| Peer::V4(text.parse().unwrap(), 80);
    let v6 = |text: &str| Peer::V6(text.parse().unwrap(), 80);
    assert_eq!(peer("http://localhost", false), v4("127.0.0.1"));
    assert_eq!(peer("http://localhost", true), v6("::1"));
    assert_eq!(peer("http://127.0.0.2", false), v4("127.0.0.2"));
    assert_eq!(peer("http://[::ffff:10.0.0.1]", false), v4("10.0.0.1"));
    assert_eq!(peer("http://[fd00::5]", false), v6("fd00::5"));
    assert_eq!(peer("unix:/a:/b", false), Peer::Unix(b"/a"));
}

#[test]
fn only_addresses_of_this_machine_are_here() {
    for text in ["127.0.0.1", "127.255.0.3"] {
        assert!(Peer::V4(text.parse().unwrap(), 80).is_here(), "{text}");
    }
    for text in [
        "0.0.0.0",
        "192.0.2.1",
        "8.8.8.8",
        "255.255.255.255",
        "224.0.0.1",
    ] {
        assert!(!Peer::V4(text.parse().unwrap(), 80).is_here(), "{text}");
    }
    assert!(Peer::V6("::1".parse().unwrap(), 80).is_here());
    for text in ["::", "2001:db8::1", "ff02::1", "fe80::1", "::127.0.0.1"] {
        assert!(!Peer::V6(text.parse().unwrap(), 80).is_here(), "{text}");
    }
    assert!(Peer::Unix(b"/nowhere").is_here());
}
