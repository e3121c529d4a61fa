//! The way to a sink: one request over HTTP, and its answer. Where ureq is.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error};

use super::files::{certificates, token};
use super::guard::{Guard, NotPublic};
use super::judge::Answer;
use super::lookup::Lookup;
use crate::config::SinkConfig;
use crate::words;

const AGENT: &str = concat!("watchdog/", env!("CARGO_PKG_VERSION"));

/// For all of a request: to look the host up, to connect, to send, and to hear the answer.
pub(super) const LIMIT: Duration = Duration::from_secs(15);

/// Of an answer so many bytes are read: of its head, and of its body.
const LONGEST_HEAD: usize = 16 * 1024;
const LONGEST_TEXT: u64 = 4 * 1024;

/// So much of a text is shown, in characters.
const SHOWN_TEXT: usize = 200;

/// A secret that is shorter may be a word that stands in any answer.
const SHORTEST_SECRET: usize = 6;

/// The way to a sink.
pub(super) struct Way {
    agent: Agent,
    uri: Uri,
    /// What stands before the path.
    shown: String,
    headers: HeaderMap,
    /// What nobody is shown, even where the sink repeats it.
    secrets: Vec<String>,
    limit: Duration,
    /// What can be done where it is at an address that is not public.
    pub(super) elsewhere: &'static str,
}

/// Without the secrets.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Way").field(&self.shown).finish()
    }
}

impl Way {
    /// The way that a sink's configuration says; `behind` is put behind its path.
    pub(super) fn new(
        sink: &SinkConfig,
        behind: &str,
        lookup: impl Lookup,
        limit: Duration,
    ) -> Result<Self, String> {
        let guard = Guard {
            lookup,
            allows_private: sink.allow_private,
        };
        let roots = match &sink.ca_file {
            Some(file) => {
                let shown = file.display();
                let certificates = certificates(file);
                RootCerts::new_with_certs(
                    &certificates.map_err(|why| format!("ca_file: {shown}: {why}"))?,
                )
            }
            None => RootCerts::WebPki,
        };
        let url = sink.url.uri();
        let uri = match behind {
            "" => url.clone(),
            behind => {
                let text = format!("{}{behind}", url.to_string().trim_end_matches('/'));
                text.parse()
                    .map_err(|_| "`url` has no room for a path".to_owned())?
            }
        };
        let mut way = Self {
            agent: agent(roots, guard),
            shown: sink.url.to_string(),
            secrets: Vec::new(),
            headers: HeaderMap::new(),
            uri,
            limit,
            elsewhere: "write `allow_private = true` if that is meant",
        };
        way.keep_secret(url.path());
        way.keep_secret(url.path().trim_matches('/'));
        way.keep_secret(url.query().unwrap_or_default());
        for part in url
            .path()
            .split('/')
            .chain(url.query().unwrap_or_default().split(['&', '=']))
        {
            way.keep_secret(part);
        }
        for (name, value) in sink.headers.iter() {
            way.header(name, value)?;
        }
        if let Some(file) = &sink.bearer_file {
            let shown = file.display();
            let token = token(file).map_err(|why| format!("bearer_file: {shown}: {why}"))?;
            way.header("authorization", &format!("Bearer {token}"))?;
            way.keep_secret(&token);
        }
        // The longest first: a shorter one may be a part of it.
        way.secrets
            .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(way)
    }

    fn header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let cannot = || format!("headers: {name:?} cannot be sent");
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot())?;
        let mut field = HeaderValue::from_str(value).map_err(|_| cannot())?;
        field.set_sensitive(true);
        self.headers.insert(key, field);
        self.keep_secret(value);
        Ok(())
    }

    fn keep_secret(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.secrets.push(secret.to_owned());
        }
    }

    /// Sends a body.
    ///
    /// # Errors
    ///
    /// There was no answer: why, in one line without secrets.
    pub(super) fn post(
        &self,
        content_type: &str,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<Answer, String> {
        let answer = self.send(content_type, headers, body);
        let answer = answer.map_err(|error| format!("{}: {}", self.shown, self.reason(&error)))?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        let retry_after = retry_after.map(str::to_owned);
        let mut text = Vec::new();
        if !answer.status().is_success() {
            // As much of it as there is.
            let reader = answer.into_body().into_reader();
            let _ = reader.take(LONGEST_TEXT).read_to_end(&mut text);
        }
        Ok(Answer {
            status,
            retry_after,
            text: String::from_utf8_lossy(&text).into_owned(),
        })
    }

    fn send(
        &self,
        content_type: &str,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<ureq::http::Response<ureq::Body>, Error> {
        let mut head = Request::post(&self.uri);
        if let Some(all) = head.headers_mut() {
            all.extend(self.headers.clone());
        }
        head = head.header("content-type", content_type);
        for (name, value) in headers {
            head = head.header(*name, value);
        }
        let request = self.agent.configure_request(head.body(body)?);
        self.agent
            .run(request.timeout_global(Some(self.limit)).build())
    }

    /// An answer that was not what it should be, in one line without secrets.
    pub(super) fn problem(&self, answer: &Answer) -> String {
        let Answer { status, text, .. } = answer;
        let status_shown = format!("{} answered {status}", self.shown);
        if (300..400).contains(status) {
            return format!(
                "{status_shown}, a way to another place, which is not followed; give that place in `url`"
            );
        }
        match &*self.plain(text) {
            "" => status_shown,
            text => format!("{status_shown}: {text}"),
        }
    }

    /// What the sink says, as it may be shown.
    fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            text = text.replace(&**secret, "…");
        }
        let words: Vec<_> = text.split_whitespace().collect();
        let text = words.join(" ");
        let mut shown: String = text.chars().take(SHOWN_TEXT).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        words::one_line(&shown)
    }

    fn reason(&self, error: &Error) -> String {
        let late = || format!("no answer within {}", words::duration(self.limit));
        match error {
            Error::Timeout(_) => late(),
            Error::Io(error) if error.kind() == ErrorKind::TimedOut => late(),
            Error::Io(error) if is_closed(error) => "closed without an answer".to_owned(),
            Error::Io(error) => self.plain(&error.to_string()),
            Error::HostNotFound => "no such host".to_owned(),
            Error::LargeResponseHeader(..) => "the head of its answer is too long".to_owned(),
            Error::Protocol(_) => "its answer is no HTTP".to_owned(),
            Error::Other(other) => match other.downcast_ref::<NotPublic>() {
                Some(refused) => format!("{refused}; {}", self.elsewhere),
                None => self.plain(&other.to_string()),
            },
            other => self.plain(&other.to_string()),
        }
    }
}

fn agent(roots: RootCerts, guard: Guard<impl Lookup>) -> Agent {
    let config = Agent::config_builder()
        // A status is judged elsewhere, with the answer at hand.
        .http_status_as_error(false)
        // Read from the environment otherwise: the addresses that are guarded would be the proxy's.
        .proxy(None)
        // Ten otherwise: to places that nobody has configured.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // Each request is made to addresses that were looked at for it.
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        .max_response_header_size(LONGEST_HEAD)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .user_agent(AGENT)
        .accept(AutoHeaderValue::None)
        // So that nothing is packed, which none would unpack.
        .accept_encoding(AutoHeaderValue::None)
        .build();
    Agent::with_parts(config, DefaultConnector::default(), guard)
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
