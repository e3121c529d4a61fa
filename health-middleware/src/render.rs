//! A report in words: JSON, `application/health+json`, plain text.

use std::time::Duration;

use http::StatusCode;

use crate::cause::Cause;
use crate::details::Details;
use crate::endpoint::Endpoint;
use crate::form::{Form, Format};
use crate::info::InfoValue;
use crate::json::Json;
use crate::report::{Component, Report, Verdict};
use crate::rfc3339::Rfc3339;
use crate::status::Status;
use crate::vocabulary::Vocabulary;

/// How statuses are told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) degraded: StatusCode,
}

impl Wording {
    pub(crate) fn status_code(&self, status: Status) -> StatusCode {
        match status {
            Status::Healthy => StatusCode::OK,
            Status::Degraded => self.degraded,
            Status::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The body of an endpoint.
    pub(crate) fn endpoint(&self, report: &Report, endpoint: Endpoint, form: Form) -> String {
        let verdict = report.verdict(endpoint);
        if form.format == Format::Text {
            return self.word(verdict.status).to_owned();
        }
        let mut json = Json::with_capacity(match form.details {
            Details::StatusOnly => 32,
            Details::Summary | Details::Full => 128 + 128 * report.components.len(),
        });
        json.open('{');
        json.plain("status", self.word_in(form.format, verdict.status));
        if form.details != Details::StatusOnly {
            self.endpoint_details(&mut json, report, endpoint, verdict, form);
        }
        json.close('}');
        json.finish()
    }

    fn endpoint_details(
        &self,
        json: &mut Json,
        report: &Report,
        endpoint: Endpoint,
        verdict: Verdict,
        form: Form,
    ) {
        let health_json = form.format == Format::HealthJson;
        if let Some(cause) = verdict.cause {
            json.plain(if health_json { "output" } else { "message" }, cause);
        }
        if !health_json {
            json.plain("timestamp", Rfc3339(report.timestamp));
        }
        for (name, value) in report.info.iter() {
            let name = match &**name {
                "service" if health_json => "serviceId",
                other => other,
            };
            info(json, name, value);
        }
        json.key(if health_json { "checks" } else { "components" });
        json.open('{');
        for component in report.components().filter(|c| shown(c, endpoint)) {
            json.key(&component.name);
            if health_json {
                json.open('[');
                json.separate();
            }
            json.open('{');
            self.component_members(json, component, form);
            json.close('}');
            if health_json {
                json.close(']');
            }
        }
        if endpoint == Endpoint::Startup {
            self.held(json, report, form);
        }
        json.close('}');
    }

    /// The start-up guards that are still held, as if they were components.
    fn held(&self, json: &mut Json, report: &Report, form: Form) {
        for name in &report.held {
            json.key(name);
            let (status, cause) = (Status::Unhealthy, Cause::Starting);
            if form.format == Format::HealthJson {
                json.open('[');
                json.separate();
                json.open('{');
                json.plain("status", self.word_in(form.format, status));
                json.plain("output", cause);
                json.close('}');
                json.close(']');
            } else {
                json.open('{');
                json.plain("status", self.word(status));
                json.plain("message", cause);
                json.close('}');
            }
        }
    }

    /// The body of one component's endpoint.
    pub(crate) fn component(&self, component: &Component, form: Form) -> String {
        if form.format == Format::Text {
            return self.word(component.status).to_owned();
        }
        let mut json = Json::with_capacity(160);
        json.open('{');
        match (form.details, form.format) {
            (Details::StatusOnly, format) => {
                json.plain("status", self.word_in(format, component.status));
            }
            (_, Format::HealthJson) => {
                json.plain("status", self.word_in(form.format, component.status));
                json.key("checks");
                json.open('{');
                json.key(&component.name);
                json.open('[');
                json.separate();
                json.open('{');
                self.component_members(&mut json, component, form);
                json.close('}');
                json.close(']');
                json.close('}');
            }
            _ => {
                json.string("name", &component.name);
                self.component_members(&mut json, component, form);
            }
        }
        json.close('}');
        json.finish()
    }

    fn component_members(&self, json: &mut Json, component: &Component, form: Form) {
        let health_json = form.format == Format::HealthJson;
        json.plain("status", self.word_in(form.format, component.status));
        if let Some(summary) = &component.summary {
            let name = if health_json { "output" } else { "message" };
            match &component.text {
                Some(text) if form.details == Details::Full => {
                    json.string(name, &format!("{summary}: {text}"));
                }
                _ => json.string(name, summary),
            }
        }
        if let Some(checked) = component.checked {
            json.plain(
                if health_json { "time" } else { "timestamp" },
                Rfc3339(checked),
            );
        }
        if let Some(duration) = component.duration {
            if health_json {
                json.raw("observedValue", milliseconds(duration));
                json.plain("observedUnit", "ms");
            } else {
                json.raw("duration_ms", milliseconds(duration));
            }
        }
    }

    fn word(&self, status: Status) -> &'static str {
        self.vocabulary
            .word(status, self.status_code(status).is_success())
    }

    /// `pass` and `warn` must be 2xx or 3xx, `fail` 4xx or 5xx (section 3.1 of
    /// the draft).
    fn word_in(&self, format: Format, status: Status) -> &'static str {
        match (format, status) {
            (Format::Json | Format::Text, _) => self.word(status),
            (Format::HealthJson, Status::Healthy) => "pass",
            (Format::HealthJson, Status::Degraded) if self.degraded.is_success() => "warn",
            (Format::HealthJson, _) => "fail",
        }
    }
}

/// Start-up names only what it waits for; liveness never shows a dependency.
fn shown(component: &Component, endpoint: Endpoint) -> bool {
    match endpoint {
        Endpoint::Health | Endpoint::Ready => true,
        Endpoint::Live => component.live,
        Endpoint::Startup => !component.ran,
    }
}

fn info(json: &mut Json, name: &str, value: &InfoValue) {
    match value {
        InfoValue::Text(text) => json.string(name, text),
        InfoValue::Integer(number) => json.raw(name, number),
        InfoValue::Float(number) if number.is_finite() => json.raw(name, number),
        InfoValue::Float(_) => json.raw(name, "null"),
        InfoValue::Bool(truth) => json.raw(name, truth),
    }
}

/// `500 ms`, `2 s`, `1.5 s`.
pub(crate) fn duration(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", milliseconds(duration))
    } else {
        format!("{} s", duration.as_secs_f64())
    }
}

/// To the microsecond, without superfluous zeros.
fn milliseconds(duration: Duration) -> f64 {
    // Exact up to 2^53 µs, which is 285 years.
    duration.as_micros() as f64 / 1000.0
}
