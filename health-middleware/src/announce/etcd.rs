//! etcd v3 through its JSON gateway: a key that lives as long as its lease.
//!
//! <https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/>. 64-bit numbers are
//! strings there, keys and values base64.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::dialect::{Answer, Dialect, JSON, Message, Standing};
use super::instance::Instance;
use crate::report::{Report, Status};

/// Its answers have about 200 bytes.
const MOST: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Grant,
    Put,
    KeepAlive,
    Revoke,
}

pub(super) struct Etcd {
    /// In base64, as is the value.
    key: String,
    value: String,
    ttl: Duration,
    lease: Option<i64>,
    /// The key is there, with this lease.
    put: bool,
    /// The lease has been renewed in this period.
    fresh: bool,
}

impl Etcd {
    /// The instance's id is added to the key, after a slash.
    pub(super) fn new(prefix: &str, instance: &Instance, ttl: Duration) -> Self {
        let id = instance.given_id();
        // "Addr" and "Metadata" are what etcd's own resolver for gRPC reads.
        let value = json!({
            "Addr": instance.address(),
            "Metadata": instance.meta,
            "Name": instance.name,
            "ID": id,
            "Tags": instance.tags,
        });
        Self {
            key: BASE64_STANDARD.encode(format!("{prefix}/{id}")),
            value: BASE64_STANDARD.encode(value.to_string()),
            ttl,
            lease: None,
            put: false,
            fresh: false,
        }
    }
}

const LOST: &str = "the lease is lost";
const NONSENSE: &str = "answered what is no etcd's answer";

fn read(answer: &Answer) -> Result<Value, String> {
    serde_json::from_slice(&answer.body).map_err(|_| NONSENSE.to_owned())
}

fn number(value: &Value) -> Option<i64> {
    value.as_str()?.parse().ok()
}

impl Dialect for Etcd {
    type Step = Step;

    /// Degraded is as good as healthy: the key says where the service is, not how.
    fn standing(&self, report: &Report) -> Standing {
        match Standing::of_ready(report) {
            Standing::Up(_) => Standing::Up(Status::Healthy),
            other => other,
        }
    }

    fn next(&self, standing: Standing) -> Option<Step> {
        match (standing, self.lease) {
            (Standing::Up(_), None) => Some(Step::Grant),
            (Standing::Up(_), Some(_)) if !self.put => Some(Step::Put),
            (Standing::Up(_), Some(_)) => (!self.fresh).then_some(Step::KeepAlive),
            (Standing::Down | Standing::Gone, lease) => lease.map(|_| Step::Revoke),
        }
    }

    fn message(&mut self, step: Step, _reason: &str) -> Message {
        let lease = self.lease.unwrap_or_default().to_string();
        let (path, body) = match step {
            Step::Grant => (
                "/v3/lease/grant",
                json!({"TTL": self.ttl.as_secs().to_string()}),
            ),
            Step::Put => (
                "/v3/kv/put",
                json!({"key": self.key, "value": self.value, "lease": lease}),
            ),
            Step::KeepAlive => ("/v3/lease/keepalive", json!({"ID": lease})),
            Step::Revoke => {
                // Should the answer be lost, the lease may be.
                self.fresh = false;
                ("/v3/lease/revoke", json!({"ID": lease}))
            }
        };
        Message {
            method: Method::POST,
            path: path.to_owned(),
            body: body.to_string(),
            kind: JSON,
            most: MOST,
        }
    }

    fn heard(&mut self, step: Step, answer: &Answer) -> Result<(), String> {
        let is_lost = answer.status == StatusCode::NOT_FOUND;
        match step {
            Step::Put if is_lost => {
                self.lease = None;
                return Err(LOST.to_owned());
            }
            Step::Revoke if is_lost => {}
            _ if !answer.status.is_success() => return Err(answer.refusal()),
            _ => {}
        }
        match step {
            Step::Grant => {
                let id = number(&read(answer)?["ID"]).filter(|id| *id != 0);
                self.lease = Some(id.ok_or(NONSENSE)?);
                self.put = false;
                self.fresh = true;
            }
            Step::Put => self.put = true,
            Step::KeepAlive => {
                let kept = &read(answer)?["result"];
                if number(&kept["ID"]) != self.lease {
                    return Err(NONSENSE.to_owned());
                }
                // Left out where it is 0.
                if number(&kept["TTL"]).is_none_or(|left| left <= 0) {
                    self.lease = None;
                    return Err(LOST.to_owned());
                }
                self.fresh = true;
            }
            Step::Revoke => self.lease = None,
        }
        Ok(())
    }

    fn stale(&mut self) {
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests;
