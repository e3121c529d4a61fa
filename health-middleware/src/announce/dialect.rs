//! What all servers have in common: each is to know a standing, and is told it step
//! by step. Pure: no clock, no socket.

use http::{Method, StatusCode};

use crate::report::{Report, Status};

/// What a server is to know of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There, healthy or degraded.
    Up(Status),
    Down,
    /// Not there any more, and never again.
    Gone,
}

impl Standing {
    /// As registries see it: up while ready.
    pub(super) fn of_ready(report: &Report) -> Self {
        match report.ready() {
            _ if report.is_draining() => Self::Gone,
            Status::Unhealthy => Self::Down,
            ready => Self::Up(ready),
        }
    }
}

/// One call, without where it goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) method: Method,
    /// With the query.
    pub(super) path: String,
    pub(super) body: String,
    /// The body's content type, where there is one.
    pub(super) kind: Option<&'static str>,
    /// How much the body of the answer may have; 0 is for answers that are not read.
    pub(super) most: usize,
}

pub(super) const JSON: Option<&str> = Some("application/json");

/// What a server has said to one call.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Nothing of the body: it is a stranger's text, and may hold what is secret.
    pub(super) fn refusal(&self) -> String {
        format!("answered {}", self.status)
    }
}

/// How one kind of server is told.
pub(super) trait Dialect: Send + Sync + 'static {
    /// One kind of call.
    type Step: Copy + Send;

    /// What of a report such a server is to know.
    fn standing(&self, report: &Report) -> Standing;

    /// The step that leads on towards this standing; none once the server knows.
    fn next(&self, standing: Standing) -> Option<Self::Step>;

    /// The step as a call, which may reach the server from now on: what the server
    /// knew before is not counted on, even where no answer comes.
    fn message(&mut self, step: Self::Step, reason: &str) -> Message;

    /// Takes in what the server has said to a step, or why that is no success.
    fn heard(&mut self, step: Self::Step, answer: &Answer) -> Result<(), String>;

    /// A period has passed: what does not last is to be said again.
    fn stale(&mut self);
}
