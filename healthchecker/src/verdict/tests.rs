use std::io::{Error, ErrorKind};

use super::*;

fn line(what: &str, body: &[u8]) -> String {
    let verdict = Verdict {
        cause: Some(Cause::Status(503)),
        what: what.into(),
        place: "127.0.0.1:6767".into(),
        path: "/health".into(),
        elapsed: Duration::from_micros(1_234),
        body: body.to_vec(),
        #[cfg(feature = "remote")]
        kick: String::new(),
    };
    verdict.to_string()
}

#[test]
fn lines() {
    assert_eq!(
        line("503 Service Unavailable", b"{\"status\":\"unhealthy\"}"),
        "unhealthy: 127.0.0.1:6767 /health: 503 Service Unavailable (1.2 ms): {\"status\":\"unhealthy\"}"
    );
    assert_eq!(
        line("503", b""),
        "unhealthy: 127.0.0.1:6767 /health: 503 (1.2 ms)"
    );
}

#[test]
fn what_a_verdict_answers() {
    let verdict = |cause| Verdict {
        cause,
        what: "200 OK".into(),
        place: "127.0.0.1:6767".into(),
        path: String::new(),
        elapsed: Duration::from_secs(1),
        body: Vec::new(),
        #[cfg(feature = "remote")]
        kick: String::new(),
    };
    let healthy = verdict(None);
    assert!(healthy.is_healthy() && healthy.cause().is_none());
    assert_eq!(healthy.elapsed(), Duration::from_secs(1));
    assert_eq!(
        healthy.to_string(),
        "healthy: 127.0.0.1:6767: 200 OK (1.0 s)"
    );
    let sick = verdict(Some(Cause::Status(503)));
    assert!(!sick.is_healthy());
    assert_eq!(sick.cause(), Some(Cause::Status(503)));
}

#[test]
fn a_body_is_shown_up_to_two_escaped_kib() {
    let line = line("503", &[0; message::MAX_BODY]);
    let (_, body) = line.split_once("): ").unwrap();
    assert_eq!(
        body,
        format!("{}…", "\\x00".repeat(2 * message::MAX_BODY / 4))
    );
}

#[test]
fn a_line_fits_what_docker_keeps() {
    for byte in [0u8, b'x', 0xff] {
        let body = vec![byte; message::MAX_BODY];
        let line = line(&"w".repeat(300), &body);
        assert!(line.len() < 4096, "{}", line.len());
        assert!(!line.contains('\n'));
    }
    assert!(line(&"w".repeat(10_000), b"").len() < 4096);
}

#[test]
fn causes_have_their_own_words() {
    let limit = Duration::from_secs(2);
    let mut seen = Vec::new();
    for (kind, phase, cause, words) in [
        (
            ErrorKind::ConnectionRefused,
            Phase::Connecting,
            Cause::Refused,
            "connection refused",
        ),
        (
            ErrorKind::NotFound,
            Phase::Connecting,
            Cause::Refused,
            "no such socket",
        ),
        (
            ErrorKind::NotFound,
            Phase::Waiting,
            Cause::System,
            "entity not found while waiting for the response",
        ),
        (
            ErrorKind::TimedOut,
            Phase::Connecting,
            Cause::TimedOut(Phase::Connecting),
            "timed out after 2 s while connecting",
        ),
        (
            ErrorKind::TimedOut,
            Phase::Waiting,
            Cause::TimedOut(Phase::Waiting),
            "timed out after 2 s while waiting for the response",
        ),
        (
            ErrorKind::ConnectionReset,
            Phase::Waiting,
            Cause::Reset(Phase::Waiting),
            "reset while waiting for the response",
        ),
        (
            ErrorKind::UnexpectedEof,
            Phase::Reading,
            Cause::Closed(Phase::Reading),
            "closed while reading the body",
        ),
        (
            ErrorKind::HostUnreachable,
            Phase::Connecting,
            Cause::Unreachable,
            "unreachable: ",
        ),
    ] {
        let failure = Failure::io(&Error::from(kind), phase, limit);
        assert_eq!(failure.cause, cause);
        assert!(failure.what.starts_with(words), "{}", failure.what);
        assert!(
            !seen.contains(&failure.what),
            "{} is said twice",
            failure.what
        );
        seen.push(failure.what);
    }
}
