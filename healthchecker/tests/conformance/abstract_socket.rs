//! Unix sockets that have a name and no file.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, connect, listen, socket};

use crate::probe::{Need, Run, binary};
use crate::row::{check, healthy, on_time, unhealthy};
use crate::server::{Server, Step};

pub(crate) fn trials() -> Vec<Trial> {
    if !binary().can(Need::Abstract) {
        return vec![Trial::test("refused by name: unix:@", lacked)];
    }
    vec![
        Trial::test("unix:@: healthy, and asked for the path", asked),
        Trial::test("unix:@: unhealthy", sick),
        Trial::test("unix:@: nobody listens", refused),
        Trial::test("unix:@: a full backlog is unhealthy in time", backlog),
        Trial::test("unix:@: names that are none", misuse),
    ]
}

/// A name that no other run has.
fn name(case: &str) -> String {
    format!("healthchecker-{}-{case}", std::process::id())
}

fn lacked() -> Result<(), Failed> {
    let outcome = Run::new(["unix:@app:/health"]).finish();
    check(
        &outcome,
        &unhealthy(["unix:@app:/health", "healthchecker has it"]),
    )
}

fn asked() -> Result<(), Failed> {
    let answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    // A colon and a slash, apart from each other, are a name's own.
    let name = name("a/b:c");
    let server = Server::on_abstract(name.as_bytes(), vec![Step::Request, Step::Send(answer)])?;
    for (url, line) in [
        (
            format!("unix:@{name}:/health?x=y"),
            "GET /health?x=y HTTP/1.1",
        ),
        (format!("UNIX:@{name}"), "GET / HTTP/1.1"),
    ] {
        check(&Run::new([url]).finish(), &healthy())?;
        let request = server.requests().pop().expect("a request");
        assert!(request.starts_with(line), "{request}");
        assert!(
            request.to_ascii_lowercase().contains("host: localhost\r\n"),
            "{request}"
        );
    }
    Ok(())
}

fn sick() -> Result<(), Failed> {
    let answer = b"HTTP/1.1 503 Sick\r\n\r\nwhy".to_vec();
    let name = name("sick");
    let _server = Server::on_abstract(name.as_bytes(), vec![Step::Request, Step::Send(answer)])?;
    let outcome = Run::new([format!("unix:@{name}:/ready")]).finish();
    check(
        &outcome,
        &unhealthy([&format!(": @{name} /ready: 503 Sick"), "why"]),
    )
}

fn refused() -> Result<(), Failed> {
    let outcome = Run::new([format!("unix:@{}", name("none"))]).finish();
    check(&outcome, &unhealthy(["connection refused"]))
}

fn backlog() -> Result<(), Failed> {
    let name = name("full");
    let address = SocketAddrUnix::new_abstract_name(name.as_bytes())?;
    let open = || socket(AddressFamily::UNIX, SocketType::STREAM, None);
    let listener = open()?;
    bind(&listener, &address)?;
    listen(&listener, 0)?;
    // A backlog of 0 has room for one.
    let waiting = open()?;
    connect(&waiting, &address)?;
    let deadline = Duration::from_millis(300);
    on_time(deadline, || {
        let outcome = Run::new([format!("unix:@{name}"), "--timeout=300ms".into()]).finish();
        check(
            &outcome,
            &unhealthy(["timed out after 300 ms while connecting"]),
        )?;
        Ok(outcome.elapsed)
    })
}

fn misuse() -> Result<(), Failed> {
    for url in [
        "unix:@",
        "unix:@:/health",
        "unix:@app:",
        &format!("unix:@{}", "x".repeat(108)),
    ] {
        let outcome = Run::new([url]).finish();
        check(
            &outcome,
            &unhealthy(["healthchecker: url: \"unix:@", "accepted: "]),
        )?;
    }
    Ok(())
}
