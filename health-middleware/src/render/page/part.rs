//! What is told of one component, or of a guard that start-up waits for.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::time::{Duration, SystemTime};

use crate::render::escape::Escaped;
use crate::render::rfc3339::Rfc3339;
use crate::render::{Details, Wording};
use crate::report::{Component, Held, Status};

/// A line of the list.
pub(super) struct Part<'a> {
    name: &'a str,
    status: Status,
    message: Option<Cow<'a, str>>,
    checked: Option<SystemTime>,
    duration: Option<Duration>,
}

impl<'a> Part<'a> {
    pub(super) fn of(component: &'a Component, details: Details) -> Self {
        Self {
            name: &component.name,
            status: component.status,
            message: details.message(component),
            checked: component.checked,
            duration: component.duration,
        }
    }

    pub(super) fn held(held: &'a Held) -> Self {
        Self {
            name: &held.name,
            status: Status::Unhealthy,
            message: Some(held.cause.as_str().into()),
            checked: None,
            duration: None,
        }
    }

    /// The date of its last run is left out where it is the page's own.
    pub(super) fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        wording: &Wording,
        now: SystemTime,
    ) -> fmt::Result {
        let (word, tone) = (wording.word(self.status), wording.tone(self.status));
        writeln!(
            f,
            "<li class=\"{tone}\"><span class=\"name\">{}</span>",
            Escaped(self.name)
        )?;
        writeln!(f, "<span class=\"status\">{word}</span>")?;
        if let Some(message) = &self.message {
            writeln!(f, "<p class=\"message\">{}</p>", Escaped(message))?;
        }
        if let Some(checked) = self.checked {
            write!(f, "<span class=\"run\">")?;
            if let Some(duration) = self.duration {
                write!(f, "{} · ", Took(duration))?;
            }
            writeln!(f, "{}</span>", At::new(checked).beside(now))?;
        }
        f.write_str("</li>\n")
    }
}

/// A point in time, in UTC, to the second, as is said where its date is.
pub(super) struct At {
    exact: String,
    dated: bool,
}

impl At {
    pub(super) fn new(time: SystemTime) -> Self {
        Self {
            exact: Rfc3339(time).to_string(),
            dated: true,
        }
    }

    /// Without its date where that is the same as this one's.
    pub(super) fn beside(mut self, now: SystemTime) -> Self {
        self.dated = self.exact[..10] != Rfc3339(now).to_string()[..10];
        self
    }
}

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = &self.exact;
        write!(f, "<time datetime=\"{exact}\">")?;
        let time = &exact[11..19];
        match self.dated {
            true => write!(f, "{} {time} UTC</time>", &exact[..10]),
            false => write!(f, "{time}</time>"),
        }
    }
}

/// How long a run took, to a tenth.
pub(super) struct Took(pub(super) Duration);

impl Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_secs_f64() * 1000.0;
        if milliseconds < 0.1 {
            f.write_str("&lt; 0.1 ms")
        } else if milliseconds < 999.95 {
            write!(f, "{milliseconds:.1} ms")
        } else {
            write!(f, "{:.1} s", milliseconds / 1000.0)
        }
    }
}
