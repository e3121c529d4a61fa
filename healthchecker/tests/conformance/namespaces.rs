//! Rows that need a network or a file system of their own, made by `unshare -n -m`.
//!
//! Each row starts this very program again inside new namespaces, where it prepares them, runs the
//! server and the probe, and says by its exit code how it went.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Completion, Failed, Trial};

use crate::probe::{Need, Run, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::{Server, Step};
use crate::skip;

const INSIDE: &str = "CONFORMANCE_INSIDE";

type Case = fn() -> Result<(), Failed>;

const CASES: [(&str, Option<Need>, Case); 12] = [
    ("localhost on 127.0.0.1, hosts file with both", None, || {
        localhost("127.0.0.1", Some(BOTH))
    }),
    ("localhost on ::1, hosts file with both", None, || {
        localhost("::1", Some(BOTH))
    }),
    (
        "localhost on 127.0.0.1, hosts file with ::1 only",
        None,
        || localhost("127.0.0.1", Some("::1 localhost\n")),
    ),
    (
        "localhost on ::1, hosts file with 127.0.0.1 only",
        None,
        || localhost("::1", Some("127.0.0.1 localhost\n")),
    ),
    ("localhost on 127.0.0.1, no hosts file", None, || {
        localhost("127.0.0.1", None)
    }),
    ("localhost on ::1, no hosts file", None, || {
        localhost("::1", None)
    }),
    (
        "localhost that the hosts file sends elsewhere",
        None,
        || localhost("127.0.0.1", Some("192.0.2.9 localhost\n")),
    ),
    ("localhost refused, without IPv6", None, without_ipv6),
    ("localhost that no route leads to", None, without_loopback),
    ("a socket that is connected to itself", None, own_socket),
    ("an address of an own interface", None, own_address),
    (
        "another machine's address, no packet sent",
        Some(Need::LoopbackOnly),
        foreign_address,
    ),
];

const BOTH: &str = "127.0.0.1 localhost\n::1 localhost\n";

pub(crate) fn trials() -> Vec<Trial> {
    let for_this_build = |need: &Option<Need>| need.is_none_or(|need| binary().can(need));
    CASES
        .iter()
        .filter(|(_, need, _)| for_this_build(need))
        .map(|(name, ..)| {
            Trial::ignorable_test(format!("namespace: {name}"), move || outside(name))
        })
        .collect()
}

fn outside(name: &str) -> Result<Completion, Failed> {
    let unshare = || {
        let mut command = Command::new("unshare");
        // Root needs no user namespace, which some systems forbid.
        if !rustix::process::geteuid().is_root() {
            command.args(["-U", "-r"]);
        }
        command.args(["-n", "-m"]);
        command
    };
    let possible = unshare().args(["ip", "link", "set", "lo", "up"]).output();
    match possible {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            return skip(format!(
                "unshare -n -m: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
        }
        Err(error) => return skip(format!("unshare: {error}")),
    }
    let output = unshare()
        .arg(std::env::current_exe()?)
        .env(INSIDE, name)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(Completion::Completed)
}

/// What the program does when a row has started it inside its namespaces.
pub(crate) fn inside() -> Option<ExitCode> {
    let name = std::env::var(INSIDE).ok()?;
    let Some((.., case)) = CASES.iter().find(|(known, ..)| *known == name) else {
        eprintln!("no such case: {name}");
        return Some(ExitCode::FAILURE);
    };
    Some(
        match run("ip", &["link", "set", "lo", "up"]).and_then(|()| case()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failed) => {
                eprintln!("{}", failed.message().unwrap_or("failed"));
                ExitCode::FAILURE
            }
        },
    )
}

fn run(program: &str, words: &[&str]) -> Result<(), Failed> {
    let output = Command::new(program).args(words).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{program} {words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

fn answer() -> Vec<Step> {
    vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ]
}

fn localhost(listening: &str, hosts: Option<&str>) -> Result<(), Failed> {
    // An empty file system over /etc has no hosts file; it is seen in this namespace alone.
    run("mount", &["-t", "tmpfs", "none", "/etc"])?;
    if let Some(hosts) = hosts {
        std::fs::write("/etc/hosts", hosts)?;
    }
    assert_eq!(Path::new("/etc/hosts").exists(), hosts.is_some());
    let server = Server::on(SocketAddr::new(listening.parse()?, 0), answer())?;
    check(
        &Run::new([format!("--port={}", server.port())]).finish(),
        &healthy(),
    )?;
    check(
        &Run::new([format!("http://localhost:{}/", server.port())]).finish(),
        &healthy(),
    )?;
    assert_eq!(server.connections(), 2);
    Ok(())
}

fn without_ipv6() -> Result<(), Failed> {
    std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")?;
    let outcome = Run::new(["--port=6767"]).finish();
    check(&outcome, &unhealthy(["127.0.0.1:6767", "refused"]))?;
    if outcome.stderr.contains("::1") {
        return Err(format!("the address that cannot be is named: {}", outcome.stderr).into());
    }
    Ok(())
}

fn without_loopback() -> Result<(), Failed> {
    run("ip", &["address", "flush", "dev", "lo"])?;
    let outcome = Run::new(["--port=6767"]).finish();
    check(
        &outcome,
        &unhealthy(["127.0.0.1:6767 /health: unreachable", "(os error 101)"]),
    )
}

/// Where there is one port to take for its own end, and nobody listens there, a socket that is to be
/// connected to that port finds itself (ip_local_port_range in ip(7)).
fn own_socket() -> Result<(), Failed> {
    let mut port = 50_000;
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        for scheme in ["tcp", "http"] {
            // Each takes another one: the last is not free again at once.
            port += 1;
            let range = format!("{port} {port}");
            std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", range)?;
            let url = format!("{scheme}://{host}:{port}");
            check(&Run::new([url]).finish(), &unhealthy(["refused"]))?;
        }
    }
    Ok(())
}

/// An interface with a neighbourhood where nobody lives.
fn interface() -> Result<(), Failed> {
    run(
        "ip",
        &[
            "link", "add", "probe0", "type", "veth", "peer", "name", "nobody0",
        ],
    )?;
    for name in ["probe0", "nobody0"] {
        std::fs::write(format!("/proc/sys/net/ipv6/conf/{name}/disable_ipv6"), "1")?;
    }
    run("ip", &["link", "set", "nobody0", "up"])?;
    run("ip", &["address", "add", "192.0.2.1/24", "dev", "probe0"])?;
    run("ip", &["link", "set", "probe0", "up"])?;
    run("ip", &["route", "add", "default", "via", "192.0.2.254"])
}

fn own_address() -> Result<(), Failed> {
    interface()?;
    let server = Server::on("192.0.2.1:0".parse()?, answer())?;
    let port = server.port();
    for url in [
        format!("http://192.0.2.1:{port}/"),
        format!("http://[::ffff:192.0.2.1]:{port}/"),
    ] {
        check(&Run::new([url]).finish(), &healthy())?;
    }
    check(
        &Run::new([format!("--port={port}"), "--host=192.0.2.1".into()]).finish(),
        &healthy(),
    )
}

fn foreign_address() -> Result<(), Failed> {
    interface()?;
    let sent = || std::fs::read_to_string("/sys/class/net/probe0/statistics/tx_packets");
    // Inside a new network namespace /sys still shows the old one.
    run("mount", &["-t", "sysfs", "none", "/sys"])?;
    let before = sent()?;
    for host in [
        "192.0.2.2",
        "198.51.100.1",
        "192.0.2.255",
        "255.255.255.255",
        "224.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::ffff:192.0.2.2]",
    ] {
        for url in [format!("http://{host}:80/"), format!("tcp://{host}:80")] {
            let outcome = Run::new([url, "--timeout=10s".into()]).finish();
            check(
                &outcome,
                &unhealthy([host.trim_matches(['[', ']']), "nothing was sent"]),
            )?;
        }
    }
    assert_eq!(sent()?, before, "packets left");
    Ok(())
}
