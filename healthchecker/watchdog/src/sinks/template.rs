//! The template of a webhook's body: what is written into it cannot leave its place.

use std::fmt;
use std::io;

use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind, Output, UndefinedBehavior, Value};

use super::{sample, shown::Shown};
use crate::outbox::Message;
use crate::words;

/// The longest body that is sent, in bytes.
const LONGEST: usize = 1_000_000;

/// So many steps a template may take: less than a second of them.
const STEPS: u64 = 2_000_000;

/// The one that there is.
const NAME: &str = "body";

/// A template that can be parsed.
pub(super) struct Template {
    environment: Environment<'static>,
    place: Place,
}

/// Where in a body something is written, and with that how it is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between the quotes of a JSON string.
    Json,
    /// As the value of a field of a form.
    Field,
    /// As it is, but for characters that act on a terminal.
    Plain,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Template {
    /// Parses a template. `content_type`: of the body; JSON, unless given.
    pub(super) fn new(source: &str, content_type: Option<&str>) -> Result<Self, String> {
        let place = Place::of(content_type.unwrap_or(JSON))?;
        // Without any filter: one of the usual ones marks a text as one that needs no escape.
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(STEPS));
        environment.set_formatter(move |out, _, value| place.write(out, value));
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(|error| format!("body: {}", problem(&error)))?;
        Ok(Self { environment, place })
    }

    /// Parses a template, and makes a body of every kind of message with it.
    pub(super) fn tried(source: &str, content_type: Option<&str>) -> Result<Self, String> {
        let template = Self::new(source, content_type)?;
        for message in sample::all() {
            template
                .render(&message)
                .map_err(|why| format!("body: {why}"))?;
        }
        Ok(template)
    }

    /// The body for a message.
    pub(super) fn render(&self, message: &Message) -> Result<String, String> {
        let template = self.environment.get_template(NAME);
        let template = template.map_err(|error| problem(&error))?;
        let mut body = Bounded(Vec::new());
        let shown = Value::from_serialize(Shown::new(message));
        template
            .render_captured_to(shown, &mut body)
            .map_err(|error| match error.kind() {
                ErrorKind::OutOfFuel => "takes too long; let it go through fewer news".to_owned(),
                ErrorKind::WriteFailure => {
                    format!("makes more than {LONGEST} bytes; let it make fewer")
                }
                _ => problem(&error),
            })?;
        let body = String::from_utf8(body.0).map_err(|_| "makes no text".to_owned())?;
        if self.place == Place::Json
            && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&body)
        {
            return Err(format!(
                "makes no JSON: {error}; write \"{{{{ title }}}}\" in quotes, or give another `content_type`"
            ));
        }
        Ok(body)
    }
}

pub(super) const JSON: &str = "application/json";

impl Place {
    fn of(content_type: &str) -> Result<Self, String> {
        let essence = content_type.split(';').next().unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        match &*essence {
            "application/x-www-form-urlencoded" => Ok(Self::Field),
            "text/plain" => Ok(Self::Plain),
            JSON => Ok(Self::Json),
            other if other.ends_with("+json") => Ok(Self::Json),
            _ => Err(format!(
                "`content_type` {content_type:?}: of such a body it is not known how to escape what is \
                 written into it; give {JSON}, text/plain or application/x-www-form-urlencoded"
            )),
        }
    }

    fn write(self, out: &mut Output<'_>, value: &Value) -> Result<(), minijinja::Error> {
        if value.is_none() {
            return Ok(());
        }
        let Some(text) = value.as_str() else {
            match value.kind() {
                ValueKind::Number => return write!(out, "{value}").map_err(minijinja::Error::from),
                // By itself it would be True or False.
                ValueKind::Bool => {
                    return write!(out, "{}", value.is_true()).map_err(minijinja::Error::from);
                }
                _ => {}
            }
            return Err(minijinja::Error::new(
                ErrorKind::InvalidOperation,
                "a list or a table cannot be written; go through it with {% for %}",
            ));
        };
        let escaped = match self {
            Self::Json => {
                let quoted = serde_json::to_string(text).unwrap_or_default();
                let inner = quoted
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'));
                inner.unwrap_or_default().to_owned()
            }
            Self::Field => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Plain => text
                .split('\n')
                .map(words::one_line)
                .collect::<Vec<_>>()
                .join("\n"),
        };
        out.write_str(&escaped).map_err(minijinja::Error::from)
    }
}

/// With the line in the template, where that is known.
fn problem(error: &minijinja::Error) -> String {
    let line = error
        .line()
        .map(|line| format!("line {line} of the template: "));
    let detail = error.detail().map(|detail| format!(": {detail}"));
    let remedy = match error.kind() {
        ErrorKind::UndefinedError => {
            "; there are id, type, timestamp, title, text, prefix, count and news, and of each of the news \
             id, type, timestamp, title, watch, namespace, service, instance, from, to, episode, reason, \
             body and body_cut"
        }
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction => {
            "; there are no filters, tests and functions"
        }
        _ => "",
    };
    format!(
        "{}{}{}{remedy}",
        line.unwrap_or_default(),
        error.kind(),
        detail.unwrap_or_default()
    )
}

/// What is longer is not made.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
