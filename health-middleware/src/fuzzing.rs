//! What must hold for any bytes: a function for each fuzz target, which panics
//! where it does not. Each reads its input a second time, as plainly as can be.
//!
//! `cargo fuzz` runs them from `fuzz/`; the tests here run them over the same
//! seeds, and over what a few edits make of those.
//!
//! May touch `builder`, `http`, `render`, `report`, `systemd` and `testability`;
//! nobody touches it.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Uri};

use crate::builder::validate_name;
use crate::http::{Paths, Route, Routes, preferred_format};
use crate::render::Format;
use crate::report::Endpoint;

/// Lines of text: what is not UTF-8 is nothing that these readers are given.
fn lines(data: &[u8]) -> Option<Vec<&str>> {
    Some(str::from_utf8(data).ok()?.split('\n').collect())
}

/// Paths: what is asked for, and then, line by line, the endpoints and the
/// prefixes; without them those by default. No path hides another, and each is
/// found by who asks for exactly it.
pub fn route(data: &[u8]) {
    let Some(lines) = lines(data) else { return };
    let (asked, configured) = lines.split_first().expect("split gives one at least");
    let paths = match configured {
        [health, live, ready, startup, components, rest @ ..] => {
            let mut paths = Paths::new()
                .health(*health)
                .live(*live)
                .ready(*ready)
                .startup(*startup)
                .components(*components);
            paths.testability = (*rest.first().unwrap_or(&"/testability")).to_owned();
            paths
        }
        [..] => Paths::new(),
    };
    let Ok(routes) = Routes::new(&paths, true) else {
        return;
    };
    let exact = [&paths.health, &paths.live, &paths.ready, &paths.startup];
    let exact = exact.map(|path| path.as_deref().expect("none is left out"));
    for (path, endpoint) in exact.into_iter().zip(Endpoint::ALL) {
        assert_eq!(routes.find(path), Some(Route::Endpoint(endpoint)), "{path}");
        let request: Uri = path.parse().expect("a path that can be asked for");
        assert_eq!(request.path(), path);
    }
    let below = |prefix: &str| {
        let segments: Vec<&str> = prefix.split('/').collect();
        let asked: Vec<&str> = asked.split('/').collect();
        let rest = asked.get(segments.len()..).filter(|rest| !rest.is_empty());
        rest.filter(|_| asked[..segments.len()] == segments[..])
            .map(|rest| rest.join("/"))
    };
    let components = below(paths.components.as_deref().expect("not left out"));
    let testability = below(&paths.testability);
    match routes.find(asked) {
        Some(Route::Endpoint(endpoint)) => assert_eq!(exact[endpoint.index()], *asked),
        Some(Route::Component(name)) => assert_eq!(components.as_deref(), Some(name.of(asked))),
        #[cfg(feature = "testability")]
        Some(Route::Testability(rest)) => {
            assert_eq!(testability.as_deref(), Some(rest.of(asked)));
        }
        None => {
            assert!(!exact.contains(asked), "{asked}");
            assert_eq!(components, None, "{asked}");
            if cfg!(feature = "testability") {
                assert_eq!(testability, None, "{asked}");
            }
        }
    }
}

/// The headers `Accept`, a line each: the offer that is worth most.
pub fn accept(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(ACCEPT, value);
        }
    }
    let texts = headers.get_all(ACCEPT).iter();
    let texts = texts.filter_map(|value| value.to_str().ok());
    let ranges: Vec<(String, Option<u16>)> = texts
        .flat_map(|text| text.split(','))
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let media: Vec<&str> = media.splitn(2, '/').map(str::trim).collect();
            let weight = parts.find_map(|part| {
                let (name, value) = part.split_once('=')?;
                matches!(name.trim(), "q" | "Q").then(|| value.trim().to_owned())
            });
            (
                media.join("/"),
                weight.map_or(Some(1000), |text| thousandths(&text)),
            )
        })
        .collect();
    // What is said of the type itself, else of its kind, else of all.
    let worth = |offer: &str| {
        let kind = offer.split('/').next().unwrap_or_default();
        let said = |wanted: &str| {
            let mut said = ranges.iter().filter(|(media, _)| media == wanted);
            said.find_map(|(_, weight)| *weight)
        };
        said(offer)
            .or_else(|| said(&format!("{kind}/*")))
            .or_else(|| said("*/*"))
            .unwrap_or(0)
    };
    // Of those that are worth the same the last is preferred, and JSON to nothing.
    let offers = [
        #[cfg(feature = "html")]
        (Format::Html, worth("text/html")),
        (Format::Text, worth("text/plain")),
        (Format::HealthJson, worth("application/health+json")),
        (Format::Json, worth("application/json")),
    ];
    let acceptable = offers.into_iter().filter(|(_, worth)| *worth > 0);
    let best = acceptable.max_by_key(|(_, worth)| *worth);
    let expected = best.map_or(Format::Json, |(format, _)| format);
    assert_eq!(preferred_format(&headers), expected, "{headers:?}");
}

/// `0.5` as 500, by trying all there are.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    (0..=1000).find(|number| {
        let digits = format!("{:03}", number % 1000);
        whole == (number / 1000).to_string()
            && decimals.len() <= 3
            && digits.starts_with(decimals)
            && digits[decimals.len()..].bytes().all(|digit| digit == b'0')
    })
}

/// A component's name: one that is accepted stands in a path in one spelling.
pub fn component_name(data: &[u8]) {
    let Ok(name) = str::from_utf8(data) else {
        return;
    };
    let unreserved = |character: char| matches!(character, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~');
    let taken = ["", ".", "..", "liveness", "readiness", "startup"];
    let fits = name.chars().all(unreserved) && name.len() <= 100 && !taken.contains(&name);
    match validate_name(name) {
        Ok(()) => assert!(fits, "{name:?}"),
        Err(error) => {
            assert!(!fits, "{name:?}: {error}");
            assert!(error.to_string().contains(&format!("{name:?}")));
            return;
        }
    }
    let path = format!("/health/components/{name}");
    let request: Uri = format!("http://host{path}?query").parse().expect("a URI");
    assert_eq!(request.path(), path);
    let routes = Routes::new(&Paths::new(), true).expect("the default paths");
    let Some(Route::Component(found)) = routes.find(request.path()) else {
        panic!("{name:?} is not found");
    };
    assert_eq!(found.of(request.path()), name);
}

/// A request below testability: truth values as Go's `strconv.ParseBool` reads
/// them, and nothing else.
#[cfg(feature = "testability")]
pub fn parse_bool(data: &[u8]) {
    use crate::testability::{Command, parse, truth};

    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    // Letters of one size, or the first one alone large.
    let mut spellings = vec![("1".to_owned(), true), ("0".to_owned(), false)];
    for (word, value) in [("true", true), ("false", false)] {
        let (first, rest) = word.split_at(1);
        let large = first.to_ascii_uppercase();
        for spelling in [first, &large, word, &word.to_ascii_uppercase()] {
            spellings.push((spelling.to_owned(), value));
        }
        spellings.push((format!("{large}{rest}"), value));
    }
    let read = |text: &str| {
        let mut spellings = spellings.iter();
        spellings
            .find(|(spelling, _)| spelling == text)
            .map(|(_, value)| *value)
    };
    assert_eq!(truth(text).ok(), read(text), "{text:?}");
    let segments: Vec<&str> = text.split('/').collect();
    match parse(text) {
        Ok(Command::Healthy(well)) => {
            assert_eq!((segments[0], Some(well)), ("healthy", read(&text[8..])));
        }
        Ok(Command::Ready(well)) => {
            assert_eq!((segments[0], Some(well)), ("ready", read(&text[6..])));
        }
        Ok(Command::Live(well)) => {
            assert_eq!((segments[0], Some(well)), ("live", read(&text[5..])));
        }
        Ok(Command::Component { name, state }) => {
            assert_eq!(segments, ["components", name, state.as_str()]);
        }
        Err(_) => {
            let known = ["healthy", "ready", "live"].contains(&segments[0]);
            let value = segments.get(1).and_then(|value| read(value));
            assert!(!known || segments.len() != 2 || value.is_none(), "{text:?}");
        }
    }
}

/// systemd's variables, a line each; a line that begins with a NUL is a variable
/// that is not set. What makes no sense is a problem and nothing else.
#[cfg(feature = "systemd")]
pub fn notify_environment(data: &[u8]) {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;
    use std::time::Duration;

    use crate::systemd::{Environment, Setup};

    const PID: u32 = 4242;
    let mut lines = data.split(|byte| *byte == b'\n');
    let mut variable = || {
        let value = lines.next().filter(|value| value.first() != Some(&0))?;
        Some(OsStr::from_bytes(value).to_owned())
    };
    let environment = Environment {
        notify_socket: variable(),
        watchdog_usec: variable(),
        watchdog_pid: variable(),
        own_pid: PID,
    };
    let setup = Setup::new(&environment);
    let socket = environment.notify_socket.unwrap_or_default();
    let reaches = match socket.as_bytes() {
        [b'/', ..] => socket.len() < 108 && !socket.as_bytes().contains(&0),
        [b'@', name @ ..] => cfg!(target_os = "linux") && (1..108).contains(&name.len()),
        _ => false,
    };
    assert_eq!(setup.socket.is_some(), reaches, "{socket:?}");
    let number = |value: &Option<OsString>| -> Option<u64> {
        let text = value.as_ref()?.to_str()?;
        text.chars()
            .all(|digit| digit.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let ours = match &environment.watchdog_pid {
        None => true,
        pid => number(pid) == Some(PID.into()),
    };
    let usec = number(&environment.watchdog_usec).filter(|usec| ![0, u64::MAX].contains(usec));
    let fed = usec.filter(|_| reaches && ours).map(Duration::from_micros);
    assert_eq!(setup.watchdog, fed, "{setup:?}");
    for problem in &setup.problems {
        assert!(!problem.contains(char::is_control), "{problem:?}");
        assert!(problem.len() < 600, "{problem:?}");
    }
    // Nothing is left out without a word, unless it is for somebody else.
    if !socket.is_empty() && !reaches {
        assert_eq!(setup.problems.len(), 1);
    }
}

#[cfg(test)]
mod tests;
