//! One HTTP request, judged at the end of its final head.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use healthchecker_core::head::Fault;
use healthchecker_core::status::StatusSet;
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::{HeaderName, HeaderValue, Request, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::body::BodyTest;
use super::transport::{OneConnection, Record, Seen};
use crate::message;
use crate::net::{Channel, Deadline};
use crate::verdict::{Cause, Failure, Phase};

/// How long a message waits for a body that only illustrates it.
const EXCERPT_WAIT: Duration = Duration::from_millis(250);

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
    pub(crate) status: &'a StatusSet<Vec<u8>>,
    pub(crate) test: &'a BodyTest,
    pub(crate) deadline: Deadline,
}

/// Status and reason of a healthy answer.
pub(crate) fn check(exchange: &Exchange<'_>, channel: Channel) -> Result<String, Failure> {
    let (request, length) = request(exchange).map_err(|error| {
        Failure::new(
            Cause::System,
            format!("the request cannot be sent: {error}"),
        )
    })?;
    let record = Record::default();
    let connection = OneConnection::new(channel, record.clone(), length);
    let agent = Agent::with_parts(config(length), connection, NoResolver);
    let answer = agent.run(request);

    let (status, reason) = {
        let mut seen = record.lock();
        match seen.head.take() {
            Some(head) => head,
            None => return Err(headless(&seen, answer.err(), exchange.deadline)),
        }
    };
    let mut what = status.to_string();
    if !reason.is_empty() {
        what.push(' ');
        message::push_escaped(&mut what, &reason, 256);
    }
    if !exchange.status.contains(status) {
        record.lock().body_deadline = Some(exchange.deadline.within(EXCERPT_WAIT));
        let mut failure = Failure::new(Cause::Status(status), what);
        if let Ok(answer) = answer {
            let body = answer
                .into_body()
                .into_with_config()
                .limit(u64::MAX)
                .reader();
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
    let body = match answer {
        Ok(answer) => answer
            .into_body()
            .into_with_config()
            .limit(u64::MAX)
            .reader(),
        Err(error) => {
            let what = format!("{what}, but its body cannot be read: {error}");
            return Err(Failure::new(Cause::Body, what));
        }
    };
    exchange.test.check(body).map_err(|mut failure| {
        if let Some((phase, error)) = record.lock().error.take() {
            failure = Failure {
                body: failure.body,
                ..exchange.deadline.failure(&error, phase)
            };
        }
        failure.what = format!("{what}, but {}", failure.what);
        failure
    })?;
    Ok(what)
}

/// Why there is no final head.
fn headless(seen: &Seen, error: Option<ureq::Error>, deadline: Deadline) -> Failure {
    if let Some(fault) = seen.fault {
        let cause = match fault {
            Fault::TooLarge => Cause::HeadTooLarge,
            Fault::SwitchingProtocols => Cause::SwitchingProtocols,
            Fault::NotHttp => Cause::NotHttp,
        };
        let mut failure = Failure::new(cause, fault.text());
        if cause == Cause::NotHttp {
            failure.body.clone_from(&seen.start);
        }
        return failure;
    }
    match (&seen.error, error) {
        (Some((Phase::Waiting, error)), _) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            let what = if seen.start.is_empty() {
                "closed without a response"
            } else {
                "closed early, before the end of the response's head"
            };
            Failure::new(Cause::Closed(Phase::Waiting), what)
        }
        (Some((phase, error)), _) => deadline.failure(error, *phase),
        (None, Some(error)) => Failure::new(Cause::System, error.to_string()),
        (None, None) => Failure::new(Cause::System, "no response"),
    }
}

/// The request, and the bytes that its head may take.
fn request(exchange: &Exchange<'_>) -> Result<(Request<()>, usize), ureq::http::Error> {
    let uri = Uri::builder()
        .scheme("http")
        .authority("localhost")
        .path_and_query(exchange.path);
    let mut builder = Request::builder()
        .method(match exchange.method {
            Method::Get => ureq::http::Method::GET,
            Method::Head => ureq::http::Method::HEAD,
        })
        .uri(uri.build()?);
    let mut length = 512 + exchange.path.len() + exchange.host.len();
    for (name, value) in [
        ("host", exchange.host),
        (
            "user-agent",
            concat!("healthchecker/", env!("CARGO_PKG_VERSION")),
        ),
        ("accept", "*/*"),
        ("connection", "close"),
    ] {
        if !exchange.headers.iter().any(|(given, _)| given == name) {
            builder = builder.header(name, value);
        }
    }
    for (name, value) in exchange.headers {
        length += name.as_str().len() + value.len() + 4;
        builder = builder.header(name, value);
    }
    Ok((builder.body(())?, length))
}

/// Every default of ureq that a probe cannot have, in one place.
fn config(request: usize) -> Config {
    Agent::config_builder()
        // A status is judged here, with the answer at hand.
        .http_status_as_error(false)
        // Read from the environment otherwise: a probe would ask somebody else.
        .proxy(None)
        // Ten otherwise: a redirect is an answer, and an unhealthy one.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // All waiting ends at the transport's own deadline; with timeouts of its own ureq would
        // start threads.
        .timeout_global(None)
        .timeout_await_100(None)
        // 128 KiB each otherwise.
        .input_buffer_size(4096)
        .output_buffer_size(request)
        // One request a process: nothing is kept open.
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        // Headers are those of the request, and no others.
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .build()
}

/// The connection is made before ureq is asked, so there is nothing to resolve.
#[derive(Debug)]
struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)));
        Ok(addresses)
    }
}
