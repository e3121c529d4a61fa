//! One request to one server, and its answer: where ureq is.

use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http::{Response, request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use super::answer;
use super::endpoint::Endpoint;
use super::request::Request;
use super::settings::Settings;
use crate::words;

const AGENT: &str = concat!("watchdog/", env!("CARGO_PKG_VERSION"));

/// Bytes of a refusal that are read; a line shows fewer.
const MOST_REFUSED: u64 = 8 * 1024;

/// Why it was not done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody answered: another server may.
    Unanswered(String),
    /// That was the answer.
    Final(String),
}

impl Failure {
    pub(super) fn text(self) -> String {
        let (Self::Unanswered(text) | Self::Final(text)) = self;
        text
    }
}

/// An agent with such trust.
pub(super) fn agent(settings: &Settings) -> Agent {
    let roots = match &settings.roots {
        Some(certificates) => RootCerts::new_with_certs(certificates),
        None => RootCerts::WebPki,
    };
    Agent::config_builder()
        // A status is judged here, with the answer at hand.
        .http_status_as_error(false)
        // Read from the environment otherwise: who asks a watchdog asks the watchdog.
        .proxy(None)
        // Ten otherwise: a redirect is an answer like others that are not 200.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A request a process: nothing is kept open.
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .user_agent(AGENT)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .build()
        .new_agent()
}

/// Asks one server. `bearer` is the token, if it may go there.
pub(super) fn call(
    agent: &Agent,
    endpoint: &Endpoint,
    request: &Request,
    bearer: Option<&str>,
    deadline: Duration,
) -> Result<Vec<u8>, Failure> {
    let answer = send(agent, endpoint, request, bearer, deadline);
    let answer = answer.map_err(|error| failure(endpoint, &error, deadline))?;
    let status = answer.status().as_u16();
    let body = answer.into_body().into_with_config();
    if status != request.expected {
        // As much of it as there is.
        let mut text = Vec::new();
        let _ = body.reader().take(MOST_REFUSED).read_to_end(&mut text);
        let text = answer::refusal(&text);
        let colon = if text.is_empty() { "" } else { ": " };
        return Err(Failure::Final(format!(
            "{endpoint} answered {status}{colon}{text}"
        )));
    }
    if request.limit == 0 {
        return Ok(Vec::new());
    }
    let body = body.limit(request.limit).read_to_vec();
    body.map_err(|error| {
        let why = match error {
            Error::BodyExceedsLimit(limit) => format!("is longer than {limit} bytes"),
            other => format!("broke off: {}", reason(&other, deadline)),
        };
        Failure::Final(format!("{endpoint}: its answer {why}"))
    })
}

fn send(
    agent: &Agent,
    endpoint: &Endpoint,
    request: &Request,
    bearer: Option<&str>,
    deadline: Duration,
) -> Result<Response<Body>, Error> {
    let method = if request.body.is_some() {
        "POST"
    } else {
        "GET"
    };
    let mut head = request::Builder::new()
        .method(method)
        .uri(endpoint.url(&request.target));
    if let Some(token) = bearer {
        head = head.header("authorization", format!("Bearer {token}"));
    }
    // All of it: looking the name up, connecting, and the answer to its last byte.
    match &request.body {
        None => {
            let request = agent.configure_request(head.body(())?);
            agent.run(request.timeout_global(Some(deadline)).build())
        }
        Some(body) => {
            let head = head.header("content-type", "application/json");
            let request = agent.configure_request(head.body(body.as_str())?);
            agent.run(request.timeout_global(Some(deadline)).build())
        }
    }
}

/// Whatever speaks no HTTP has answered all the same.
fn failure(endpoint: &Endpoint, error: &Error, deadline: Duration) -> Failure {
    let text = format!("{endpoint}: {}", reason(error, deadline));
    match error {
        Error::Protocol(_)
        | Error::LargeResponseHeader(..)
        | Error::Http(_)
        | Error::BadUri(_)
        | Error::BodyExceedsLimit(_) => Failure::Final(text),
        _ => Failure::Unanswered(text),
    }
}

fn reason(error: &Error, deadline: Duration) -> String {
    match error {
        Error::Timeout(_) => format!("no answer within {}", words::duration(deadline)),
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => {
            format!("no answer within {}", words::duration(deadline))
        }
        Error::Io(error) if is_closed(error) => "closed without an answer".to_owned(),
        Error::Io(error) => words::one_line(&error.to_string()),
        Error::HostNotFound => "no such host".to_owned(),
        other => words::one_line(&other.to_string()),
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}
