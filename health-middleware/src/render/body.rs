//! The members of JSON bodies, in either of their formats.

use std::fmt::Display;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::rfc3339::Rfc3339;
use super::{Details, Form, Format};
use crate::duration::milliseconds;
use crate::report::{Cause, Component, Endpoint, InfoValue, Report, Status, Wording};

/// What `/health`, `/health/live` and the like answer.
pub(super) struct EndpointBody<'a> {
    pub(super) report: &'a Report,
    pub(super) endpoint: Endpoint,
    pub(super) form: Form,
}

impl Serialize for EndpointBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let format = self.form.format;
        let state = self.report.endpoint(self.endpoint);
        let mut body = serializer.serialize_map(None)?;
        let word = self.report.wording.word_in(format, state.status);
        body.serialize_entry("status", word)?;
        if self.form.details == Details::StatusOnly {
            return body.end();
        }
        if let Some(cause) = state.cause {
            body.serialize_entry(message(format), cause.as_str())?;
        }
        if format == Format::Json {
            body.serialize_entry("timestamp", &Shown(Rfc3339(self.report.timestamp)))?;
        }
        for (name, value) in self.report.info.iter() {
            let name = match (&**name, format) {
                ("service", Format::HealthJson) => "serviceId",
                (name, _) => name,
            };
            body.serialize_entry(name, &Written(value))?;
        }
        body.serialize_entry(components(format), &Components(self))?;
        body.end()
    }
}

/// The components that an endpoint shows, by their names.
struct Components<'a>(&'a EndpointBody<'a>);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &EndpointBody {
            report,
            endpoint,
            form,
        } = self.0;
        let wording = &report.wording;
        let mut map = serializer.serialize_map(None)?;
        for component in report.components().filter(|c| shown(c, endpoint)) {
            let members = Members {
                wording,
                component,
                form,
                named: false,
            };
            entry(&mut map, &component.name, form.format, &members)?;
        }
        if endpoint == Endpoint::Startup {
            for held in &report.held {
                let members = HeldGuard {
                    wording,
                    form,
                    cause: held.cause,
                };
                entry(&mut map, &held.name, form.format, &members)?;
            }
        }
        map.end()
    }
}

/// What the endpoint of one component answers.
pub(super) struct ComponentBody<'a> {
    pub(super) wording: &'a Wording,
    pub(super) component: &'a Component,
    pub(super) form: Form,
}

impl Serialize for ComponentBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self {
            wording,
            component,
            form,
        } = self;
        let members = |named| Members {
            wording,
            component,
            form,
            named,
        };
        if form.details != Details::StatusOnly && form.format == Format::Json {
            return members(true).serialize(serializer);
        }
        let mut body = serializer.serialize_map(None)?;
        let word = wording.word_in(form.format, component.status);
        body.serialize_entry("status", word)?;
        if form.details != Details::StatusOnly {
            let checks = One(&component.name, [members(false)]);
            body.serialize_entry(components(form.format), &checks)?;
        }
        body.end()
    }
}

/// A map with one entry.
struct One<'a, T>(&'a str, T);

impl<T: Serialize> Serialize for One<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

/// What is told of one component.
struct Members<'a> {
    wording: &'a Wording,
    component: &'a Component,
    form: Form,
    /// Its name is one of them.
    named: bool,
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (component, format) = (self.component, self.form.format);
        let mut members = serializer.serialize_map(None)?;
        if self.named {
            members.serialize_entry("name", &*component.name)?;
        }
        let word = self.wording.word_in(format, component.status);
        members.serialize_entry("status", word)?;
        if let Some(text) = self.form.details.message(component) {
            members.serialize_entry(message(format), &text)?;
        }
        if let Some(checked) = component.checked {
            let name = match format {
                Format::HealthJson => "time",
                _ => "timestamp",
            };
            members.serialize_entry(name, &Shown(Rfc3339(checked)))?;
        }
        match component.duration.map(milliseconds) {
            Some(duration) if format == Format::HealthJson => {
                members.serialize_entry("observedValue", &duration)?;
                members.serialize_entry("observedUnit", "ms")?;
            }
            Some(duration) => members.serialize_entry("duration_ms", &duration)?,
            None => {}
        }
        members.end()
    }
}

/// What is told of a start-up guard that is not done, as if it were a component.
struct HeldGuard<'a> {
    wording: &'a Wording,
    form: Form,
    cause: Cause,
}

impl Serialize for HeldGuard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let format = self.form.format;
        serializer.collect_map([
            ("status", self.wording.word_in(format, Status::Unhealthy)),
            (message(format), self.cause.as_str()),
        ])
    }
}

/// A value as bodies hold it: the public type implements nothing of serde's.
pub(super) struct Written<'a>(pub(super) &'a InfoValue);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            InfoValue::Text(text) => serializer.serialize_str(text),
            InfoValue::Integer(number) => serializer.serialize_i128(*number),
            InfoValue::Float(number) => serializer.serialize_f64(*number),
            InfoValue::Bool(truth) => serializer.serialize_bool(*truth),
        }
    }
}

/// A string, by what it displays.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Writes one entry; in `application/health+json` values are lists.
fn entry<M: SerializeMap>(
    map: &mut M,
    name: &str,
    format: Format,
    value: &impl Serialize,
) -> Result<(), M::Error> {
    match format {
        Format::HealthJson => map.serialize_entry(name, &[value]),
        _ => map.serialize_entry(name, value),
    }
}

/// An endpoint shows what decides it; start-up names only what it waits for.
pub(super) fn shown(component: &Component, endpoint: Endpoint) -> bool {
    match endpoint {
        Endpoint::Startup => !component.ran,
        endpoint => component.scope.counts_for(endpoint),
    }
}

fn message(format: Format) -> &'static str {
    match format {
        Format::HealthJson => "output",
        _ => "message",
    }
}

fn components(format: Format) -> &'static str {
    match format {
        Format::HealthJson => "checks",
        _ => "components",
    }
}
