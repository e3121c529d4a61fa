#[path = "../../../core/src/address/tests/literals.rs"]
mod literals;

use std::net::{Ipv4Addr, Ipv6Addr};

use healthchecker_core::target::{Host, Place, Protocol, Target as CoreTarget};
use proptest::prelude::*;

use self::literals::{fixed, ipv4_like, ipv6_like};
use super::*;
use crate::net::{Address, is_here};
use crate::options::CommandLine;

/// What this program reads of a word, a URL as a rule, by way of its command line.
fn read(word: &[u8]) -> Option<Target<'_>> {
    let mut command_line = CommandLine::new();
    let mut words = std::iter::once(word);
    command_line.take(&mut || words.next(), &|_| None).ok()?;
    Some(command_line.probe.target)
}

/// The same by the shared grammar, but for what this program refuses: names, abstract sockets, TLS and
/// gRPC.
fn expected(url: &[u8]) -> Option<Target<'_>> {
    let core = CoreTarget::parse(url).ok()?;
    let mut target = Target {
        is_tcp: core.protocol == Protocol::Tcp,
        is_localhost: false,
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
            target.ip = match host {
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
    let mut found = read(url);
    if let Some(target) = &mut found {
        // Of these, not all count for each.
        if target.is_unix {
            (target.ip, target.is_localhost) = (Target::default().ip, false);
        }
        if target.is_tcp {
            target.path = b"";
        }
    }
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

proptest! {
    #![proptest_config(fixed(5_000))]

    #[test]
    fn ipv4_hosts_are_those_of_the_standard_parser(text in ipv4_like()) {
        let ip = text.parse::<Ipv4Addr>().ok().map(|ip| ip.to_ipv6_mapped().to_bits());
        prop_assert_eq!(host_ip(&format!("--host={text}")), ip);
        prop_assert_eq!(host_ip(&format!("http://{text}:80/x")), ip);
    }

    #[test]
    fn ipv6_hosts_are_those_of_the_standard_parser(text in ipv6_like()) {
        let ip = text.parse::<Ipv6Addr>().ok().map(Ipv6Addr::to_bits);
        let bare = text.parse::<Ipv4Addr>().ok().map(|ip| ip.to_ipv6_mapped().to_bits());
        prop_assert_eq!(host_ip(&format!("--host={text}")), ip.or(bare));
        prop_assert_eq!(host_ip(&format!("--host=[{text}]")), ip);
        prop_assert_eq!(host_ip(&format!("http://[{text}]:80/x")), ip);
        prop_assert_eq!(host_ip(&format!("tcp://[{text}]:80")), ip);
    }
}

fn host_ip(word: &str) -> Option<u128> {
    read(word.as_bytes()).map(|target| target.ip)
}

#[test]
fn addresses_of_either_family() {
    let ip = |url: &'static str, is_second| read(url.as_bytes()).unwrap().ip(is_second);
    let v4 = |text: &str| text.parse::<Ipv4Addr>().unwrap().to_ipv6_mapped().to_bits();
    let v6 = |text: &str| text.parse::<Ipv6Addr>().unwrap().to_bits();
    assert_eq!(ip("http://localhost", false), v4("127.0.0.1"));
    assert_eq!(ip("http://localhost", true), v6("::1"));
    assert_eq!(ip("http://127.0.0.2", false), v4("127.0.0.2"));
    assert_eq!(ip("http://[::ffff:10.0.0.1]", false), v4("10.0.0.1"));
    assert_eq!(ip("http://[fd00::5]", false), v6("fd00::5"));
}

#[test]
fn only_addresses_of_this_machine_are_here() {
    let is_here = |host: &str| {
        let url = format!("http://{host}");
        let target = read(url.as_bytes()).unwrap();
        let mut address = Address::new();
        address.set(&target, false);
        is_here(target.ip(false), &address)
    };
    for host in ["127.0.0.1", "127.255.0.3", "[::1]", "[::ffff:127.0.0.1]"] {
        assert!(is_here(host), "{host}");
    }
    for host in [
        "0.0.0.0",
        "192.0.2.1",
        "8.8.8.8",
        "255.255.255.255",
        "224.0.0.1",
        "[::]",
        "[2001:db8::1]",
        "[ff02::1]",
        "[fe80::1]",
        "[::127.0.0.1]",
        "[::ffff:192.0.2.1]",
    ] {
        assert!(!is_here(host), "{host}");
    }
}
