//! Switching a service sick on purpose, for test environments.
//!
//! May touch `engine`, `state`, `checks` and `error`; what is answered is HTTP's to
//! say.

mod command;
mod obey;

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};

pub(crate) use command::Refusal;
#[cfg(any(test, fuzzing))]
pub(crate) use command::{Command, parse, truth};

use crate::engine::Shared;
use crate::error::{BuildError, BuildErrorKind};

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
/// of its timeout longer; see [`Fault`](crate::Fault) for the others.
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

    /// Names what cannot work by the surface that it is on.
    pub(crate) fn validate(&self, surface: &str) -> Result<(), BuildError> {
        match &self.token {
            Some(token) if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(BuildError::new(
                    BuildErrorKind::InvalidToken,
                    format!(
                        "the token of testability, {surface}: one or more visible ASCII \
                         characters are accepted"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether a token is asked for.
    pub(crate) fn is_protected(&self) -> bool {
        self.token.is_some()
    }

    /// Does what a request asks for with what follows the prefix in its path, and
    /// says so in JSON.
    pub(crate) fn obey(
        &self,
        shared: &Shared,
        method: &Method,
        headers: &HeaderMap,
        rest: &str,
    ) -> Result<String, Refusal> {
        if !self.admits(headers) {
            return Err(Refusal::Unauthorized);
        }
        if ![Method::GET, Method::PUT, Method::POST].contains(method) {
            return Err(Refusal::MethodNotAllowed);
        }
        obey::obey(shared, command::parse(rest)?)
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
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

/// Says at start what must not stay unnoticed.
pub(crate) fn warn(surface: &str, protected: bool) {
    tracing::warn!(
        target: "health_middleware",
        surface,
        protected,
        "testability is on: requests can switch this service sick; not for production"
    );
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

#[cfg(test)]
mod tests;
