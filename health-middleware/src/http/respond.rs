//! From a request for a health path to its answer.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
#[cfg(feature = "html")]
use http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use super::refuse::{not_allowed, refuse};
use super::route::Route;
use super::surface::Exposure;
#[cfg(feature = "testability")]
use super::switching;
use super::{Endpoints, MakeBody, negotiate};
use crate::answer::Answer;
#[cfg(feature = "html")]
use crate::render::PAGE_POLICY;
use crate::render::{Details, Form, Format, Policy};
use crate::report::Endpoint;

/// What answers depend on.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    method: &'a Method,
    path: &'a str,
    headers: &'a HeaderMap,
    details: Details,
}

impl Asked<'_> {
    /// The form that it would rather have.
    fn form(self) -> Form {
        Form {
            format: negotiate::format(self.headers),
            details: self.details,
        }
    }
}

/// The answer to a request for what the route says, as this surface tells it, in
/// a body that `make_body` makes; 404 where that is nothing.
pub(super) fn answer<ReqBody, ResBody>(
    endpoints: &Endpoints,
    exposure: &Exposure,
    route: Option<Route>,
    request: Request<ReqBody>,
    make_body: &impl MakeBody<ResBody>,
) -> Response<ResBody> {
    match &exposure.details {
        Policy::Always(details) => {
            let asked = Asked {
                method: request.method(),
                path: request.uri().path(),
                headers: request.headers(),
                details: *details,
            };
            let told = respond(endpoints, exposure, route, asked);
            finish(told, asked.method, make_body)
        }
        policy @ Policy::ByRequest(_) => {
            let (parts, _) = request.into_parts();
            let asked = Asked {
                method: &parts.method,
                path: parts.uri.path(),
                headers: &parts.headers,
                details: policy.allow(&parts),
            };
            let told = respond(endpoints, exposure, route, asked);
            finish(told, asked.method, make_body)
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

fn respond(
    endpoints: &Endpoints,
    _exposure: &Exposure,
    route: Option<Route>,
    request: Asked<'_>,
) -> Response<Bytes> {
    match route {
        None => refuse(StatusCode::NOT_FOUND, "not found"),
        #[cfg(feature = "testability")]
        Some(Route::Testability(rest)) => {
            let rest = rest.of(request.path);
            let testability = _exposure.testability.as_ref();
            switching::respond(
                endpoints.shared(),
                testability,
                request.method,
                request.headers,
                rest,
            )
        }
        Some(_) if ![Method::GET, Method::HEAD].contains(request.method) => {
            not_allowed("GET, HEAD")
        }
        Some(Route::Endpoint(endpoint)) => tell_endpoint(endpoints, endpoint, request),
        Some(Route::Component(name)) => tell_component(endpoints, name.of(request.path), request),
    }
}

fn tell_endpoint(endpoints: &Endpoints, endpoint: Endpoint, request: Asked<'_>) -> Response<Bytes> {
    let shared = endpoints.shared();
    let form = request.form();
    let snapshot = shared.current();
    let report = &snapshot.report;
    let status = report.endpoint(endpoint).status;
    shared.answered(Some(endpoint), status);
    let answer = snapshot.answers(endpoint).get(form.index(), || {
        let status = report.wording.status_code(status);
        kept(status, form.format, report.body(endpoint, form))
    });
    answer.into()
}

fn tell_component(endpoints: &Endpoints, name: &str, request: Asked<'_>) -> Response<Bytes> {
    let shared = endpoints.shared();
    let form = request.form();
    let snapshot = shared.current();
    let report = &snapshot.report;
    // Names that nobody may see cannot be guessed one by one either.
    let component = match request.details {
        Details::StatusOnly => None,
        Details::Summary | Details::Full => report.component(name),
    };
    let Some(component) = component else {
        return refuse(StatusCode::NOT_FOUND, "no such component");
    };
    shared.answered(None, component.status);
    let answer = component.answers.get(form.index(), || {
        let status = report.wording.status_code(component.status);
        let body = report.wording.component(component, form);
        kept(status, form.format, body)
    });
    answer.into()
}

/// An answer to keep.
fn kept(status: StatusCode, format: Format, body: String) -> Answer {
    let answer = Answer::new(status, format.content_type(), body);
    #[cfg(feature = "html")]
    if format == Format::Html {
        return answer
            .with(CONTENT_SECURITY_POLICY, PAGE_POLICY)
            .with(X_CONTENT_TYPE_OPTIONS, "nosniff");
    }
    answer
}
