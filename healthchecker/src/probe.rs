//! One check from its options to its verdict.

mod wait;

use std::time::Duration;

use healthchecker_core::status::StatusSet;
use healthchecker_core::target::{Place, Protocol, Target};
use ureq::http::{HeaderName, HeaderValue};

use crate::headers::Headers;
use crate::http::{self, BodyTest, Exchange};
use crate::message;
use crate::net::{self, Attempt, Channel, Deadline, Stream};
use crate::options::{Builder, Method};
use crate::verdict::{Cause, Failure, Phase, Verdict};

/// A check that can be made any number of times.
#[derive(Clone, Debug)]
pub struct Probe {
    pub(crate) url: Vec<u8>,
    pub(crate) method: Method,
    pub(crate) headers: Headers,
    pub(crate) status: Option<Vec<u8>>,
    pub(crate) test: BodyTest,
    #[cfg(feature = "tls")]
    pub(crate) tls: crate::net::TlsOptions,
    pub(crate) timeout: Duration,
}

impl Probe {
    /// Options for a check of `url`: `http://HOST[:PORT][/PATH]`, `tcp://HOST:PORT`,
    /// `unix:/SOCKET[:/PATH]`, `unix:@NAME[:/PATH]`, and with the features `tls` and `grpc` `https://`, `grpc://` and
    /// `grpcs://`.
    pub fn builder(url: impl Into<Vec<u8>>) -> Builder {
        Builder::new(url.into())
    }

    /// Makes the check once. Takes at most the timeout.
    pub fn check(&self) -> Verdict {
        self.check_within(self.timeout)
    }

    pub(crate) fn check_within(&self, limit: Duration) -> Verdict {
        let deadline = Deadline::after(limit);
        let Ok(target) = Target::parse(&self.url) else {
            // The builder has parsed the same bytes.
            return verdict(
                deadline,
                String::new(),
                "",
                Err(Failure::new(Cause::System, "bad URL")),
            );
        };
        let Attempt { place, result } = net::connect(target.place, deadline);
        let result = result
            .and_then(|stream| self.ask(&target, stream, deadline))
            // Nothing is healthy after its deadline, whatever took the time: the process may have been
            // stopped anywhere.
            .and_then(|what| match deadline.remaining() {
                Ok(_) => Ok(what),
                Err(error) => Err(deadline.failure(&error, self.last_phase(&target))),
            });
        let path = message::escaped(target.path, 512);
        verdict(deadline, place, &path, result)
    }

    /// What a check is doing last.
    fn last_phase(&self, target: &Target<'_>) -> Phase {
        if target.protocol == Protocol::Tcp {
            Phase::Connecting
        } else if self.test.is_empty() {
            Phase::Waiting
        } else {
            Phase::Reading
        }
    }

    fn ask(
        &self,
        target: &Target<'_>,
        stream: Stream,
        deadline: Deadline,
    ) -> Result<String, Failure> {
        match target.protocol {
            Protocol::Tcp => Ok(String::from("connected")),
            Protocol::Http => self.ask_http(target, Channel::Plain(stream), deadline),
            #[cfg(feature = "tls")]
            Protocol::Https => {
                let channel = self.shake_hands(target, stream, b"http/1.1")?;
                self.ask_http(target, channel, deadline)
            }
            #[cfg(feature = "grpc")]
            Protocol::Grpc => self.ask_grpc(target, Channel::Plain(stream), deadline),
            #[cfg(all(feature = "grpc", feature = "tls"))]
            Protocol::Grpcs => {
                let channel = self.shake_hands(target, stream, b"h2")?;
                self.ask_grpc(target, channel, deadline)
            }
            // The builder has refused what this build lacks.
            #[cfg(not(all(feature = "grpc", feature = "tls")))]
            _ => Err(Failure::new(Cause::System, "not in this build")),
        }
    }

    #[cfg(feature = "tls")]
    fn shake_hands(
        &self,
        target: &Target<'_>,
        stream: Stream,
        protocol: &[u8],
    ) -> Result<Channel, Failure> {
        let host = match target.place {
            Place::Network { text, .. } => String::from_utf8_lossy(text),
            _ => "localhost".into(),
        };
        crate::net::handshake(stream, &self.tls, &host, protocol)
    }

    fn ask_http(
        &self,
        target: &Target<'_>,
        channel: Channel,
        deadline: Deadline,
    ) -> Result<String, Failure> {
        let status = self
            .status
            .as_deref()
            .and_then(StatusSet::parse)
            .unwrap_or_default();
        let headers = self.read_headers(target)?;
        let exchange = Exchange {
            method: self.method,
            host: &host_header(target),
            path: str::from_utf8(target.path).unwrap_or("/"),
            headers: &headers,
            status,
            test: &self.test,
            deadline,
        };
        http::check(&exchange, channel)
    }

    #[cfg(feature = "grpc")]
    fn ask_grpc(
        &self,
        target: &Target<'_>,
        channel: Channel,
        deadline: Deadline,
    ) -> Result<String, Failure> {
        let call = crate::grpc::Call {
            secure: target.protocol == Protocol::Grpcs,
            authority: &host_header(target),
            service: str::from_utf8(target.path).unwrap_or_default(),
            headers: self.read_headers(target)?,
            deadline,
        };
        crate::grpc::check(&call, channel)
    }

    fn read_headers(&self, target: &Target<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
        let headers = self.headers.read(target.protocol);
        headers.map_err(|error| Failure::new(Cause::System, format!("--header-file: {error}")))
    }
}

fn verdict(
    deadline: Deadline,
    place: String,
    path: &str,
    result: Result<String, Failure>,
) -> Verdict {
    let (cause, what, body) = match result {
        Ok(what) => (None, what, Vec::new()),
        Err(failure) => (Some(failure.cause), failure.what, failure.body),
    };
    Verdict {
        cause,
        what,
        place,
        path: path.to_owned(),
        elapsed: deadline.elapsed(),
        body,
    }
}

/// The Host header (RFC 9110, section 7.2): the port only where it is not the scheme's own.
fn host_header(target: &Target<'_>) -> String {
    let Place::Network { text, port, .. } = target.place else {
        return String::from("localhost");
    };
    let mut host = String::from_utf8_lossy(text).into_owned();
    let default = if target.protocol == Protocol::Https {
        443
    } else {
        80
    };
    if port != default {
        host.push(':');
        host.push_str(&port.to_string());
    }
    host
}
