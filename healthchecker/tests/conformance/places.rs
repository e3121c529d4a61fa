//! Where the probe goes: localhost, unix sockets, bare TCP, full backlogs; and what it asks there.

use std::fs::Permissions;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, getsockname, listen, socket};

use crate::probe::{Outcome, Run, binary};
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

fn unix_healthy() -> Result<(), Failed> {
    let place = Place::new();
    let server = Server::on_socket(&place.file("app.sock"), answer())?;
    let path = server.socket().display();
    check(&run([format!("unix:{path}:/health?x=y")]), &healthy())?;
    let (line, headers) = the_request(&server);
    assert_eq!(line, "GET /health?x=y HTTP/1.1");
    assert_eq!(value(&headers, "host"), ["localhost"]);
    Ok(())
}

fn unix_unhealthy() -> Result<(), Failed> {
    let place = Place::new();
    let script = vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\nwhy".to_vec()),
    ];
    let server = Server::on_socket(&place.file("app.sock"), script)?;
    let path = server.socket().display();
    check(
        &run([format!("unix:{path}")]),
        &unhealthy([&path.to_string(), "503 Sick", "why"]),
    )
}

fn unix_missing() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("none.sock").display().to_string();
    check(
        &run([format!("unix:{path}:/health")]),
        &unhealthy([&path, "no such"]),
    )
}

fn unix_stale() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("stale.sock");
    drop(std::os::unix::net::UnixListener::bind(&path)?);
    check(
        &run([format!("unix:{}", path.display())]),
        &unhealthy([": connection refused ("]),
    )
}

fn unix_file() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("file");
    std::fs::write(&path, "no socket")?;
    check(
        &run([format!("unix:{}", path.display())]),
        &unhealthy(["refused"]),
    )
}

/// A socket's path where no connection more is taken, until what is returned is dropped.
fn full_socket(place: &Place) -> Result<(PathBuf, impl Sized), Failed> {
    let path = place.file("full.sock");
    let listener = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    bind(&listener, &SocketAddrUnix::new(&path)?)?;
    listen(&listener, 0)?;
    // A backlog of 0 has room for one.
    let waiting = UnixStream::connect(&path)?;
    Ok((path, (listener, waiting)))
}

fn unix_backlog() -> Result<(), Failed> {
    let place = Place::new();
    let (path, _full) = full_socket(&place)?;
    let ask = || {
        run([
            format!("unix:{}:/health", path.display()),
            "--timeout=300ms".into(),
        ])
    };
    in_time(
        Duration::from_millis(300),
        ask,
        &unhealthy(["timed out", "connecting"]),
    )
}

fn unix_idle() -> Result<(), Failed> {
    let place = Place::new();
    let (path, _full) = full_socket(&place)?;
    let mut child = Run::new([format!("unix:{}", path.display()), "--timeout=1s".into()])
        .command()
        .spawn()?;
    // Ended, and still there to be looked at.
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    waitid(Id::Pid(pid), flags)?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    assert_eq!(child.wait()?.code(), Some(1));
    // Fields 14 and 15, behind a name in parentheses, in hundredths of a second (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in parentheses")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    assert!(ticks < 20, "{ticks} hundredths of a second busy");
    Ok(())
}

/// Somebody who is nobody in particular, where the test may do everything.
const NOBODY: u32 = 65_534;

fn unix_denied() -> Result<Completion, Failed> {
    let place = Place::new();
    // The probe itself may lie where nobody has access.
    let probe = place.file("probe");
    std::fs::copy(&binary().path, &probe)?;
    let directory = place.file("closed");
    std::fs::create_dir(&directory)?;
    let path = directory.join("app.sock");
    let _listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&directory, Permissions::from_mode(0o000))?;
    let mut command = Command::new(&probe);
    command.arg(format!("unix:{}:/health", path.display()));
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output();
    // So that it can be removed.
    std::fs::set_permissions(&directory, Permissions::from_mode(0o700))?;
    let output = match output {
        Err(error) => return skip(format!("the probe does not start as nobody: {error}")),
        Ok(output) => output,
    };
    let stderr = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let expected = format!(
        "unhealthy: {} /health: Permission denied (os error 13) while connecting (",
        path.display()
    );
    assert!(stderr.starts_with(&expected), "{stderr}");
    Ok(Completion::Completed)
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
