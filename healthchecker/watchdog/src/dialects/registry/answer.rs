use super::Shown;
use super::service::go;
use crate::dialects::Answer;
use crate::watches::{Key, Now, Outcome, Watch};

/// What came of a registration; `watch` is what the table has by now.
pub fn registered(outcome: Outcome, watch: Option<&Watch>, now: Now) -> Answer {
    match (outcome, watch.and_then(|watch| Shown::of(watch, now))) {
        (Outcome::Done(_) | Outcome::Created, Some(shown)) => {
            json(201, &[&*shown.json(), "\n"].concat())
        }
        (Outcome::Full, _) => error(
            429,
            "too many instances, or too much is said of them\n".into(),
        ),
        _ => error(400, "it cannot be kept\n".into()),
    }
}

/// What came of what was done to one instance.
pub fn done(key: &Key, outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Done(_) | Outcome::Created => deregistered(),
        _ => missing(key),
    }
}

/// It is done, and there is nothing to say.
pub fn deregistered() -> Answer {
    Answer::new(200)
}

/// There is no such instance.
pub fn missing(key: &Key) -> Answer {
    let (service, id) = key.service().unwrap_or_default();
    error(404, format!("service not found: {service}/{id}\n"))
}

/// Those that were found, as JSON.
pub fn discovered(text: Vec<u8>) -> Answer {
    let answer = Answer {
        body: text.into(),
        ..Answer::new(200)
    };
    answer.with("content-type", "application/json")
}

/// A service has no instance.
pub fn none_registered(service: &str) -> Answer {
    error(404, format!("no instances found for service: {service}\n"))
}

/// A service has no instance that is healthy.
pub fn none_healthy(service: &str) -> Answer {
    let line = format!("no healthy instances found for service: {service}\n");
    error(404, line)
}

/// The body is longer than [`BODY_LIMIT`](super::BODY_LIMIT).
pub fn too_large() -> Answer {
    error(413, "the body is longer than 64 kB\n".into())
}

/// There is no room for another check.
pub fn too_many_checks() -> Answer {
    let line = "too many checks: let it be checked less often, or with a shorter timeout\n";
    error(429, line.into())
}

pub(super) fn method(path: &str) -> Answer {
    let allowed = match path {
        "/watch" => "GET",
        "/discover" => "GET, HEAD, POST, PUT",
        _ => "GET, POST, PUT, DELETE",
    };
    error(405, "method not allowed\n".into()).with("allow", allowed)
}

pub(super) fn not_found() -> Answer {
    error(404, "not found\n".into())
}

/// A problem in words, without its end.
pub(super) fn bad(problem: String) -> Answer {
    error(400, format!("{problem}\n"))
}

/// Text that Go's encoder would give.
pub(super) fn json(status: u16, text: &str) -> Answer {
    let answer = Answer {
        body: go(text).into_bytes().into(),
        ..Answer::new(status)
    };
    answer.with("content-type", "application/json")
}

/// As Go's `http.Error` has it.
fn error(status: u16, line: String) -> Answer {
    Answer::text(status, line).with("x-content-type-options", "nosniff")
}
