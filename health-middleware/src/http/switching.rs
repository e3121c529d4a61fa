//! Requests that switch the service sick, and what they are answered.

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::Endpoints;
use super::refuse::{not_allowed, refuse};
use crate::answer::Answer;
use crate::testability::Refusal;

/// The answer to a request below the prefix of testability.
pub(super) fn respond(
    endpoints: &Endpoints,
    method: &Method,
    headers: &HeaderMap,
    rest: &str,
) -> Response<Bytes> {
    let Some(testability) = &endpoints.config.testability else {
        return refuse(StatusCode::NOT_FOUND, "not found");
    };
    match testability.obey(endpoints.shared(), method, headers, rest) {
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
