//! What becomes of a service's instances, as server-sent events.

use super::Shown;
use crate::watches::{Event, State};

/// A comment, so that whoever listens knows that it still would hear.
pub const BEAT: &str = ":\n\n";

/// One event of a stream.
///
/// `register`, `deregister` and `health_change` have `{"type", "service"}`. `snapshot` comes when all that
/// there are have been told, each as `register`. `resync`: something was missed; what follows is all that
/// there is, up to the next `snapshot`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// Of those that there are.
    There(Shown<'a>),
    /// All of those were told.
    Snapshot,
    /// What was told before counts no more.
    Resync,
    /// Something has happened.
    Happened(&'static str, Shown<'a>),
}

impl<'a> Frame<'a> {
    /// What an event is for whoever watches; `None`: nothing.
    pub fn of(event: &'a Event) -> Option<Self> {
        let shown = Shown::after(&event.key, event.instance.as_deref()?)?;
        let kind = match (event.from, event.to) {
            (_, State::Retired) => "deregister",
            (State::New, _) => "register",
            // It says of itself something else than before.
            (from, to) if from == to && !shown.service.is_draining => "register",
            _ => "health_change",
        };
        Some(Self::Happened(kind, shown))
    }

    /// As it is sent. What comes of those that there are has no number: only when all were told it may be
    /// gone on from there.
    pub fn text(&self, number: u64) -> String {
        let (kind, service) = match self {
            Self::There(shown) => ("register", Some(shown.json())),
            Self::Snapshot => ("snapshot", None),
            Self::Resync => ("resync", None),
            Self::Happened(kind, shown) => (*kind, Some(shown.json())),
        };
        let id = match self {
            Self::There(_) | Self::Resync => String::new(),
            Self::Snapshot | Self::Happened(..) => format!("id: {number}\n"),
        };
        // JSON has no line's end in it.
        let service = service.map(|service| format!(",\"service\":{service}"));
        let service = service.unwrap_or_default();
        format!("event: {kind}\n{id}data: {{\"type\":\"{kind}\"{service}}}\n\n")
    }
}
