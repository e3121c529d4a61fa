//! From a request for a health path to its answer.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use super::route::Route;
#[cfg(feature = "testability")]
use super::switching;
use super::{Endpoints, MakeBody, negotiate};
use crate::answer::Answer;
use crate::render::{Details, Form, Policy, Wording};
use crate::report::{Component, Endpoint};
use crate::state::Snapshot;

/// What answers depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    path: &'a str,
    pub(super) headers: &'a HeaderMap,
    details: Details,
}

/// The answer to a request for a health path, in a body that `make_body` makes.
pub(super) fn answer<ReqBody, ResBody>(
    endpoints: &Endpoints,
    request: Request<ReqBody>,
    make_body: &impl MakeBody<ResBody>,
) -> Response<ResBody> {
    match &endpoints.config.details {
        Policy::Always(details) => {
            let asked = Asked {
                method: request.method(),
                path: request.uri().path(),
                headers: request.headers(),
                details: *details,
            };
            finish(respond(endpoints, asked), asked.method, make_body)
        }
        policy @ Policy::ByRequest(_) => {
            let (parts, _) = request.into_parts();
            let asked = Asked {
                method: &parts.method,
                path: parts.uri.path(),
                headers: &parts.headers,
                details: policy.allow(&parts),
            };
            finish(respond(endpoints, asked), asked.method, make_body)
        }
    }
}

/// HEAD gets the headers alone, with the length that GET's body would have (RFC
/// 9110, section 8.6).
fn finish<B>(
    mut answer: Response<Bytes>,
    method: &Method,
    make_body: &impl MakeBody<B>,
) -> Response<B> {
    if method == Method::HEAD {
        let length = HeaderValue::from(answer.body().len());
        answer.headers_mut().insert(CONTENT_LENGTH, length);
        *answer.body_mut() = Bytes::new();
    }
    answer.map(|bytes| make_body.make_body(bytes))
}

fn respond(endpoints: &Endpoints, request: Asked<'_>) -> Response<Bytes> {
    let (shared, config) = (endpoints.shared(), &endpoints.config);
    let route = match config.routes.find(request.path) {
        Some(route) => route,
        None => return refuse(StatusCode::NOT_FOUND, "not found"),
    };
    #[cfg(feature = "testability")]
    if let Route::Testability(rest) = route {
        return switching::respond(endpoints, request, rest);
    }
    if ![Method::GET, Method::HEAD].contains(request.method) {
        return not_allowed("GET, HEAD");
    }
    let wording = &config.wording;
    let form = Form {
        format: negotiate::format(request.headers),
        details: request.details,
    };
    let snapshot = shared.current();
    match route {
        Route::Endpoint(endpoint) => {
            let status = snapshot.report.verdict(endpoint).status;
            shared.observer.answered(Some(endpoint), status);
            endpoint_answer(&snapshot, endpoint, form, wording).into()
        }
        // Names that nobody may see cannot be guessed one by one either.
        Route::Component(_) if request.details == Details::StatusOnly => no_such_component(),
        Route::Component(name) => match snapshot.report.component(name) {
            Some(component) => {
                shared.observer.answered(None, component.status);
                component_answer(component, form, wording).into()
            }
            None => no_such_component(),
        },
        #[cfg(feature = "testability")]
        Route::Testability(_) => refuse(StatusCode::NOT_FOUND, "not found"),
    }
}

/// What an endpoint answers.
fn endpoint_answer<'a>(
    snapshot: &'a Snapshot,
    endpoint: Endpoint,
    form: Form,
    wording: &Wording,
) -> &'a Answer {
    snapshot.answers(endpoint).get(form.index(), || {
        let status = wording.status_code(snapshot.report.verdict(endpoint).status);
        let body = wording.endpoint(&snapshot.report, endpoint, form);
        Answer::new(status, form.content_type(), body)
    })
}

/// What the endpoint of one component answers.
fn component_answer<'a>(component: &'a Component, form: Form, wording: &Wording) -> &'a Answer {
    component.answers.get(form.index(), || {
        let status = wording.status_code(component.status);
        let body = wording.component(component, form);
        Answer::new(status, form.content_type(), body)
    })
}

fn no_such_component() -> Response<Bytes> {
    refuse(StatusCode::NOT_FOUND, "no such component")
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
pub(super) fn refuse(status: StatusCode, why: impl Into<Bytes>) -> Response<Bytes> {
    Response::from(&Answer::new(status, "text/plain; charset=utf-8", why))
}

pub(super) fn not_allowed(allow: &'static str) -> Response<Bytes> {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}
