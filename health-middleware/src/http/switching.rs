//! Requests that switch the service sick, and what they are answered.

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::refuse::{not_allowed, refuse};
use crate::answer::Answer;
use crate::engine::Shared;
use crate::testability::{Refusal, Testability};

/// The answer to a request below the prefix of testability.
pub(super) fn respond(
    shared: &Shared,
    testability: Option<&Testability>,
    method: &Method,
    headers: &HeaderMap,
    rest: &str,
) -> Response<Bytes> {
    let Some(testability) = testability else {
        return refuse(StatusCode::NOT_FOUND, "not found");
    };
    match testability.obey(shared, method, headers, rest) {
        Ok(said) => Response::from(&Answer::new(StatusCode::OK, "application/json", said)),
        Err(Refusal::Unauthorized) => {
            let mut response = refuse(StatusCode::UNAUTHORIZED, "a bearer token is needed");
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
            response
        }
        Err(Refusal::MethodNotAllowed) => not_allowed("GET, PUT, POST"),
        Err(Refusal::NotFound) => refuse(StatusCode::NOT_FOUND, "not found"),
        Err(Refusal::Invalid(allowed)) => refuse(StatusCode::BAD_REQUEST, allowed),
    }
}
