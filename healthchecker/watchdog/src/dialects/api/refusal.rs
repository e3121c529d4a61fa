//! Why something is not done: a code for programs, and a line for people.

use std::borrow::Cow;

use serde::Serialize;

use super::json::{self, BODY_LIMIT};
use crate::dialects::{Answer, seconds_until};
use crate::tokens::{Denied, MintError};
use crate::watches::{Millis, NameError, clean};

#[derive(Serialize)]
struct Body<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
}

/// A refusal. What of its message came from the client is cut, and has no line's end.
pub(super) fn refuse(status: u16, code: &str, message: impl Into<Cow<'static, str>>) -> Answer {
    let message = &clean(&message.into());
    let error = Error { code, message };
    json::answer(status, &Body { error })
}

/// To a proof that allows nothing, or not that.
pub fn denied(denied: Denied) -> Answer {
    let code = match denied {
        Denied::Wrong => "wrong_token",
        Denied::Expired => "expired_token",
        Denied::Revoked => "revoked_token",
        Denied::Verb(_) | Denied::Signed(_) => "missing_verb",
    };
    refuse(403, code, denied.to_string())
}

/// Too often: there is more in so many milliseconds.
///
/// ```
/// let answer = health_watchdog::dialects::api::too_often(1_001);
/// assert_eq!((answer.status, answer.header("retry-after")), (429, Some("2")));
/// ```
pub fn too_often(millis: Millis) -> Answer {
    let seconds = seconds_until(millis);
    let message = format!("too many requests: try again in {seconds} s");
    refuse(429, "too_many_requests", message).with("retry-after", seconds.to_string())
}

/// What is to be on disk before it is answered cannot be stored.
pub fn store_lost() -> Answer {
    let message = "the server cannot store anything now, and nothing was done: try again later";
    refuse(503, "store_lost", message).with("retry-after", "5")
}

/// To a body of more than [`BODY_LIMIT`] bytes.
pub fn too_large() -> Answer {
    let message = format!("the body has more than {BODY_LIMIT} bytes: send less");
    refuse(413, "body_too_large", message)
}

/// To a body that does not say how long it is.
pub fn length_required() -> Answer {
    let message = "the body's length is not known: send content-length";
    refuse(411, "length_required", message)
}

pub(super) fn no_token() -> Answer {
    let message = "there is no token: send authorization: Bearer and its 64 digits";
    refuse(401, "no_token", message).with("www-authenticate", "Bearer")
}

pub(super) fn no_route() -> Answer {
    let message = "there is no such path: GET /api/watchdog/v1/openapi.json names all";
    refuse(404, "no_route", message)
}

pub(super) fn method(allow: &'static str) -> Answer {
    let message = format!("this path takes another method: {allow}");
    refuse(405, "method_not_allowed", message).with("allow", allow)
}

pub(super) fn content_type() -> Answer {
    let message = "the body is not said to be JSON: send content-type: application/json";
    refuse(415, "unsupported_media_type", message)
}

pub(super) fn value(message: impl Into<Cow<'static, str>>) -> Answer {
    refuse(400, "bad_value", message)
}

pub(super) fn name(what: &str, error: NameError) -> Answer {
    let remedy = "it takes 1 to 200 bytes of a-z, 0-9, '.', '_' and '-', not only dots";
    refuse(400, "bad_name", format!("{what}: {error}: {remedy}"))
}

pub(super) fn no_watch() -> Answer {
    let message = "there is no watch of this name: PUT makes one, and so does a kick";
    refuse(404, "no_watch", message)
}

pub(super) fn no_delivery() -> Answer {
    let message =
        "there is no such delivery or sink: GET deliveries lists those that your token reaches";
    refuse(404, "no_delivery", message)
}

pub(super) fn no_such_token() -> Answer {
    let message = "your token reaches no valid token of this number: GET tokens lists them";
    refuse(404, "no_such_token", message)
}

pub(super) fn more_than_yours(verbs: &str) -> Answer {
    let message = format!("a token gives no more verbs than it has: ask for {verbs} or fewer");
    refuse(403, "more_than_yours", message)
}

pub(super) fn ping_url() -> Answer {
    let message = "who has a ping URL may kick and fault by it: your token needs both verbs";
    refuse(403, "missing_verb", message)
}

pub(super) fn unfit(message: impl Into<Cow<'static, str>>) -> Answer {
    refuse(409, "unfit", message)
}

pub(super) fn full(message: impl Into<Cow<'static, str>>) -> Answer {
    refuse(409, "full", message)
}

pub(super) fn mint(error: MintError) -> Answer {
    match error {
        MintError::Prefix(error) => name("prefix", error),
        MintError::Missing => no_such_token(),
        MintError::Many | MintError::ManyOfPrefix => full(error.to_string()),
    }
}
