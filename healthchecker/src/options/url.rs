//! URLs into targets, and what of them this build cannot ask.

use healthchecker_core::target::{self as grammar, Host as Written};

use super::error::OptionsError;
use crate::message;
use crate::target::{Host, Place, Protocol, Target};

/// Reads a URL, and refuses what needs a feature that this build lacks.
pub(super) fn read(url: &[u8]) -> Result<Target, OptionsError> {
    let target = grammar::Target::parse(url).map_err(|error| {
        let shown = message::escaped(url, 200);
        let (problem, accepted) = (error.text(), grammar::ACCEPTED);
        OptionsError::new(
            "url",
            format!("\"{shown}\": {problem}; accepted: {accepted}"),
        )
    })?;
    let (protocol, is_secure) = protocol(target.protocol)?;
    let place = match target.place {
        grammar::Place::Network {
            host: written,
            text,
            port,
        } => Place::Network {
            host: host(written)?,
            text: ascii(text),
            port,
        },
        grammar::Place::Unix(path) => Place::Unix(path.to_vec()),
        grammar::Place::Abstract(name) => Place::Abstract(name.to_vec()),
    };
    Ok(Target {
        protocol,
        is_secure,
        place,
        path: ascii(target.path),
    })
}

/// A text that the grammar lets have no other bytes.
pub(super) fn ascii(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// How a URL's protocol is asked, and whether over TLS.
fn protocol(protocol: grammar::Protocol) -> Result<(Protocol, bool), OptionsError> {
    #[cfg(not(all(feature = "grpc", feature = "tls")))]
    let lacks = |feature| {
        let scheme = protocol.scheme();
        let text =
            format!("{scheme}:// is not in this build; it needs the cargo feature {feature}");
        Err(OptionsError::new("url", text))
    };
    match protocol {
        grammar::Protocol::Http => Ok((Protocol::Http, false)),
        grammar::Protocol::Tcp => Ok((Protocol::Tcp, false)),
        #[cfg(feature = "tls")]
        grammar::Protocol::Https => Ok((Protocol::Http, true)),
        #[cfg(not(feature = "tls"))]
        grammar::Protocol::Https => lacks("tls"),
        #[cfg(feature = "grpc")]
        grammar::Protocol::Grpc => Ok((Protocol::Grpc, false)),
        #[cfg(all(feature = "grpc", feature = "tls"))]
        grammar::Protocol::Grpcs => Ok((Protocol::Grpc, true)),
        #[cfg(all(feature = "grpc", not(feature = "tls")))]
        grammar::Protocol::Grpcs => lacks("tls"),
        #[cfg(not(feature = "grpc"))]
        grammar::Protocol::Grpc | grammar::Protocol::Grpcs => lacks("grpc"),
    }
}

/// A host as the grammar has it. Names other than localhost are for builds that resolve them.
pub(super) fn host(written: Written<'_>) -> Result<Host, OptionsError> {
    match written {
        Written::Localhost => Ok(Host::Localhost),
        Written::V4(octets) => Ok(Host::Address(octets.into())),
        Written::V6(octets) => Ok(Host::Address(octets.into())),
        #[cfg(feature = "remote")]
        Written::Name(_) => Ok(Host::Name),
        #[cfg(not(feature = "remote"))]
        Written::Name(name) => {
            let name = message::escaped(name, 200);
            let text = format!(
                "\"{name}\" is neither localhost nor an address; names need the cargo feature remote"
            );
            Err(OptionsError::new("url", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_builds_that_resolve_them() {
        let is_taken = read(b"http://app.example/").is_ok();
        assert_eq!(is_taken, cfg!(feature = "remote"));
    }

    #[test]
    fn parts_are_kept_as_they_are_written() {
        let target = read(b"HTTP://LocalHost:81/a?b").unwrap();
        assert_eq!((target.protocol, target.is_secure), (Protocol::Http, false));
        assert_eq!((target.host(), target.path.as_str()), ("LocalHost", "/a?b"));
        assert_eq!(target.authority(), "LocalHost:81");
        let target = read(b"unix:/run/app.sock:/health").unwrap();
        assert_eq!(target.place, Place::Unix(b"/run/app.sock".to_vec()));
        assert_eq!(
            (target.authority().as_str(), target.path.as_str()),
            ("localhost", "/health")
        );
    }

    #[test]
    fn what_is_asked_over_tls() {
        for (url, authority) in [
            ("http://[::1]", Some("[::1]")),
            ("https://[::1]", cfg!(feature = "tls").then_some("[::1]")),
            (
                "https://localhost:80",
                cfg!(feature = "tls").then_some("localhost:80"),
            ),
            (
                "grpc://localhost:80/x",
                cfg!(feature = "grpc").then_some("localhost"),
            ),
            (
                "grpcs://localhost:443",
                cfg!(all(feature = "grpc", feature = "tls")).then_some("localhost:443"),
            ),
        ] {
            let target = read(url.as_bytes()).ok();
            let read = target.as_ref().map(Target::authority);
            assert_eq!(read.as_deref(), authority, "{url}");
            if let Some(target) = target {
                assert_eq!(target.is_secure, url.contains("s://"), "{url}");
            }
        }
    }
}
