//! Foreign text, names in links, moments and spans.

use std::time::{Duration, UNIX_EPOCH};

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::watches::{Key, Millis, Namespace};
use crate::words;

/// 9999-12-31 23:59:59: later moments have no such form.
const LAST: Millis = 253_402_300_799_000;

/// What RFC 3986 reserves for nothing is left as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Between a service's name and an instance's id in a name of the registry.
const UNIT_SEPARATOR: char = '\u{1f}';

/// A name as it is shown: on one line, and nothing in it acts.
pub(super) fn name(key: &Key) -> String {
    let name = key.name();
    if key.namespace() == Namespace::Registry {
        words::one_line(&name.replace(UNIT_SEPARATOR, " / "))
    } else {
        words::one_line(name)
    }
}

/// The labels of a name, the first one first.
pub(super) fn labels(key: &Key) -> Vec<&str> {
    let name = key.name();
    match key.namespace() {
        Namespace::Heartbeat => vec![name],
        Namespace::Registry => name.split(UNIT_SEPARATOR).collect(),
        _ => name.split('.').collect(),
    }
}

/// A name in a URL.
pub(super) fn encoded(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// Where the page of a name is, beneath `watch/`.
///
/// Browsers fold a segment of one or two dots, however it is written, so that such a name is in the query.
pub(super) fn path(key: &Key) -> String {
    let namespace = key.namespace().word();
    match key.name() {
        dots @ ("." | "..") => format!("{namespace}/?name={dots}"),
        name => format!("{namespace}/{}", encoded(name)),
    }
}

/// The name that [`path`] leads to; `None`: there can be none.
pub(crate) fn key(path: &str, query: &str) -> Option<Key> {
    let (namespace, segment) = path.split_once('/')?;
    let namespace = Namespace::from_word(namespace)?;
    let name = if segment.is_empty() {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "name")?.1
    } else {
        percent_decode_str(segment).decode_utf8().ok()?
    };
    Key::new(namespace, &name).ok()
}

/// A moment by the wall, in UTC to the second, as RFC 3339 has it.
pub(super) fn exact(wall: Millis) -> String {
    let moment = UNIX_EPOCH + Duration::from_millis(wall.min(LAST));
    humantime::format_rfc3339_seconds(moment).to_string()
}

/// A moment, without its date where that is today's. A script makes it relative.
pub(super) fn time(wall: Millis, now: Millis) -> Markup {
    let exact = exact(wall);
    let is_today = wall.min(LAST) / DAY == now.min(LAST) / DAY;
    let (date, clock) = (&exact[..10], &exact[11..19]);
    html! {
        time datetime=(exact) {
            @if !is_today { (date) " " }
            (clock)
        }
    }
}

pub(super) const DAY: Millis = 86_400_000;

/// A span in at most two units: `2h 5m`.
pub(super) fn span(millis: Millis) -> String {
    const UNITS: [(Millis, char); 4] = [(DAY, 'd'), (3_600_000, 'h'), (60_000, 'm'), (1_000, 's')];
    let Some(at) = UNITS.iter().position(|(size, _)| millis >= *size) else {
        return "0s".into();
    };
    let (size, unit) = UNITS[at];
    let whole = millis / size;
    match UNITS.get(at + 1) {
        Some((next, rest)) if millis % size / next > 0 => {
            format!("{whole}{unit} {}{rest}", millis % size / next)
        }
        _ => format!("{whole}{unit}"),
    }
}

/// Foreign text of several lines: what acts is escaped, and all is cut after so many bytes of it. Whether
/// it was.
pub(super) fn block(bytes: &[u8], most: usize) -> (String, bool) {
    let cut = &bytes[..bytes.len().min(most)];
    let text = String::from_utf8_lossy(cut);
    let lines = text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        // A line is cut as well.
        words::one_line(&line.replace('\t', "    "))
    });
    let lines: Vec<_> = lines.collect();
    (lines.join("\n"), cut.len() < bytes.len())
}

/// `1,234,567`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
