//! The registry of `watchdog serve`: an instance that is there while its beats come.
//!
//! Nothing is asked that the registry of the guide to Go microservices lacks, so
//! that one is spoken to as well.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

use super::dialect::{Answer, Dialect, JSON, Message, Standing};
use super::instance::Instance;
use crate::report::{Report, Status};

/// How long after its time to live an instance that has died is still listed, as
/// unhealthy: the same as with Consul.
const LISTED: Duration = Duration::from_secs(600);

const LOOSE: &str = "a registration was not answered and may come late: it is withdrawn once more";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Register,
    Beat,
    Deregister,
}

pub(super) struct Watchdog {
    /// What comes before each path.
    base: String,
    /// Which instance, as a query.
    query: String,
    registration: String,
    /// The registry may know the instance.
    tried: bool,
    /// A registration of ours has had no answer, and may still be heard.
    loose: bool,
    /// It does know it, as far as is known.
    registered: bool,
    /// It has heard of it in this period.
    fresh: bool,
}

impl Watchdog {
    pub(super) fn new(base: &str, instance: &Instance, ttl: Duration) -> Self {
        let id = instance.given_id();
        let mut registration = json!({
            "id": id,
            "name": instance.name,
            "address": instance.host,
            "port": instance.port,
            "tags": instance.tags,
            "metadata": instance.meta,
            "ttl": seconds(ttl),
            "remove_after": seconds(ttl + LISTED),
        });
        if let Some(version) = instance.meta.get("version") {
            registration["version"] = version.as_str().into();
        }
        Self {
            base: base.trim_end_matches('/').to_owned(),
            // Of characters that a query has as they are: the instance is checked.
            query: format!("name={}&id={id}", instance.name),
            registration: registration.to_string(),
            tried: false,
            loose: false,
            registered: false,
            fresh: false,
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{}s", time.as_secs())
}

impl Dialect for Watchdog {
    type Step = Step;

    /// Degraded is as good as healthy: who asks is told where the service is, not
    /// how.
    fn standing(&self, report: &Report) -> Standing {
        match Standing::of_ready(report) {
            Standing::Up(_) => Standing::Up(Status::Healthy),
            other => other,
        }
    }

    fn next(&self, standing: Standing) -> Option<Step> {
        match standing {
            Standing::Up(_) if !self.registered => Some(Step::Register),
            Standing::Up(_) => (!self.fresh).then_some(Step::Beat),
            Standing::Down | Standing::Gone => self.tried.then_some(Step::Deregister),
        }
    }

    fn message(&mut self, step: Step, _reason: &str) -> Message {
        self.fresh = false;
        let (path, query, body) = match step {
            Step::Register => {
                self.tried = true;
                self.loose = true;
                ("register", "", &*self.registration)
            }
            Step::Beat => ("heartbeat", &*self.query, ""),
            Step::Deregister => {
                self.registered = false;
                ("deregister", &*self.query, "")
            }
        };
        let mark = if query.is_empty() { "" } else { "?" };
        Message {
            method: Method::POST,
            path: format!("{}/{path}{mark}{query}", self.base),
            body: body.to_owned(),
            kind: JSON.filter(|_| !body.is_empty()),
            most: 0,
        }
    }

    fn heard(&mut self, step: Step, answer: &Answer) -> Result<(), String> {
        let is_unknown = answer.status == StatusCode::NOT_FOUND;
        match step {
            Step::Register => {
                self.loose = false;
                // No other success: with that any server answers anything.
                if answer.status != StatusCode::CREATED {
                    return Err(answer.refusal());
                }
                self.registered = true;
                self.fresh = true;
            }
            Step::Beat if answer.status.is_success() => self.fresh = true,
            Step::Deregister if answer.status.is_success() || is_unknown => {
                if std::mem::take(&mut self.loose) {
                    return Err(LOOSE.to_owned());
                }
                self.tried = false;
            }
            Step::Beat | Step::Deregister => {
                if is_unknown {
                    self.registered = false;
                }
                return Err(answer.refusal());
            }
        }
        Ok(())
    }

    fn stale(&mut self) {
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests;
