//! Ping URLs as healthchecks.io has them: GET is a success, `/fail` a failure.

use http::{Method, StatusCode};

use super::dialect::{Answer, Dialect, Message, Standing};
use crate::report::{Report, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Kick,
    Fail,
}

pub(super) struct Ping {
    kick: String,
    fail: String,
    told: Option<Step>,
}

impl Ping {
    pub(super) fn new(path: &str, query: Option<&str>) -> Self {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let base = path.trim_end_matches('/');
        Self {
            kick: format!("{path}{query}"),
            fail: format!("{base}/fail{query}"),
            told: None,
        }
    }
}

impl Dialect for Ping {
    type Step = Step;

    /// By liveness alone: a kick that follows a failure would take it back at once.
    fn standing(&self, report: &Report) -> Standing {
        match report.live() {
            Status::Unhealthy => Standing::Down,
            Status::Healthy | Status::Degraded => Standing::Up(Status::Healthy),
        }
    }

    fn next(&self, standing: Standing) -> Option<Step> {
        let step = match standing {
            Standing::Up(_) => Step::Kick,
            Standing::Down => Step::Fail,
            Standing::Gone => return None,
        };
        (self.told != Some(step)).then_some(step)
    }

    fn message(&mut self, step: Step, reason: &str) -> Message {
        self.told = None;
        let (method, path, body) = match step {
            Step::Kick => (Method::GET, &self.kick, ""),
            Step::Fail => (Method::POST, &self.fail, reason),
        };
        Message {
            method,
            path: path.clone(),
            body: body.to_owned(),
            kind: (step == Step::Fail).then_some("text/plain; charset=utf-8"),
            most: 0,
        }
    }

    fn heard(&mut self, step: Step, answer: &Answer) -> Result<(), String> {
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        let unknown = step == Step::Fail
            && answer.status.is_client_error()
            && !later.contains(&answer.status);
        // A server that knows no failures is told by silence.
        if answer.status.is_success() || unknown {
            self.told = Some(step);
            return Ok(());
        }
        Err(answer.refusal())
    }

    fn stale(&mut self) {
        self.told = self.told.filter(|told| *told == Step::Fail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: Standing = Standing::Up(Status::Healthy);

    fn says(ping: &mut Ping, step: Step, status: u16) -> Result<(), String> {
        let status = StatusCode::from_u16(status).unwrap();
        let body = Vec::new();
        ping.heard(step, &Answer { status, body })
    }

    #[test]
    fn paths_keep_their_query() {
        for (path, query, kick, fail) in [
            ("/ping/id", None, "/ping/id", "/ping/id/fail"),
            ("/ping/id/", None, "/ping/id/", "/ping/id/fail"),
            ("/p", Some("rid=1"), "/p?rid=1", "/p/fail?rid=1"),
            ("/", None, "/", "/fail"),
        ] {
            let mut ping = Ping::new(path, query);
            let message = ping.message(Step::Kick, "reason");
            assert_eq!((message.method, &*message.path), (Method::GET, kick));
            assert_eq!(message.body, "");
            let message = ping.message(Step::Fail, "reason");
            assert_eq!((message.method, &*message.path), (Method::POST, fail));
            assert_eq!(message.body, "reason");
        }
    }

    #[test]
    fn a_kick_is_said_again_and_a_failure_once() {
        let mut ping = Ping::new("/", None);
        assert_eq!(ping.next(UP), Some(Step::Kick));
        says(&mut ping, Step::Kick, 201).unwrap();
        assert_eq!(ping.next(UP), None);
        ping.stale();
        assert_eq!(ping.next(UP), Some(Step::Kick));
        says(&mut ping, Step::Kick, 200).unwrap();

        assert_eq!(ping.next(Standing::Down), Some(Step::Fail));
        assert!(says(&mut ping, Step::Fail, 503).is_err());
        assert_eq!(ping.next(Standing::Down), Some(Step::Fail));
        says(&mut ping, Step::Fail, 200).unwrap();
        ping.stale();
        assert_eq!(ping.next(Standing::Down), None);
        assert_eq!(ping.next(UP), Some(Step::Kick));
        assert_eq!(ping.next(Standing::Gone), None);
    }

    #[test]
    fn what_counts_as_heard() {
        for (step, status, heard) in [
            (Step::Kick, 204, true),
            (Step::Kick, 301, false),
            (Step::Kick, 404, false),
            (Step::Kick, 500, false),
            (Step::Fail, 404, true),
            (Step::Fail, 405, true),
            (Step::Fail, 408, false),
            (Step::Fail, 429, false),
            (Step::Fail, 302, false),
        ] {
            let mut ping = Ping::new("/", None);
            let found = says(&mut ping, step, status);
            assert_eq!(found.is_ok(), heard, "{step:?} {status} {found:?}");
        }
    }
}
