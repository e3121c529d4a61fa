use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use super::*;

const LIMIT: Duration = Duration::from_secs(20);

fn kick(port: u16, path: &str) -> Kick {
    Kick::new(format!("http://127.0.0.1:{port}{path}")).unwrap()
}

/// What a request that gives the length of its body consists of, if it has a body.
fn read_request(connection: &mut TcpStream) -> (String, Vec<u8>) {
    connection.set_read_timeout(Some(LIMIT)).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.lines().next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    (head, body)
}

/// Sends a ping to a server that reads it and then does this; what it was sent, and what came of it.
fn exchange(
    path: &str,
    ping: Ping<'_>,
    answer: impl FnOnce(TcpStream) + Send,
) -> (String, Vec<u8>, Result<(), KickError>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let kick = kick(listener.local_addr().unwrap().port(), path);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let (mut connection, _) = listener.accept().unwrap();
            let request = read_request(&mut connection);
            answer(connection);
            request
        });
        let result = kick.send(ping, LIMIT);
        let (head, body) = server.join().unwrap();
        (head, body, result)
    })
}

fn answered(answer: &[u8]) -> Result<(), KickError> {
    let (_, _, result) = exchange("/s3cret", Ping::Success, |mut connection| {
        connection.write_all(answer).unwrap();
    });
    result
}

#[test]
fn pings_are_those_of_the_dialect() {
    let well = |mut connection: TcpStream| {
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    };
    for (ping, line, body) in [
        (Ping::Success, "get /p/s3cret?rid=1 http/1.1\r\n", None),
        (Ping::Start, "get /p/s3cret/start?rid=1 http/1.1\r\n", None),
        (
            Ping::Fail(b"disk full"),
            "post /p/s3cret/fail?rid=1 http/1.1\r\n",
            Some(&b"disk full"[..]),
        ),
        (
            Ping::Fail(b""),
            "post /p/s3cret/fail?rid=1 http/1.1\r\n",
            Some(b""),
        ),
        (
            Ping::Exit(0, b"saved"),
            "post /p/s3cret/0?rid=1 http/1.1\r\n",
            Some(b"saved"),
        ),
        (
            Ping::Exit(255, b"\0\xff"),
            "post /p/s3cret/255?rid=1 http/1.1\r\n",
            Some(b"\0\xff"),
        ),
    ] {
        let (head, sent, result) = exchange("/p/s3cret?rid=1", ping, well);
        result.unwrap();
        assert!(head.starts_with(line), "{head}");
        assert!(head.contains("\r\nhost: 127.0.0.1:"), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(sent, body.unwrap_or_default());
        let length = body.map(|body| format!("\r\ncontent-length: {}\r\n", body.len()));
        assert_eq!(
            head.contains("content-length"),
            length.is_some(),
            "{ping:?}: {head}"
        );
        assert!(length.is_none_or(|length| head.contains(&length)), "{head}");
    }
}

#[test]
fn names_go_between_path_and_query() {
    for (path, expected) in [
        ("/", "/start"),
        ("/a", "/a/start"),
        ("/a/", "/a/start"),
        ("/a//", "/a/start"),
        ("/a?b=/c?d", "/a/start?b=/c?d"),
        ("/?b", "/start?b"),
        ("/a/?", "/a/start?"),
    ] {
        assert_eq!(Ping::Start.path(path), expected);
        assert_eq!(Ping::Success.path(path), path);
    }
}

#[test]
fn reasons_keep_their_start_and_outputs_their_end() {
    let text: Vec<u8> = (0..MAX_BODY + 1).map(|at| (at % 251) as u8).collect();
    assert_eq!(Ping::Fail(&text).body().unwrap(), &text[..MAX_BODY]);
    assert_eq!(Ping::Exit(1, &text).body().unwrap(), &text[1..]);
    for whole in [&text[..MAX_BODY], &text[..1], b""] {
        assert_eq!(Ping::Fail(whole).body(), Some(whole));
        assert_eq!(Ping::Exit(1, whole).body(), Some(whole));
    }
    // All of it arrives.
    let (_, sent, result) = exchange("/", Ping::Exit(1, &text), |mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    });
    result.unwrap();
    assert_eq!(sent, &text[1..]);
}

#[test]
fn any_2xx_is_well_and_nothing_else() {
    for status in [200, 201, 204, 299] {
        let head = format!("HTTP/1.1 {status} /s3cret\r\nContent-Length: 1000\r\n\r\n");
        answered(head.as_bytes()).unwrap();
    }
    answered(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\n\r\n").unwrap();
    let location = "Location: http://127.0.0.1:1/s3cret\r\n";
    for status in [300, 301, 302, 307, 304, 404, 429, 500, 503] {
        let head = format!("HTTP/1.1 {status} /s3cret\r\n{location}\r\n/s3cret");
        let error = answered(head.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::Status(status));
        assert_eq!(error.to_string(), format!("127.0.0.1: answered {status}"));
    }
}

#[test]
fn hostile_answers_end_in_an_error_without_the_url() {
    let flood = [
        &b"HTTP/1.1 200 OK\r\n"[..],
        &b"X: s3cret\r\n".repeat(10_000),
    ]
    .concat();
    for (answer, cause, text) in [
        (
            &b""[..],
            Cause::Closed(Phase::Waiting),
            "closed without a response",
        ),
        (
            b"HTTP/1.1 200",
            Cause::Closed(Phase::Waiting),
            "closed early, before the end of the response's head",
        ),
        (b"\x1b[31m/s3cret\r\n\r\n", Cause::NotHttp, "not HTTP"),
        (b"HTTP/2 200 OK\r\n\r\n", Cause::NotHttp, "not HTTP"),
        (
            b"HTTP/1.1 101 /s3cret\r\n\r\n",
            Cause::SwitchingProtocols,
            "101 Switching Protocols",
        ),
    ] {
        let error = answered(answer).unwrap_err();
        assert_eq!(error.cause(), cause, "{error}");
        assert_eq!(error.to_string(), format!("127.0.0.1: {text}"));
        assert!(!format!("{error:?}").contains("s3cret"));
    }
    let (_, _, result) = exchange("/s3cret", Ping::Success, |mut connection| {
        // Ends when nobody reads on.
        let _ = connection.write_all(&flood);
    });
    assert_eq!(result.unwrap_err().cause(), Cause::HeadTooLarge);
}

#[test]
fn refused_and_late() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // It is accepted by the kernel, and by nobody else.
    let soon = Duration::from_millis(50);
    let begun = Instant::now();
    let error = kick(port, "/s3cret").send(Ping::Start, soon).unwrap_err();
    assert_eq!(error.cause(), Cause::TimedOut(Phase::Waiting));
    assert_eq!(
        error.to_string(),
        "127.0.0.1: timed out after 50 ms while waiting for the response"
    );
    assert!(begun.elapsed() >= soon && begun.elapsed() < LIMIT);
    drop(listener);
    let error = kick(port, "/s3cret").send(Ping::Start, LIMIT).unwrap_err();
    assert_eq!(error.cause(), Cause::Refused);
    assert_eq!(error.to_string(), "127.0.0.1: connection refused");
    // No clock is that close to its end.
    let error = kick(port, "/").send(Ping::Start, Duration::MAX);
    assert_eq!(error.unwrap_err().cause(), Cause::Refused);
}

#[test]
fn without_time_nothing_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let kick = kick(listener.local_addr().unwrap().port(), "/s3cret");
    let error = kick.send(Ping::Success, Duration::ZERO).unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1: no time was left");
    let said = kick.report(Ping::Success, Deadline::after(Duration::ZERO));
    assert_eq!(said, "kick failed: 127.0.0.1: no time was left");
    let error = listener.accept().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn nothing_shows_the_url() {
    let kick = Kick::new("http://ping.example:8000/s3cret?s3cret").unwrap();
    assert_eq!(kick.host(), "ping.example");
    assert_eq!(format!("{kick:?}"), "Kick { host: \"ping.example\", .. }");
    let probe = crate::Probe::builder("http://localhost/").kick(kick);
    assert!(!format!("{probe:?}").contains("s3cret"));
    assert!(!format!("{:?}", probe.build().unwrap()).contains("s3cret"));
}

#[test]
fn errors_are_short_and_escaped() {
    let failure = Failure::new(Cause::System, "\x1b\n".repeat(1000));
    let error = kick(80, "/").error(&failure);
    let text = error.to_string();
    assert!(
        text.len() < 230 && !text.chars().any(char::is_control),
        "{text}"
    );
}

fn is_plain<T: Send + Sync + Clone + 'static>() {}

#[test]
fn both_go_anywhere() {
    is_plain::<Kick>();
    is_plain::<KickError>();
    is_plain::<Ping<'static>>();
}
