//! One HTTP request, from its head to the verdict on its answer.

use std::borrow::Cow;
use std::io::Read;

use healthchecker_core::status::StatusSet;
use ureq::http::request::Builder;
use ureq::http::{Error, HeaderName, HeaderValue, Request, Uri};

use super::agent::agent;
use super::body::BodyTest;
use super::transport::ScanningTransport;
use crate::message;
use crate::net::Channel;
use crate::verdict::{Cause, Failure};

/// How an HTTP target is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// `GET`, the default.
    #[default]
    Get,
    /// `HEAD`: no body, so neither `contains` nor `json` can be tested.
    Head,
}

/// What is asked for and what counts as healthy.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: Method,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(HeaderName, HeaderValue)],
    pub(crate) status: &'a StatusSet<Cow<'static, [u8]>>,
    pub(crate) test: &'a BodyTest,
}

/// Status and reason of a healthy answer.
pub(crate) fn check(exchange: &Exchange<'_>, channel: Channel) -> Result<String, Failure> {
    let (request, length) = request(exchange).map_err(|error| {
        Failure::new(
            Cause::System,
            format!("the request cannot be sent: {error}"),
        )
    })?;
    let transport = ScanningTransport::new(channel, exchange.status, length);
    let seen = transport.seen();
    let answer = agent(transport, length).run(request);
    let body = answer.map(|answer| {
        let body = answer.into_body().into_with_config();
        body.limit(u64::MAX).reader()
    });

    // The head counts, also where ureq would not have it.
    let (status, reason) = match (seen.head.get(), &body) {
        (Some(Ok(head)), _) => (head.status, &head.reason),
        (Some(Err(failure)), _) => return Err(failure.clone()),
        (None, Err(error)) => return Err(Failure::new(Cause::System, error.to_string())),
        (None, Ok(_)) => return Err(Failure::new(Cause::System, "no response")),
    };
    let mut what = status.to_string();
    if !reason.is_empty() {
        what.push(' ');
        message::push_escaped(&mut what, reason, 256);
    }
    if !exchange.status.contains(status) {
        let mut failure = Failure::new(Cause::Status(status), what);
        if let Ok(body) = body {
            // Whatever came is shown; that more did not is not the failure.
            let _ = body
                .take(message::MAX_BODY as u64)
                .read_to_end(&mut failure.body);
        }
        return Err(failure);
    }
    if exchange.test.is_empty() {
        return Ok(what);
    }
    let tested = match body {
        Ok(body) => exchange.test.check(body),
        Err(error) => {
            let what = format!("its body cannot be read: {error}");
            Err(Failure::new(Cause::Body, what))
        }
    };
    match tested {
        Ok(()) => Ok(what),
        Err(failure) => {
            let cause = seen.broken.get().unwrap_or(&failure);
            Err(Failure {
                what: format!("{what}, but {}", cause.what),
                cause: cause.cause,
                body: failure.body,
            })
        }
    }
}

/// The request, and the bytes that its head may take.
fn request(exchange: &Exchange<'_>) -> Result<(Request<()>, usize), Error> {
    let method = match exchange.method {
        Method::Get => ureq::http::Method::GET,
        Method::Head => ureq::http::Method::HEAD,
    };
    let (head, length) = head(method, exchange.host, exchange.path, exchange.headers)?;
    Ok((head.body(())?, length))
}

/// A request's head, and the bytes that it may take.
pub(super) fn head(
    method: ureq::http::Method,
    host: &str,
    path: &str,
    headers: &[(HeaderName, HeaderValue)],
) -> Result<(Builder, usize), Error> {
    let uri = Uri::builder()
        .scheme("http")
        .authority("localhost")
        .path_and_query(path);
    let mut builder = Request::builder().method(method).uri(uri.build()?);
    let mut length = 512 + path.len() + host.len();
    for (name, value) in [
        ("host", host),
        (
            "user-agent",
            concat!("healthchecker/", env!("CARGO_PKG_VERSION")),
        ),
        ("accept", "*/*"),
        ("connection", "close"),
    ] {
        if !headers.iter().any(|(given, _)| given == name) {
            builder = builder.header(name, value);
        }
    }
    for (name, value) in headers {
        length += name.as_str().len() + value.len() + 4;
        builder = builder.header(name, value);
    }
    Ok((builder, length))
}
