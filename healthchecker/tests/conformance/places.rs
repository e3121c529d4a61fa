//! Where the probe goes: localhost, unix sockets, bare TCP, full backlogs; and what it asks there.

mod unix;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

use self::unix::{
    unix_backlog, unix_denied, unix_file, unix_healthy, unix_idle, unix_missing, unix_stale,
    unix_unhealthy,
};
use crate::probe::{Outcome, Run};
use crate::row::{Expected, check, healthy, on_time, unhealthy};
use crate::server::{Reserved, Server, Step};
use crate::skip;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("the request is the one asked for", request),
        Trial::test("headers replace the probe's own", headers),
        Trial::test("a URL's own port and path", url),
        Trial::test("tcp: accepted is healthy", tcp_accepted),
        Trial::test("tcp: refused is unhealthy", tcp_refused),
        Trial::test("tcp: a full backlog is unhealthy in time", tcp_backlog),
        Trial::test("http: a full backlog is unhealthy in time", http_backlog),
        Trial::test("unix: healthy", unix_healthy),
        Trial::test("unix: unhealthy", unix_unhealthy),
        Trial::test("unix: no socket", unix_missing),
        Trial::test("unix: nobody listens", unix_stale),
        Trial::test("unix: no socket but a file", unix_file),
        Trial::test("unix: a full backlog is unhealthy in time", unix_backlog),
        Trial::test("unix: a full backlog keeps no processor busy", unix_idle),
        Trial::test("localhost: neither address listens", localhost_refused),
    ];
    trials.push(Trial::ignorable_test(
        "unix: permission denied",
        unix_denied,
    ));
    trials.push(Trial::ignorable_test("localhost: ::1 only", localhost_ipv6));
    trials.push(Trial::ignorable_test(
        "localhost: ::1 with a full backlog is the one named",
        localhost_ipv6_backlog,
    ));
    trials.push(Trial::ignorable_test("[::1] by address", literal_ipv6));
    trials
}

fn answer() -> Vec<Step> {
    vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nUP".to_vec()),
    ]
}

fn run<const N: usize>(words: [String; N]) -> Outcome {
    Run::new(words).finish()
}

/// The one request that a server read, its header names in lower case.
fn the_request(server: &Server) -> (String, Vec<(String, String)>) {
    let requests = server.requests();
    let [request] = &requests[..] else {
        panic!("not one request: {requests:?}")
    };
    let (line, headers) = request.split_once("\r\n").expect("a request line");
    let headers = headers.trim_end().lines().map(|line| {
        let (name, value) = line.split_once(':').expect("a header");
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    (line.to_owned(), headers.collect())
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    headers
        .iter()
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
        .collect()
}

fn request() -> Result<(), Failed> {
    let server = Server::start(answer());
    let port = server.port();
    check(
        &run([format!("--port={port}"), "--path=/a?b=c".into()]),
        &healthy(),
    )?;
    let (line, headers) = the_request(&server);
    assert_eq!(line, "GET /a?b=c HTTP/1.1");
    assert_eq!(value(&headers, "host"), [format!("localhost:{port}")]);
    assert_eq!(value(&headers, "user-agent").len(), 1);
    assert!(
        value(&headers, "content-length").is_empty()
            && value(&headers, "transfer-encoding").is_empty()
    );

    let server = Server::start(answer());
    check(
        &run([format!("--port={}", server.port()), "--method=HEAD".into()]),
        &healthy(),
    )?;
    assert_eq!(the_request(&server).0, "HEAD /health HTTP/1.1");
    Ok(())
}

fn headers() -> Result<(), Failed> {
    let server = Server::start(answer());
    let words = [
        "--header=Host: app.example",
        "--header",
        "user-agent: me",
        "--header=X-Empty:",
        "--header=X: 1",
        "--header=X: 2",
    ];
    let mut words: Vec<_> = words.map(str::to_owned).into();
    words.push(format!("--port={}", server.port()));
    check(&Run::new(words).finish(), &healthy())?;
    let (_, headers) = the_request(&server);
    assert_eq!(value(&headers, "host"), ["app.example"]);
    assert_eq!(value(&headers, "user-agent"), ["me"]);
    assert_eq!(value(&headers, "x-empty"), [""]);
    assert_eq!(value(&headers, "x"), ["1", "2"]);
    Ok(())
}

fn url() -> Result<(), Failed> {
    for (url, line) in [
        ("http://localhost:{}", "GET / HTTP/1.1"),
        ("HTTP://127.0.0.1:{}/x", "GET /x HTTP/1.1"),
    ] {
        let server = Server::start(answer());
        check(
            &run([url.replace("{}", &server.port().to_string())]),
            &healthy(),
        )?;
        assert_eq!(the_request(&server).0, line);
    }
    Ok(())
}

fn tcp_accepted() -> Result<(), Failed> {
    for script in [
        vec![Step::Hold],
        vec![Step::Send(b"garbage".to_vec())],
        vec![],
    ] {
        let server = Server::start(script);
        check(
            &run([format!("tcp://localhost:{}", server.port())]),
            &healthy(),
        )?;
    }
    Ok(())
}

fn tcp_refused() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let outcome = run([format!("tcp://127.0.0.1:{port}")]);
    check(
        &outcome,
        &unhealthy(["refused", &format!("127.0.0.1:{port}")]),
    )
}

fn localhost_refused() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let outcome = run([format!("--port={port}")]);
    check(
        &outcome,
        &unhealthy(["refused", &format!("127.0.0.1:{port}"), "/health"]),
    )
}

/// A deadline is kept, three times of five.
fn in_time(
    deadline: Duration,
    mut ask: impl FnMut() -> Outcome,
    expected: &Expected,
) -> Result<(), Failed> {
    on_time(deadline, || {
        let outcome = ask();
        check(&outcome, expected)?;
        Ok(outcome.elapsed)
    })
}

/// A listener that accepts nothing more: its backlog holds all that it will.
pub(crate) fn full_backlog(
    host: IpAddr,
) -> Result<(rustix::fd::OwnedFd, u16, Vec<TcpStream>), Failed> {
    let family = match host {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let listener = socket(family, SocketType::STREAM, None)?;
    bind(&listener, &SocketAddr::from((host, 0)))?;
    listen(&listener, 0)?;
    let address = SocketAddr::try_from(getsockname(&listener)?)?;
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        waiting.push(stream);
        assert!(waiting.len() < 100, "a backlog of 0 has no end");
    }
    Ok((listener, address.port(), waiting))
}

fn tcp_backlog() -> Result<(), Failed> {
    let (_listener, port, _waiting) = full_backlog(Ipv4Addr::LOCALHOST.into())?;
    let ask = || run([format!("tcp://localhost:{port}"), "--timeout=300ms".into()]);
    in_time(
        Duration::from_millis(300),
        ask,
        &unhealthy(["timed out", "connecting"]),
    )
}

fn http_backlog() -> Result<(), Failed> {
    let (_listener, port, _waiting) = full_backlog(Ipv4Addr::LOCALHOST.into())?;
    let ask = || run([format!("--port={port}"), "--timeout=300ms".into()]);
    in_time(
        Duration::from_millis(300),
        ask,
        &unhealthy(["timed out", "connecting"]),
    )
}

/// A path for a socket, in a directory of the test's own.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "healthchecker-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).expect("a new directory");
        Self(directory)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn on_ipv6(words: impl Fn(u16) -> String) -> Result<Completion, Failed> {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let Ok(server) = Server::on(address, answer()) else {
        return skip("this machine has no ::1");
    };
    check(&run([words(server.port())]), &healthy())?;
    assert_eq!(server.connections(), 1);
    Ok(Completion::Completed)
}

fn localhost_ipv6() -> Result<Completion, Failed> {
    on_ipv6(|port| format!("--port={port}"))
}

fn localhost_ipv6_backlog() -> Result<Completion, Failed> {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return skip("this machine has no ::1");
    }
    let (_listener, port, _waiting) = full_backlog(Ipv6Addr::LOCALHOST.into())?;
    let ask = || run([format!("--port={port}"), "--timeout=300ms".into()]);
    let expected = unhealthy(["[::1]", "timed out", "connecting"]);
    in_time(Duration::from_millis(300), ask, &expected)?;
    Ok(Completion::Completed)
}

fn literal_ipv6() -> Result<Completion, Failed> {
    on_ipv6(|port| format!("http://[::1]:{port}/health"))
}
