//! A report in words, and how much of it: JSON, `application/health+json`, text, a
//! page.
//!
//! May touch `report`, and at the root `contain` and `duration`.

mod body;
mod details;
#[cfg(feature = "html")]
mod escape;
mod form;
mod format;
#[cfg(feature = "html")]
mod page;
mod rfc3339;
#[cfg(any(feature = "announce", feature = "systemd"))]
mod status_line;

use http::StatusCode;
use serde::Serialize;

pub use details::Details;
pub(crate) use details::Policy;
pub(crate) use form::Form;
pub(crate) use format::Format;
#[cfg(feature = "html")]
pub(crate) use page::PAGE_POLICY;
#[cfg(any(feature = "announce", feature = "systemd"))]
pub(crate) use status_line::status_line;

#[cfg(feature = "html")]
use crate::report::Vocabulary;
use crate::report::{Component, Endpoint, Report, Status, Wording};

impl Wording {
    pub(crate) fn status_code(&self, status: Status) -> StatusCode {
        match status {
            Status::Healthy => StatusCode::OK,
            Status::Degraded => self.degraded,
            Status::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The body of one component's endpoint.
    pub(crate) fn component(&self, component: &Component, form: Form) -> String {
        match form.format {
            Format::Text => self.word(component.status).to_owned(),
            Format::Json | Format::HealthJson => json(&body::ComponentBody {
                wording: self,
                component,
                form,
            }),
            #[cfg(feature = "html")]
            Format::Html => page::ComponentPage {
                wording: self,
                component,
                details: form.details,
            }
            .to_string(),
        }
    }

    fn word(&self, status: Status) -> &'static str {
        self.vocabulary
            .word(status, self.status_code(status).is_success())
    }

    /// The status as far as its word tells it: colours say no more.
    #[cfg(feature = "html")]
    fn tone(&self, status: Status) -> Status {
        match self.vocabulary {
            Vocabulary::Health => status,
            Vocabulary::UpDown if self.status_code(status).is_success() => Status::Healthy,
            Vocabulary::UpDown => Status::Unhealthy,
        }
    }

    /// `pass` and `warn` must be 2xx or 3xx, `fail` 4xx or 5xx (section 3.1 of
    /// the draft).
    fn word_in(&self, format: Format, status: Status) -> &'static str {
        match (format, status) {
            (Format::HealthJson, Status::Healthy) => "pass",
            (Format::HealthJson, Status::Degraded) if self.degraded.is_success() => "warn",
            (Format::HealthJson, _) => "fail",
            _ => self.word(status),
        }
    }
}

impl Report {
    /// The report as JSON, byte for byte what `/health` answers to whom it shows so
    /// much, in the [words](crate::HealthBuilder::vocabulary) of its service: for a
    /// log line, a dump, a socket of one's own. [`Details::Full`] holds the texts of
    /// errors. It is written anew at each call, in a time that grows with the number
    /// of components; probes read what is kept.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::{Details, Health};
    ///
    /// let health = Health::builder().build()?;
    /// let report = health.report();
    /// assert_eq!(report.to_json(Details::StatusOnly), r#"{"status":"healthy"}"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_json(&self, details: Details) -> String {
        let form = Form {
            format: Format::Json,
            details,
        };
        self.body(Endpoint::Health, form)
    }

    /// The body of an endpoint.
    pub(crate) fn body(&self, endpoint: Endpoint, form: Form) -> String {
        match form.format {
            Format::Text => {
                let status = self.endpoint(endpoint).status;
                self.wording.word(status).to_owned()
            }
            Format::Json | Format::HealthJson => json(&body::EndpointBody {
                report: self,
                endpoint,
                form,
            }),
            #[cfg(feature = "html")]
            Format::Html => page::EndpointPage {
                report: self,
                endpoint,
                details: form.details,
            }
            .to_string(),
        }
    }
}

/// Bodies are objects with strings as keys, which can always be written.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
