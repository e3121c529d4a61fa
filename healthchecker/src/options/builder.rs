//! What to check and what counts as healthy: the options, and the probe that they build.

use std::borrow::Cow;
use std::time::Duration;

use healthchecker_core::duration;
use healthchecker_core::status::{self, StatusSet};

use super::error::OptionsError;
#[cfg(feature = "tls")]
use super::tls::TlsWords;
use super::{headers, url};
#[cfg(feature = "json")]
use crate::http::{ACCEPTED_JSON, JsonTest};
use crate::http::{BodyTest, Method};
#[cfg(feature = "remote")]
use crate::kick::Kick;
use crate::message;
use crate::probe::Probe;
use crate::target::{Protocol, Target};

/// The default of [`Builder::timeout`].
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of a text that is looked for in a body: the search takes time in proportion to it.
const MAX_CONTAINED: usize = 4096;

impl Probe {
    /// Options for a check of `url`: `http://HOST[:PORT][/PATH]`, `tcp://HOST:PORT`,
    /// `unix:/SOCKET[:/PATH]`, `unix:@NAME[:/PATH]`, and with the features `tls` and `grpc` `https://`, `grpc://` and
    /// `grpcs://`.
    pub fn builder(url: impl Into<Vec<u8>>) -> Builder {
        Builder::new(url::read(&url.into()))
    }
}

/// Collects options. Nothing is refused before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    target: Result<Target, OptionsError>,
    method: Option<Method>,
    headers: Vec<Vec<u8>>,
    header_files: Vec<Vec<u8>>,
    status: Option<Vec<u8>>,
    contains: Option<Vec<u8>>,
    #[cfg(feature = "json")]
    json: Option<Vec<u8>>,
    #[cfg(feature = "tls")]
    pub(super) tls: TlsWords,
    #[cfg(feature = "remote")]
    pub(super) kick: Option<Kick>,
    timeout: Duration,
}

impl Builder {
    pub(super) fn new(target: Result<Target, OptionsError>) -> Self {
        Self {
            target,
            method: None,
            headers: Vec::new(),
            header_files: Vec::new(),
            status: None,
            contains: None,
            #[cfg(feature = "json")]
            json: None,
            #[cfg(feature = "tls")]
            tls: TlsWords::default(),
            #[cfg(feature = "remote")]
            kick: None,
            timeout: DEFAULT_TIMEOUT,
        }
    }

    /// The request method: GET by default. For HTTP targets.
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Adds a request header, written `Name: value`. `Host`, `User-Agent` and `Accept` replace the
    /// probe's own. For gRPC it is metadata: `Host` is the authority, a name that ends in `-bin` has a
    /// value in base64, and `grpc-…` and `Content-Type` are gRPC's own. For HTTP and gRPC targets.
    pub fn header(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.headers.push(header.into());
        self
    }

    /// Adds a request header whose value is a file's content, written `Name=/path`: what is secret is
    /// then on no command line. The file is read for each check, without the blanks and line ends
    /// around its content; it is a regular one, with at most 16 KiB. For HTTP and gRPC targets.
    pub fn header_file(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.header_files.push(header.into());
        self
    }

    /// The status codes that count as healthy, such as `200-299,407`: 200–299 by default. For HTTP
    /// targets.
    pub fn status(mut self, set: impl Into<Vec<u8>>) -> Self {
        self.status = Some(set.into());
        self
    }

    /// A text of 1 to 4096 bytes that a healthy body contains, byte for byte. For HTTP targets.
    pub fn contains(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.contains = Some(text.into());
        self
    }

    /// A value that a healthy body, as JSON, has: `POINTER=VALUE`, the pointer as in RFC 6901, such
    /// as `/status=UP`. A string is compared by its text, a number, `true`, `false` and `null` by
    /// value. Bodies over 64 KiB are refused. For HTTP targets.
    #[cfg(feature = "json")]
    pub fn json(mut self, test: impl Into<Vec<u8>>) -> Self {
        self.json = Some(test.into());
        self
    }

    /// A file of certificates in PEM form to trust, and no others. By default those that the
    /// distribution keeps under `/etc`. For TLS targets, and for a kick over TLS that has no file of its
    /// own.
    #[cfg(feature = "tls")]
    pub fn cacert(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.tls.cacert = Some(file.into());
        self
    }

    /// A file with the certificate to show to a server that asks for one, in PEM form: the probe's own
    /// first, then those that lead to an authority. For TLS targets.
    #[cfg(feature = "tls")]
    pub fn cert(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.tls.cert = Some(file.into());
        self
    }

    /// A file with that certificate's private key, in PEM form: the certificate's own file by default.
    /// For TLS targets.
    #[cfg(feature = "tls")]
    pub fn key(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.tls.key = Some(file.into());
        self
    }

    /// The name that the certificate must have, also sent as SNI: the URL's host by default. For
    /// TLS targets.
    #[cfg(feature = "tls")]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.tls.server_name = Some(name.into());
        self
    }

    /// Whether to believe any certificate. For TLS targets.
    #[cfg(feature = "tls")]
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.tls.insecure = insecure;
        self
    }

    /// The limit for the whole check, from 1 ms to 1 h: 2 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Judges the options together.
    ///
    /// # Errors
    /// [`OptionsError`] for a URL, header, status set or timeout of another than the accepted form,
    /// for options that contradict each other or have no meaning for the URL's protocol, and for
    /// what this build of the crate lacks.
    pub fn build(self) -> Result<Probe, OptionsError> {
        let target = self.target?;
        let is_http = target.protocol.is_http();
        let takes_headers = target.protocol != Protocol::Tcp;
        for (option, given, is_taken) in [
            ("method", self.method.is_some(), is_http),
            ("header", !self.headers.is_empty(), takes_headers),
            ("header-file", !self.header_files.is_empty(), takes_headers),
            ("status", self.status.is_some(), is_http),
            ("contains", self.contains.is_some(), is_http),
            #[cfg(feature = "json")]
            ("json", self.json.is_some(), is_http),
        ] {
            if given && !is_taken {
                return Err(meaningless(option, &target));
            }
        }
        let headers = headers::judge(&self.headers, &self.header_files, target.protocol)?;
        let status = match self.status {
            None => StatusSet::default(),
            Some(set) => StatusSet::parse(Cow::Owned(set))
                .map_err(|set| OptionsError::value("status", &set, status::ACCEPTED))?,
        };
        if let Some(text) = &self.contains {
            let problem = match text.len() {
                0 => "an empty text is in every body",
                1..=MAX_CONTAINED => "",
                _ => "longer than 4 KiB",
            };
            if !problem.is_empty() {
                return Err(OptionsError::new("contains", problem));
            }
        }
        let test = BodyTest {
            contains: self.contains,
            #[cfg(feature = "json")]
            json: match self.json {
                None => None,
                Some(text) => Some(
                    JsonTest::parse(&text)
                        .ok_or_else(|| OptionsError::value("json", &text, ACCEPTED_JSON))?,
                ),
            },
        };
        let method = self.method.unwrap_or_default();
        if method == Method::Head && !test.is_empty() {
            let option = if test.contains.is_some() {
                "contains"
            } else {
                "json"
            };
            return Err(OptionsError::new(option, "a HEAD request has no body"));
        }
        #[cfg(all(feature = "remote", feature = "tls"))]
        let kick = self.kick.map(|kick| self.tls.trusted_by(kick));
        #[cfg(all(feature = "remote", not(feature = "tls")))]
        let kick = self.kick;
        #[cfg(feature = "tls")]
        let tls = self.tls.judge(target.is_secure)?;
        if self.timeout < Duration::from_millis(1) || self.timeout > Duration::from_secs(3600) {
            let value = message::limit(self.timeout);
            return Err(OptionsError::value(
                "timeout",
                value.as_bytes(),
                duration::ACCEPTED,
            ));
        }
        Ok(Probe {
            target,
            method,
            headers,
            status,
            test,
            #[cfg(feature = "tls")]
            tls,
            #[cfg(feature = "remote")]
            kick,
            timeout: self.timeout,
        })
    }
}

/// What is said of an option that is only for other protocols than the target's.
fn meaningless(option: &'static str, target: &Target) -> OptionsError {
    let scheme = match target.protocol {
        Protocol::Tcp => "tcp",
        _ if target.is_secure => "grpcs",
        _ => "grpc",
    };
    let takers = if option.starts_with("header") {
        "only for http, https, unix and grpc"
    } else {
        "only for http, https and unix"
    };
    OptionsError::new(option, format!("has no meaning for {scheme}:// ({takers})"))
}

#[cfg(test)]
mod tests;
