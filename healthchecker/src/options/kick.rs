//! The URL of `--kick`, judged, and the builder that takes it. Messages show nothing of it: whoever
//! knows it can kick.

use healthchecker_core::target::{self as grammar, TargetError};

use super::builder::Builder;
use super::error::OptionsError;
use super::url;
use crate::kick::Kick;
#[cfg(feature = "tls")]
use crate::net::{TlsOptions, Trust};
use crate::target::{Place, Target};

const ACCEPTED: &str = "http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]";

/// Bytes that a URL may have.
const MAX_URL: usize = 2048;

impl Kick {
    /// Reads a URL: `http://HOST[:PORT][/PATH]`, and with the feature `tls` `https://`, any host. At most
    /// 2048 bytes. Nothing is resolved or asked.
    ///
    /// ```
    /// use healthchecker::Kick;
    ///
    /// assert!(Kick::new("http://127.0.0.1:8000/ping/key/backup?create=1").is_ok());
    /// let error = Kick::new("htp://ping.example/secret").unwrap_err();
    /// assert!(!error.to_string().contains("secret"));
    /// ```
    ///
    /// # Errors
    /// [`OptionsError`] for any other URL, which it does not show.
    pub fn new(url: impl Into<Vec<u8>>) -> Result<Self, OptionsError> {
        let url = url.into();
        let refused =
            |problem: &str| OptionsError::new("kick", format!("{problem}; accepted: {ACCEPTED}"));
        if url.len() > MAX_URL {
            return Err(refused("a URL longer than 2048 bytes"));
        }
        let written = grammar::Target::parse(&url).map_err(|error| {
            refused(match error {
                TargetError::UserInfo => "user and password have no place here",
                error => error.text(),
            })
        })?;
        let is_secure = match written.protocol {
            grammar::Protocol::Http => false,
            grammar::Protocol::Https if cfg!(feature = "tls") => true,
            grammar::Protocol::Https => {
                let text = "https:// is not in this build; it needs the cargo feature tls";
                return Err(OptionsError::new("kick", text));
            }
            _ => return Err(refused("neither http:// nor https://")),
        };
        let grammar::Place::Network { host, text, port } = written.place else {
            return Err(refused("neither http:// nor https://"));
        };
        Ok(Self {
            target: Target {
                protocol: crate::target::Protocol::Http,
                is_secure,
                place: Place::Network {
                    host: url::host(host)?,
                    text: url::ascii(text),
                    port,
                },
                path: url::ascii(written.path),
            },
            #[cfg(feature = "tls")]
            tls: TlsOptions {
                trust: Trust::System,
                identity: None,
                server_name: None,
            },
        })
    }
}

impl Builder {
    /// Sends [`Ping::Success`](crate::Ping::Success) to a ping server after each check that finds the target
    /// healthy, within what is left of its timeout. What comes of it changes no verdict; the verdict's
    /// line says it. An unhealthy target is not told of: silence says it.
    ///
    /// ```no_run
    /// use healthchecker::{Kick, Probe};
    ///
    /// let verdict = Probe::builder("http://localhost:6767/health")
    ///     .kick(Kick::new("http://ping.example/0b8b2d5f-4cf2-4bb8-9a3e-2f4d0a7a5f33")?)
    ///     .build()?
    ///     .check();
    /// # Ok::<(), healthchecker::OptionsError>(())
    /// ```
    pub fn kick(mut self, kick: Kick) -> Self {
        #[cfg(feature = "tls")]
        {
            self.tls.is_kick_secure = kick.target.is_secure;
        }
        self.kick = Some(kick);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_not_shown() {
        for (url, problem) in [
            ("", "unknown scheme"),
            ("s3cret", "unknown scheme"),
            ("htp://a.example/s3cret", "unknown scheme"),
            ("http:/a.example/s3cret", "unknown scheme"),
            (" http://a.example/s3cret", "unknown scheme"),
            ("http://", "bad host"),
            ("http:///s3cret", "bad host"),
            ("http://a b/s3cret", "bad host"),
            ("http://1.2.3/s3cret", "bad host"),
            ("http://s3cret@a.example/", "user and password have"),
            ("http://u:s3cret@a.example/", "user and password have"),
            ("http://a.example:0/s3cret", "bad port"),
            ("http://a.example:s3cret/", "bad port"),
            ("http://[::1/s3cret", "bad IPv6 address"),
            ("http://a.example/s3cret#x", "bad path"),
            ("http://a.example/s3cret x", "bad path"),
            ("http://a.example/s3cret\r\nX: y", "bad path"),
            ("http://a.example/${s3cret}", "bad path"),
            ("http://a.example/s3cret\u{e9}", "bad path"),
            ("http://a.example?s3cret", "bad path"),
            ("unix:/s3cret", "neither http:// nor https://"),
            ("unix:@s3cret", "neither http:// nor https://"),
            ("tcp://s3cret:80", "neither http:// nor https://"),
            ("grpc://s3cret:80", "neither http:// nor https://"),
            ("grpcs://s3cret:80", "neither http:// nor https://"),
        ] {
            let error = Kick::new(url).unwrap_err();
            assert_eq!(error.option(), "kick", "{url}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("--kick: {problem}")), "{text}");
            assert!(text.ends_with(ACCEPTED), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        let long = |length: usize| Kick::new(format!("{:x<length$}", "http://localhost/"));
        assert!(long(MAX_URL).is_ok());
        let error = long(MAX_URL + 1).unwrap_err().to_string();
        assert!(error.starts_with("--kick: a URL longer"), "{error}");
    }

    #[test]
    fn https_is_for_builds_that_have_tls() {
        let text = Kick::new("https://a.example/s3cret").map(|kick| kick.target.is_secure);
        if cfg!(feature = "tls") {
            assert_eq!(text, Ok(true));
        } else {
            let text = text.unwrap_err().to_string();
            assert_eq!(
                text,
                "--kick: https:// is not in this build; it needs the cargo feature tls"
            );
        }
    }
}
