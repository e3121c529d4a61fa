//! The registry of `watchdog serve`: an instance that is there while its beats come,
//! and is discovered unless it drains.
//!
//! The registry of the guide to Go microservices, which knows no drain, will do.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

use super::dialect::{Answer, Dialect, JSON, Message, Standing};
use super::instance::Instance;
use crate::report::Report;

/// How long after its time to live an instance that has died is still listed, as
/// unhealthy: the same as with Consul.
const LISTED: Duration = Duration::from_secs(600);

const LOOSE: &str = "a registration was not answered and may come late: it is withdrawn once more";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Register,
    Drain,
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
    /// Whether it sends others there; `None`: nobody knows.
    discovered: Option<bool>,
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
            discovered: None,
            fresh: false,
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{}s", time.as_secs())
}

impl Dialect for Watchdog {
    type Step = Step;

    fn standing(&self, report: &Report) -> Standing {
        Standing::of_ready(report)
    }

    /// To register is what ends a drain. One that is drained beats on, so that its
    /// silence is noticed. It is not registered in order to be drained, since others
    /// would be sent there in between. Where no drain is known, it is deregistered.
    fn next(&self, standing: Standing) -> Option<Step> {
        match standing {
            Standing::Gone => self.tried.then_some(Step::Deregister),
            Standing::Up(_) if !self.registered => Some(Step::Register),
            Standing::Down if !self.registered => self.tried.then_some(Step::Deregister),
            Standing::Up(_) if self.discovered != Some(true) => Some(Step::Register),
            Standing::Down if self.discovered != Some(false) => Some(Step::Drain),
            Standing::Up(_) | Standing::Down => (!self.fresh).then_some(Step::Beat),
        }
    }

    fn message(&mut self, step: Step, _reason: &str) -> Message {
        let (path, body) = match step {
            Step::Register => {
                self.tried = true;
                self.loose = true;
                self.discovered = None;
                ("register".to_owned(), self.registration.clone())
            }
            Step::Drain => {
                self.discovered = None;
                (format!("drain?{}", self.query), String::new())
            }
            Step::Beat => (format!("heartbeat?{}", self.query), String::new()),
            Step::Deregister => {
                self.registered = false;
                (format!("deregister?{}", self.query), String::new())
            }
        };
        Message {
            method: Method::POST,
            path: format!("{}/{path}", self.base),
            kind: JSON.filter(|_| !body.is_empty()),
            body,
            most: 0,
        }
    }

    fn heard(&mut self, step: Step, answer: &Answer) -> Result<(), String> {
        let is_known = answer.status != StatusCode::NOT_FOUND;
        self.registered &= is_known;
        match step {
            Step::Register => {
                self.loose = false;
                // No other success: with that any server answers anything.
                if answer.status != StatusCode::CREATED {
                    return Err(answer.refusal());
                }
                self.registered = true;
                self.discovered = Some(true);
                self.fresh = true;
            }
            Step::Beat if answer.status.is_success() => self.fresh = true,
            Step::Drain | Step::Deregister if answer.status.is_success() || !is_known => {
                if std::mem::take(&mut self.loose) {
                    return Err(LOOSE.to_owned());
                }
                if step == Step::Deregister {
                    self.tried = false;
                } else {
                    self.discovered = Some(false);
                    // A drain is no beat, and puts off the next.
                    self.fresh = false;
                }
            }
            Step::Beat | Step::Drain | Step::Deregister => return Err(answer.refusal()),
        }
        Ok(())
    }

    fn stale(&mut self) {
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests;
