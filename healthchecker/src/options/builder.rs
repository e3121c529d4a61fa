//! What to check and what counts as healthy: the options, and the probe that they build.

use std::fmt;
use std::time::Duration;

use healthchecker_core::duration;
use healthchecker_core::status::{self, StatusSet};
use healthchecker_core::target::Protocol;

use super::url;
use crate::headers::Headers;
use crate::http::BodyTest;
use crate::message;
use crate::probe::Probe;

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

/// Why options cannot be used. Its [`Display`](fmt::Display) names the option, the value and the
/// accepted form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError {
    option: &'static str,
    text: String,
}

impl OptionsError {
    pub(crate) fn new(option: &'static str, text: impl Into<String>) -> Self {
        Self {
            option,
            text: text.into(),
        }
    }

    pub(crate) fn value(option: &'static str, value: &[u8], accepted: &str) -> Self {
        let value = message::escaped(value, 200);
        Self::new(
            option,
            format!("bad value \"{value}\"; accepted: {accepted}"),
        )
    }

    /// The option at fault, as the command line names it without its dashes; `url` for the URL.
    pub fn option(&self) -> &'static str {
        self.option
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dashes = if self.option == "url" { "" } else { "--" };
        write!(f, "{dashes}{}: {}", self.option, self.text)
    }
}

impl std::error::Error for OptionsError {}

/// The default of [`Builder::timeout`].
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of a text that is looked for in a body: the search takes time in proportion to it.
const MAX_CONTAINED: usize = 4096;

/// Collects options. Nothing is judged before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    pub(crate) url: Vec<u8>,
    pub(crate) method: Option<Method>,
    pub(crate) headers: Vec<Vec<u8>>,
    pub(crate) header_files: Vec<Vec<u8>>,
    pub(crate) status: Option<Vec<u8>>,
    pub(crate) contains: Option<Vec<u8>>,
    #[cfg(feature = "json")]
    pub(crate) json: Option<Vec<u8>>,
    #[cfg(feature = "tls")]
    pub(crate) tls: crate::net::TlsOptions,
    pub(crate) timeout: Duration,
}

impl Builder {
    pub(crate) fn new(url: Vec<u8>) -> Self {
        Self {
            url,
            method: None,
            headers: Vec::new(),
            header_files: Vec::new(),
            status: None,
            contains: None,
            #[cfg(feature = "json")]
            json: None,
            #[cfg(feature = "tls")]
            tls: crate::net::TlsOptions::default(),
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
    /// distribution keeps under `/etc`. For TLS targets.
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
        let target = url::check(&self.url)?;
        let is_http = matches!(target.protocol, Protocol::Http | Protocol::Https);
        if !is_http {
            self.refuse_http_options(target.protocol)?;
        }
        let headers = Headers::judge(&self.headers, &self.header_files, target.protocol)?;
        if let Some(set) = &self.status
            && StatusSet::parse(set).is_none()
        {
            return Err(OptionsError::value("status", set, status::ACCEPTED));
        }
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
        let test = self.body_test()?;
        if self.method == Some(Method::Head) && !test.is_empty() {
            let option = if test.contains.is_some() {
                "contains"
            } else {
                "json"
            };
            return Err(OptionsError::new(option, "a HEAD request has no body"));
        }
        #[cfg(feature = "tls")]
        self.check_tls(target.protocol)?;
        if self.timeout < Duration::from_millis(1) || self.timeout > Duration::from_secs(3600) {
            let value = message::limit(self.timeout);
            return Err(OptionsError::value(
                "timeout",
                value.as_bytes(),
                duration::ACCEPTED,
            ));
        }
        Ok(Probe {
            url: self.url,
            method: self.method.unwrap_or_default(),
            headers,
            status: self.status,
            test,
            #[cfg(feature = "tls")]
            tls: self.tls,
            timeout: self.timeout,
        })
    }

    fn body_test(&self) -> Result<BodyTest, OptionsError> {
        Ok(BodyTest {
            contains: self.contains.clone(),
            #[cfg(feature = "json")]
            json: match &self.json {
                Some(text) => Some(crate::http::JsonTest::parse(text).ok_or_else(|| {
                    OptionsError::value("json", text, crate::http::ACCEPTED_JSON)
                })?),
                None => None,
            },
        })
    }

    #[cfg(feature = "tls")]
    fn check_tls(&self, protocol: Protocol) -> Result<(), OptionsError> {
        let given = [
            ("cacert", self.tls.cacert.is_some()),
            ("cert", self.tls.cert.is_some()),
            ("key", self.tls.key.is_some()),
            ("server-name", self.tls.server_name.is_some()),
            ("insecure", self.tls.insecure),
        ];
        if !matches!(protocol, Protocol::Https | Protocol::Grpcs)
            && let Some((option, _)) = given.iter().find(|(_, given)| *given)
        {
            return Err(OptionsError::new(
                option,
                "has no meaning without https:// or grpcs://",
            ));
        }
        if self.tls.insecure && self.tls.cacert.is_some() {
            return Err(OptionsError::new("insecure", "excluded by --cacert"));
        }
        if self.tls.key.is_some() && self.tls.cert.is_none() {
            return Err(OptionsError::new("key", "has no meaning without --cert"));
        }
        if let Some(name) = &self.tls.server_name
            && rustls::pki_types::ServerName::try_from(name.as_str()).is_err()
        {
            return Err(OptionsError::value(
                "server-name",
                name.as_bytes(),
                "a DNS name or an address",
            ));
        }
        Ok(())
    }

    fn refuse_http_options(&self, protocol: Protocol) -> Result<(), OptionsError> {
        let scheme = url::scheme(protocol);
        let takes_headers = protocol != Protocol::Tcp;
        for (option, given, is_taken) in [
            ("method", self.method.is_some(), false),
            ("header", !self.headers.is_empty(), takes_headers),
            ("header-file", !self.header_files.is_empty(), takes_headers),
            ("status", self.status.is_some(), false),
            ("contains", self.contains.is_some(), false),
            #[cfg(feature = "json")]
            ("json", self.json.is_some(), false),
        ] {
            if given && !is_taken {
                let takers = if option.starts_with("header") {
                    "only for http, https, unix and grpc"
                } else {
                    "only for http, https and unix"
                };
                let text = format!("has no meaning for {scheme}:// ({takers})");
                return Err(OptionsError::new(option, text));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
