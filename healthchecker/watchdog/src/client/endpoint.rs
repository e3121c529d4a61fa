//! Where servers are.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ureq::http::Uri;

use crate::words;

/// A server's address: what all its URLs begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    base: String,
    /// Whether anybody on the way can read what goes there.
    pub(super) is_exposed: bool,
}

const TAKES: &str = "a URL such as https://wd.example.org or http://127.0.0.1:8500";

impl Endpoint {
    /// The problem does not repeat what may be a password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let problem = |why: &str| {
            let shown = words::one_line(text);
            format!("\"{shown}\": {why}; it takes {TAKES}")
        };
        if text.contains('@') {
            return Err(format!(
                "a URL has a user's name, which is not sent; it takes {TAKES}"
            ));
        }
        let uri: Uri = text.parse().map_err(|_| problem("no URL"))?;
        let host = uri.host().filter(|host| !host.is_empty());
        let is_plain = match (uri.scheme_str(), host) {
            (Some("https"), Some(_)) => false,
            (Some("http"), Some(_)) => true,
            (_, Some(_)) => return Err(problem("neither http:// nor https://")),
            (_, None) => return Err(problem("it has no host")),
        };
        if uri.query().is_some() || text.contains('#') {
            return Err(problem("a server has no query"));
        }
        if uri.port().is_none()
            && uri
                .authority()
                .is_some_and(|all| all.as_str() != uri.host().unwrap_or_default())
        {
            return Err(problem("its port is none"));
        }
        Ok(Self {
            base: text.trim_end_matches('/').to_owned(),
            is_exposed: is_plain && !host.is_some_and(is_loopback),
        })
    }

    pub(super) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.base)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::one_line(&self.base))
    }
}

/// A name other than `localhost` may lead anywhere.
fn is_loopback(host: &str) -> bool {
    let literal = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match literal {
        Some(literal) => literal.parse() == Ok(Ipv6Addr::LOCALHOST),
        None => host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
    }
}
