//! Switching a service sick on purpose, over HTTP, in test environments.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Response, StatusCode};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::checks::Source;
use crate::engine::Shared;
use crate::error::{BuildError, BuildErrorKind};
use crate::http::Endpoints;
use crate::http::{Asked, not_allowed, refuse};
use crate::state::Fault;

/// Lets requests switch the service sick on purpose, for
/// [`HealthBuilder::testability`](crate::HealthBuilder::testability).
///
/// For test environments, never for production: whoever reaches the port can take
/// the service down. It logs a warning at start.
///
/// | GET, PUT or POST | |
/// |---|---|
/// | `/testability/healthy/{bool}` | `/health` and `/health/ready` |
/// | `/testability/ready/{bool}` | `/health/ready` alone |
/// | `/testability/live/{bool}` | `/health/live` alone |
/// | `/testability/components/{name}/{up\|down\|slow\|hang\|panic}` | one component |
///
/// Truth values are those of Go's `strconv.ParseBool`: `1`, `t`, `T`, `TRUE`,
/// `true`, `True` and their opposites. `slow` makes every run take three quarters
/// of its timeout longer; see [`Fault`] for the others.
///
/// ```
/// use health_middleware::{Health, Testability};
///
/// let enabled = true; // a flag that is off unless it is given
/// let mut builder = Health::builder();
/// if enabled {
///     builder = builder.testability(Testability::new().token("only for tests"));
/// }
/// # drop(builder);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Testability {
    token: Option<String>,
}

impl Testability {
    /// For everybody who reaches the port.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only for requests with `Authorization: Bearer` and this token, which must
    /// be of visible ASCII characters.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    pub(crate) fn validate(&self) -> Result<(), BuildError> {
        match &self.token {
            Some(token) if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(BuildError::new(
                    BuildErrorKind::InvalidToken,
                    "the token of testability: one or more visible ASCII characters are accepted",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Says at start what must not stay unnoticed.
    pub(crate) fn warn(&self) {
        tracing::warn!(
            target: "health_middleware",
            protected = self.token.is_some(),
            "testability is on: requests can switch this service sick; not for production"
        );
    }

    fn admits(&self, request: Asked<'_>) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let given = request
            .headers
            .get(AUTHORIZATION)
            .map(HeaderValue::as_bytes);
        given
            .and_then(bearer)
            .is_some_and(|given| same(given, token.as_bytes()))
    }
}

impl fmt::Debug for Testability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Testability")
            .field("protected", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

/// The credentials of the scheme `Bearer`, which has no case (RFC 9110, 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| token.trim_ascii())
}

/// Compares in a time that tells nothing about where the difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && difference == 0
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    Healthy(bool),
    Ready(bool),
    Live(bool),
    Component { name: &'a str, state: State },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Up,
    Down,
    Slow,
    Hang,
    Panic,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Slow => "slow",
            Self::Hang => "hang",
            Self::Panic => "panic",
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    Invalid(&'static str),
}

const BOOLS: &str = "allowed values are true or false";
const STATES: &str = "allowed values are up, down, slow, hang or panic";
const PASSIVE: &str = "this component makes no runs: allowed values are up or down";

pub(crate) fn parse(rest: &str) -> Result<Command<'_>, Refusal> {
    let (what, value) = rest.split_once('/').ok_or(Refusal::NotFound)?;
    match what {
        "healthy" => Ok(Command::Healthy(truth(value)?)),
        "ready" => Ok(Command::Ready(truth(value)?)),
        "live" => Ok(Command::Live(truth(value)?)),
        "components" => {
            let (name, state) = value.split_once('/').ok_or(Refusal::NotFound)?;
            let state = match state {
                "up" => State::Up,
                "down" => State::Down,
                "slow" => State::Slow,
                "hang" => State::Hang,
                "panic" => State::Panic,
                _ => return Err(Refusal::Invalid(STATES)),
            };
            Ok(Command::Component { name, state })
        }
        _ => Err(Refusal::NotFound),
    }
}

/// As Go's `strconv.ParseBool` reads it.
pub(crate) fn truth(value: &str) -> Result<bool, Refusal> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(Refusal::Invalid(BOOLS)),
    }
}

/// The answer to a request below the prefix of testability.
pub(crate) fn respond(endpoints: &Endpoints, request: Asked<'_>, rest: &str) -> Response<Bytes> {
    let Some(testability) = &endpoints.config.testability else {
        return refuse(StatusCode::NOT_FOUND, "not found");
    };
    if !testability.admits(request) {
        let mut response = refuse(StatusCode::UNAUTHORIZED, "a bearer token is needed");
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        return response;
    }
    if ![Method::GET, Method::PUT, Method::POST].contains(request.method) {
        return not_allowed("GET, PUT, POST");
    }
    match parse(rest).and_then(|command| obey(endpoints.shared(), command)) {
        Ok(said) => Response::from(&Answer::new(StatusCode::OK, "application/json", said)),
        Err(Refusal::NotFound) => refuse(StatusCode::NOT_FOUND, "not found"),
        Err(Refusal::Invalid(allowed)) => refuse(StatusCode::BAD_REQUEST, allowed),
    }
}

/// Does what is asked for, and says so.
fn obey(shared: &Shared, command: Command<'_>) -> Result<String, Refusal> {
    let switch = |what, set: fn(&mut crate::state::Switches, bool), well: bool| {
        shared.change(Instant::now(), |state| {
            state.switch(what, |switches| {
                set(switches, !well);
                !well
            });
        });
    };
    match command {
        Command::Healthy(well) => {
            switch("forced", |switches, sick| switches.sick = sick, well);
            Ok(format!("{{\"healthy\":{well}}}"))
        }
        Command::Ready(well) => {
            switch(
                "forced ready",
                |switches, sick| switches.sick_ready = sick,
                well,
            );
            Ok(format!("{{\"ready\":{well}}}"))
        }
        Command::Live(well) => {
            switch(
                "forced live",
                |switches, sick| switches.sick_live = sick,
                well,
            );
            Ok(format!("{{\"live\":{well}}}"))
        }
        Command::Component { name, state } => {
            let index = shared.index_of(name).ok_or(Refusal::NotFound)?;
            let source = &shared.slots[index].source;
            match fault(state, source) {
                Some(fault) => shared
                    .force_as(index, ID, fault)
                    .map_err(|_| Refusal::Invalid(PASSIVE))?,
                None => shared.lift_fault(index, ID),
            }
            // Names need no escapes: the builder sees to that.
            Ok(format!(
                "{{\"component\":\"{name}\",\"forced\":\"{}\"}}",
                state.as_str()
            ))
        }
    }
}

/// The id under which requests force faults; guards count from one.
const ID: u64 = 0;

fn fault(state: State, source: &Source) -> Option<Fault> {
    match state {
        State::Up => None,
        State::Down => Some(Fault::Down),
        State::Hang => Some(Fault::Hang),
        State::Panic => Some(Fault::Panic),
        State::Slow => Some(Fault::Slow(match source {
            Source::Active { timing, .. } => timing.timeout * 3 / 4,
            _ => Duration::ZERO,
        })),
    }
}

#[cfg(test)]
mod tests;
