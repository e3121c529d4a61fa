//! Answers in plain words, to requests that are not met.

use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Response, StatusCode};

use crate::answer::Answer;

/// An answer in plain words.
pub(super) fn refuse(status: StatusCode, why: impl Into<Bytes>) -> Response<Bytes> {
    Response::from(&Answer::new(status, "text/plain; charset=utf-8", why))
}

pub(super) fn not_allowed(allow: &'static str) -> Response<Bytes> {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}
