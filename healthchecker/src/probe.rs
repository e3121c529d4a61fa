//! One check from its options, which are typed values by now, to its verdict.
//!
//! Touches `grpc`, `headers`, `http`, `kick`, `message`, `net`, `target` and `verdict`.

mod wait;

use std::borrow::Cow;
use std::time::Duration;

use healthchecker_core::status::StatusSet;
use ureq::http::{HeaderName, HeaderValue};

#[cfg(feature = "grpc")]
use crate::grpc::{self, Call};
use crate::headers::Headers;
use crate::http::{self, BodyTest, Exchange, Method};
#[cfg(feature = "remote")]
use crate::kick::{Kick, Ping};
use crate::message;
use crate::net::{self, Attempt, Channel, Deadline, Stream};
use crate::target::{Protocol, Target};
use crate::verdict::{Cause, Failure, Phase, Verdict};

/// A check that can be made any number of times.
#[derive(Clone, Debug)]
pub struct Probe {
    pub(crate) target: Target,
    pub(crate) method: Method,
    pub(crate) headers: Headers,
    pub(crate) status: StatusSet<Cow<'static, [u8]>>,
    pub(crate) test: BodyTest,
    #[cfg(feature = "tls")]
    pub(crate) tls: net::TlsOptions,
    #[cfg(feature = "remote")]
    pub(crate) kick: Option<Kick>,
    pub(crate) timeout: Duration,
}

impl Probe {
    /// Makes the check once. Takes at most the timeout, with the kick if there is one.
    pub fn check(&self) -> Verdict {
        self.check_within(self.timeout)
    }

    fn check_within(&self, limit: Duration) -> Verdict {
        let deadline = Deadline::after(limit);
        let Attempt { place, result } = net::connect(&self.target.place, deadline);
        let result = result
            .and_then(|stream| self.ask(stream))
            // Nothing is healthy after its deadline, whatever took the time: the process may have been
            // stopped anywhere.
            .and_then(|what| match deadline.remaining() {
                Ok(_) => Ok(what),
                Err(error) => Err(deadline.failure(&error, self.last_phase())),
            });
        // The kick has what is left.
        let elapsed = deadline.elapsed();
        let (cause, what, body) = match result {
            Ok(what) => (None, what, Vec::new()),
            Err(failure) => (Some(failure.cause), failure.what, failure.body),
        };
        Verdict {
            cause,
            what,
            place,
            path: message::escaped(self.target.path.as_bytes(), 512),
            elapsed,
            body,
            #[cfg(feature = "remote")]
            kick: match &self.kick {
                Some(kick) if cause.is_none() => kick.report(Ping::Success, deadline),
                _ => String::new(),
            },
        }
    }

    /// What a check is doing last.
    fn last_phase(&self) -> Phase {
        if self.target.protocol == Protocol::Tcp {
            Phase::Connecting
        } else if self.test.is_empty() {
            Phase::Waiting
        } else {
            Phase::Reading
        }
    }

    fn ask(&self, stream: Stream) -> Result<String, Failure> {
        match self.target.protocol {
            Protocol::Tcp => Ok(String::from("connected")),
            Protocol::Http => self.ask_http(self.channel(stream, b"http/1.1")?),
            #[cfg(feature = "grpc")]
            Protocol::Grpc => self.ask_grpc(self.channel(stream, b"h2")?),
        }
    }

    /// What a protocol, by its name for TLS, is spoken through.
    #[cfg(feature = "tls")]
    fn channel(&self, stream: Stream, protocol: &[u8]) -> Result<Channel, Failure> {
        if self.target.is_secure {
            net::handshake(stream, &self.tls, self.target.host(), protocol)
        } else {
            Ok(Channel::Plain(stream))
        }
    }

    #[cfg(not(feature = "tls"))]
    fn channel(&self, stream: Stream, _: &[u8]) -> Result<Channel, Failure> {
        Ok(Channel::Plain(stream))
    }

    fn ask_http(&self, channel: Channel) -> Result<String, Failure> {
        let exchange = Exchange {
            method: self.method,
            host: &self.target.authority(),
            path: &self.target.path,
            headers: &self.read_headers()?,
            status: &self.status,
            test: &self.test,
        };
        http::check(&exchange, channel)
    }

    #[cfg(feature = "grpc")]
    fn ask_grpc(&self, channel: Channel) -> Result<String, Failure> {
        let call = Call {
            secure: self.target.is_secure,
            authority: &self.target.authority(),
            service: &self.target.path,
            headers: self.read_headers()?,
            deadline: channel.stream().deadline(),
        };
        grpc::check(&call, channel)
    }

    fn read_headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
        let headers = self.headers.read(self.target.protocol);
        headers.map_err(|error| Failure::new(Cause::System, format!("--header-file: {error}")))
    }
}
