//! A Consul agent: a service with a TTL check, which is updated in time.
//!
//! <https://developer.hashicorp.com/consul/api-docs/agent/service> and `…/check`.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

use super::dialect::{Answer, Dialect, JSON, Message, Standing};
use super::instance::Instance;
use crate::report::{Report, Status};

/// After how long of being critical an agent strikes the service off, for one that
/// has died. One that lives registers again.
const STRIKE_OFF: &str = "10m";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Register,
    Update(Standing),
    Deregister,
}

pub(super) struct Consul {
    /// What comes before `/v1`.
    base: String,
    id: String,
    registration: String,
    /// The agent may know the service.
    tried: bool,
    /// It does, as far as is known.
    registered: bool,
    told: Option<Standing>,
}

impl Consul {
    pub(super) fn new(base: &str, instance: &Instance, ttl: Duration) -> Self {
        let id = instance.given_id();
        // No status is given: the agent takes it for critical until the first update,
        // so that what it hears too late sends nobody here.
        let registration = json!({
            "ID": id,
            "Name": instance.name,
            "Address": instance.host,
            "Port": instance.port,
            "Tags": instance.tags,
            "Meta": instance.meta,
            "Check": {
                "CheckID": check_id(&id),
                "Name": "health",
                "TTL": format!("{}s", ttl.as_secs()),
                "DeregisterCriticalServiceAfter": STRIKE_OFF,
            },
        });
        Self {
            base: base.trim_end_matches('/').to_owned(),
            id,
            registration: registration.to_string(),
            tried: false,
            registered: false,
            told: None,
        }
    }
}

/// As Consul itself would name it.
fn check_id(id: &str) -> String {
    format!("service:{id}")
}

impl Dialect for Consul {
    type Step = Step;

    fn standing(&self, report: &Report) -> Standing {
        Standing::of_ready(report)
    }

    fn next(&self, standing: Standing) -> Option<Step> {
        match standing {
            Standing::Gone => self.tried.then_some(Step::Deregister),
            _ if !self.registered => Some(Step::Register),
            _ => (self.told != Some(standing)).then_some(Step::Update(standing)),
        }
    }

    fn message(&mut self, step: Step, reason: &str) -> Message {
        let (what, body) = match step {
            Step::Register => {
                self.tried = true;
                let body = self.registration.clone();
                ("service/register".to_owned(), body)
            }
            Step::Update(standing) => {
                self.told = None;
                let status = match standing {
                    Standing::Up(Status::Healthy) => "passing",
                    Standing::Up(_) => "warning",
                    Standing::Down | Standing::Gone => "critical",
                };
                let body = json!({"Status": status, "Output": reason}).to_string();
                (format!("check/update/{}", check_id(&self.id)), body)
            }
            Step::Deregister => (format!("service/deregister/{}", self.id), String::new()),
        };
        Message {
            method: Method::PUT,
            path: format!("{}/v1/agent/{what}", self.base),
            body,
            kind: JSON,
            most: 0,
        }
    }

    fn heard(&mut self, step: Step, answer: &Answer) -> Result<(), String> {
        match step {
            Step::Register if answer.status.is_success() => {
                self.registered = true;
                self.told = None;
            }
            Step::Update(standing) if answer.status.is_success() => self.told = Some(standing),
            Step::Deregister
                if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND =>
            {
                self.tried = false;
            }
            // Not known any more, which each version says by another status.
            Step::Update(_) => {
                self.registered = false;
                return Err(answer.refusal());
            }
            Step::Register | Step::Deregister => return Err(answer.refusal()),
        }
        Ok(())
    }

    fn stale(&mut self) {
        self.told = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: Standing = Standing::Up(Status::Healthy);
    const DEGRADED: Standing = Standing::Up(Status::Degraded);

    fn consul() -> Consul {
        let instance = Instance::new("accounts", "10.0.0.7", 6767)
            .id("accounts-1")
            .tag("v2")
            .meta("zone", "a");
        Consul::new("/", &instance, Duration::from_secs(15))
    }

    fn says(consul: &mut Consul, step: Step, status: u16) -> Result<(), String> {
        consul.message(step, "reason");
        let status = StatusCode::from_u16(status).unwrap();
        let body = Vec::new();
        consul.heard(step, &Answer { status, body })
    }

    #[test]
    fn calls_as_the_api_documents_them() {
        let mut consul = consul();
        for (step, path, body) in [
            (
                Step::Register,
                "/v1/agent/service/register",
                json!({
                    "ID": "accounts-1", "Name": "accounts", "Address": "10.0.0.7", "Port": 6767,
                    "Tags": ["v2"], "Meta": {"zone": "a"},
                    "Check": {
                        "CheckID": "service:accounts-1", "Name": "health", "TTL": "15s",
                        "DeregisterCriticalServiceAfter": "10m",
                    },
                }),
            ),
            (
                Step::Update(UP),
                "/v1/agent/check/update/service:accounts-1",
                json!({"Status": "passing", "Output": "re\"ason"}),
            ),
            (
                Step::Update(DEGRADED),
                "/v1/agent/check/update/service:accounts-1",
                json!({"Status": "warning", "Output": "re\"ason"}),
            ),
            (
                Step::Update(Standing::Down),
                "/v1/agent/check/update/service:accounts-1",
                json!({"Status": "critical", "Output": "re\"ason"}),
            ),
        ] {
            let message = consul.message(step, "re\"ason");
            assert_eq!((message.method, &*message.path), (Method::PUT, path));
            let found: serde_json::Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(found, body);
        }
        let message = consul.message(Step::Deregister, "");
        assert_eq!(message.path, "/v1/agent/service/deregister/accounts-1");
        assert_eq!((message.method, &*message.body), (Method::PUT, ""));
        let mut behind = Consul::new("/consul/", &Instance::new("a", "h", 1), Duration::ZERO);
        let path = behind.message(Step::Register, "").path;
        assert_eq!(path, "/consul/v1/agent/service/register");
    }

    #[test]
    fn registered_then_updated_then_taken_out() {
        let mut consul = consul();
        for standing in [UP, Standing::Down] {
            assert_eq!(consul.next(standing), Some(Step::Register));
        }
        assert_eq!(consul.next(Standing::Gone), None, "nothing was ever said");
        assert!(says(&mut consul, Step::Register, 403).is_err());
        assert_eq!(
            consul.next(Standing::Gone),
            Some(Step::Deregister),
            "who knows"
        );
        says(&mut consul, Step::Register, 200).unwrap();
        assert_eq!(consul.next(UP), Some(Step::Update(UP)));
        says(&mut consul, Step::Update(UP), 200).unwrap();
        assert_eq!(consul.next(UP), None);
        assert_eq!(consul.next(DEGRADED), Some(Step::Update(DEGRADED)));
        consul.stale();
        assert_eq!(consul.next(UP), Some(Step::Update(UP)));
        assert!(says(&mut consul, Step::Deregister, 500).is_err());
        assert_eq!(consul.next(Standing::Gone), Some(Step::Deregister));
        says(&mut consul, Step::Deregister, 404).unwrap();
        assert_eq!(consul.next(Standing::Gone), None);
    }

    #[test]
    fn an_agent_that_has_forgotten_is_told_anew() {
        for status in [404, 500] {
            let mut consul = consul();
            says(&mut consul, Step::Register, 200).unwrap();
            says(&mut consul, Step::Update(UP), 200).unwrap();
            consul.stale();
            assert!(says(&mut consul, Step::Update(UP), status).is_err());
            assert_eq!(consul.next(UP), Some(Step::Register));
        }
    }
}
