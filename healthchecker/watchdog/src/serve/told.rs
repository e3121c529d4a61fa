//! What an operator reads on stderr.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::tell::{Format, Line, Teller};
use crate::watches::{Absence, Event, Key, Millis, Namespace, State, Watch};
use crate::words;

/// Lines that wait for a reader: of so many watches that are down at once all are told.
const WAITING: usize = 20_000;

/// Where lines go. Nothing waits for whoever reads them.
pub(super) struct Told(Mutex<Teller>);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

impl Told {
    pub(super) fn start(format: Format) -> io::Result<Self> {
        Teller::start(format, WAITING).map(|teller| Self(Mutex::new(teller)))
    }

    /// One line.
    pub(super) fn line(&self, event: &'static str, text: impl Into<String>) {
        let line = Line {
            event,
            pid: None,
            text: text.into(),
        };
        // No code that could panic runs under it.
        let mut teller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        teller.tell(&line);
    }

    /// What has happened to watches, as far as others are told of it.
    pub(super) fn events(&self, events: &[Event], absence: Option<(Absence, usize)>) {
        if let Some((absence, moved)) = absence {
            let away = span(absence.to.saturating_sub(absence.from));
            let text =
                format!("for {away}; whoever was awaited has more time now: {moved} watches");
            self.line("absent", text);
        }
        for event in events {
            if event.opens() {
                self.line("down", format!("{}: {}", name(&event.key), reason(event)));
            } else if event.closes() {
                let text = match event.to {
                    State::Retired => format!("{}: retired", name(&event.key)),
                    _ => name(&event.key),
                };
                self.line("up", text);
            } else if event.to == State::GaveUp && event.is_told {
                self.line(
                    "gave up",
                    format!("{}: {}", name(&event.key), reason(event)),
                );
            }
        }
    }

    /// Waits until all is written, but not for ever.
    pub(super) fn finish(self) {
        let teller = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        teller.finish();
    }
}

/// A name, not to be mistaken for another of its kind: whoever may only beat chooses an id's.
fn name(key: &Key) -> String {
    match key.namespace() {
        Namespace::Named => key.name().to_owned(),
        namespace => format!("{}/{}", namespace.word(), key.shown()),
    }
}

/// A name among others of a line: none looks like two.
fn word(key: &Key) -> String {
    let name = name(key);
    if name.contains([' ', '"']) {
        format!("{name:?}")
    } else {
        name
    }
}

/// So many names of what is down are in one line.
const MOST_NAMES: usize = 20;

/// What there is at the start, and what of it is down: that may have been told to nobody.
pub(super) fn summary(watches: &[Watch]) -> String {
    let count = watches.len();
    let mut text = match count {
        1 => "1 watch".to_owned(),
        _ => format!("{count} watches"),
    };
    let is_down = |watch: &&Watch| watch.state.is_down() && watch.hold().is_none();
    // In the order of keys an id would stand before what is configured, and take its place in the line.
    let mut down: Vec<_> = watches
        .iter()
        .filter(is_down)
        .map(|watch| &watch.key)
        .collect();
    down.sort_unstable_by_key(|key| (key.namespace(), key.name()));
    if !down.is_empty() {
        let names: Vec<_> = down.iter().take(MOST_NAMES).map(|key| word(key)).collect();
        let more = if down.len() > MOST_NAMES { " …" } else { "" };
        let (count, names) = (down.len(), names.join(" "));
        text.push_str(&format!(" of which {count} down ({names}{more})"));
    }
    text
}

fn reason(event: &Event) -> &str {
    match &*event.reason {
        "" => "no kick has come in time",
        reason => reason,
    }
}

fn span(millis: Millis) -> String {
    words::duration(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::Kind;

    fn down(namespace: Namespace, name: &str) -> Watch {
        let key = Key::new(namespace, name).unwrap();
        let mut watch = Watch::new(1, key, Kind::Kick, 1_000, 0, 0);
        watch.state = State::Timeout;
        watch
    }

    #[test]
    fn whoever_may_only_beat_neither_hides_nor_names_another_at_the_start() {
        assert_eq!(summary(&[]), "0 watches");
        let up = Watch::new(1, down(Namespace::Named, "a").key, Kind::Kick, 1_000, 0, 0);
        assert_eq!(summary(&[up]), "1 watch");
        let ids = (0..30).map(|id| down(Namespace::Heartbeat, &format!("0{id:02}")));
        let named = down(Namespace::Named, "prod.db");
        let text = summary(&ids.chain([named]).collect::<Vec<_>>());
        let beginning = "31 watches of which 31 down (prod.db heartbeat/000 heartbeat/001 ";
        assert!(
            text.starts_with(beginning) && text.ends_with(" …)"),
            "{text}"
        );
        let sly = down(Namespace::Heartbeat, "x prod.db) \"");
        assert_eq!(
            summary(&[sly]),
            r#"1 watch of which 1 down ("heartbeat/x prod.db) \"")"#
        );
    }
}
