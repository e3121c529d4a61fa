use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use serde::{Deserialize, Deserializer};

use crate::config::value;

/// The longest URL, in bytes.
const LONGEST: usize = 2_000;

/// Where a sink is told. What stands behind the host is often a secret, so that [`Display`](fmt::Display)
/// and [`Debug`](fmt::Debug) show what stands before it.
#[derive(Clone, PartialEq, Eq)]
pub struct SinkUrl(Uri);

/// A URL to which nothing can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// It is no URL with http or https, or has a character that URLs do not have.
    Form,
    /// It is longer than 2000 bytes.
    TooLong,
    /// It has a user, and perhaps a password.
    User,
    /// It has a fragment, which is never sent.
    Fragment,
    /// It has no host, or one that is neither a name nor an address as usually written.
    Host,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "it is not http:// or https:// and a host; write it as \"https://hooks.example/watchdog\", \
                 in ASCII, other characters as %XX"
            }
            Self::TooLong => "it is longer than 2000 bytes",
            Self::User => "it has a user before its host; leave it out, and put a token into a `bearer_file`",
            Self::Fragment => "it has a fragment, which is never sent; leave out the # and what follows it",
            Self::Host => {
                "its host is neither a name nor an address; write a name in ASCII (xn--…), as 192.0.2.1, \
                 or as [2001:db8::1]"
            }
        })
    }
}

impl std::error::Error for UrlError {}

impl SinkUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// If nothing can be sent to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::config::{SinkUrl, UrlError};
    ///
    /// let url = SinkUrl::parse("https://hooks.example/T0/secret")?;
    /// assert_eq!(url.to_string(), "https://hooks.example");
    /// assert_eq!(SinkUrl::parse("https://me@hooks.example/"), Err(UrlError::User));
    /// assert_eq!(SinkUrl::parse("http://2130706433/"), Err(UrlError::Host));
    /// # Ok::<(), UrlError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > LONGEST {
            return Err(UrlError::TooLong);
        }
        if text.contains('#') {
            return Err(UrlError::Fragment);
        }
        // `Uri` would take more.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>'])
        {
            return Err(UrlError::Form);
        }
        let uri: Uri = text.parse().map_err(|_| UrlError::Form)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(UrlError::Form);
        }
        let authority = uri.authority().ok_or(UrlError::Form)?.as_str();
        if authority.contains('@') {
            return Err(UrlError::User);
        }
        let host = uri.host().ok_or(UrlError::Host)?;
        let port = &authority[host.len()..];
        let is_port = port.is_empty() || uri.port_u16().is_some_and(|port| port > 0);
        if is_host(host) && is_port {
            Ok(Self(uri))
        } else {
            Err(UrlError::Host)
        }
    }

    /// Whether it is https.
    pub fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// The whole, secrets included.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether paths can be put behind it.
    pub(super) fn check_base(&self) -> Result<(), String> {
        if self.0.query().is_some()
            || self
                .0
                .path()
                .trim_end_matches('/')
                .ends_with("/api/v2/alerts")
        {
            return Err(
                "`url` is Alertmanager's own, without /api/v2/alerts and without a query; write it as \
                 \"http://alertmanager.example:9093\""
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// A name, or an address as it is usually written: resolvers take others, such as 2130706433, 0x7f.1 and
/// 127.1 for 127.0.0.1, by which no reader knows where they lead.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(is_plain)
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    // As the URL standard has it: a host that ends in a number is an address of IPv4.
    let ends_in_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    if ends_in_number {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    name.len() <= 253 && name.split('.').all(is_label)
}

impl fmt::Display for SinkUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self
            .0
            .authority()
            .map_or("", |authority| authority.as_str());
        write!(f, "{scheme}://{authority}")
    }
}

impl fmt::Debug for SinkUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SinkUrl({self}/..)")
    }
}

impl<'de> Deserialize<'de> for SinkUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not shown: what stands behind the host may be a secret.
        value::text(deserializer, "a URL in quotes", |text| {
            Self::parse(text).map_err(|error| format!("the URL cannot be used: {error}"))
        })
    }
}
