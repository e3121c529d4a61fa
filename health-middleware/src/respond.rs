//! From a request for a health path to its answer.

use bytes::Bytes;
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use crate::engine::Shared;
use crate::form::Form;
use crate::negotiate;
use crate::observe;
use crate::route::Route;
use crate::snapshot::{Answer, component_answer};

/// The answer to a request whose path is a health path.
pub(crate) fn respond(shared: &Shared, request: &Parts) -> Response<Bytes> {
    let route = match shared.config.routes.find(request.uri.path()) {
        Some(route) => route,
        None => return refuse(StatusCode::NOT_FOUND, "not found"),
    };
    #[cfg(feature = "testability")]
    if let Route::Testability(rest) = route {
        return crate::testability::respond(shared, request, rest);
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return not_allowed("GET, HEAD");
    }
    let wording = &shared.config.wording;
    let form = Form {
        format: negotiate::format(&request.headers),
        details: shared.config.details.allow(request),
    };
    let snapshot = shared.current();
    match route {
        Route::Endpoint(endpoint) => {
            let status = snapshot.report.verdict(endpoint).status;
            observe::answered(shared, Some(endpoint), status);
            snapshot.answer(endpoint, form, wording).into()
        }
        Route::Component(name) => match snapshot.report.component(name) {
            Some(component) => {
                observe::answered(shared, None, component.status);
                component_answer(component, form, wording).into()
            }
            None => refuse(StatusCode::NOT_FOUND, "no such component"),
        },
        #[cfg(feature = "testability")]
        Route::Testability(_) => refuse(StatusCode::NOT_FOUND, "not found"),
    }
}

impl From<&Answer> for Response<Bytes> {
    fn from(answer: &Answer) -> Self {
        let mut response = Response::new(answer.body.clone());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers.clone();
        response
    }
}

/// An answer in plain words.
pub(crate) fn refuse(status: StatusCode, why: impl Into<Bytes>) -> Response<Bytes> {
    Response::from(&Answer::new(status, "text/plain; charset=utf-8", why))
}

pub(crate) fn not_allowed(allow: &'static str) -> Response<Bytes> {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}
