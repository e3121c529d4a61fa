//! Which URLs this build of the probe can follow.

use healthchecker_core::target::{self, Host, Place, Protocol, Target};

use super::builder::OptionsError;
use crate::message;

/// The scheme that stands for a protocol.
pub(crate) fn scheme(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Https => "https",
        Protocol::Tcp => "tcp",
        Protocol::Grpc => "grpc",
        Protocol::Grpcs => "grpcs",
    }
}

/// Reads a URL, and refuses what needs a feature that this build lacks.
pub(crate) fn check(url: &[u8]) -> Result<Target<'_>, OptionsError> {
    let shown = || message::escaped(url, 200);
    let target = Target::parse(url).map_err(|error| {
        let text = format!(
            "\"{}\": {}; accepted: {}",
            shown(),
            error.text(),
            target::ACCEPTED
        );
        OptionsError::new("url", text)
    })?;
    let (tls, grpc) = match target.protocol {
        Protocol::Https => (true, false),
        Protocol::Grpc => (false, true),
        Protocol::Grpcs => (true, true),
        _ => (false, false),
    };
    for (needed, built, feature) in [
        (grpc, cfg!(feature = "grpc"), "grpc"),
        (tls, cfg!(feature = "tls"), "tls"),
    ] {
        if needed && !built {
            let scheme = scheme(target.protocol);
            let text =
                format!("{scheme}:// is not in this build; it needs the cargo feature {feature}");
            return Err(OptionsError::new("url", text));
        }
    }
    if let Place::Network {
        host: Host::Name(name),
        ..
    } = target.place
        && !cfg!(feature = "remote")
    {
        let name = message::escaped(name, 200);
        let text = format!(
            "\"{name}\" is neither localhost nor an address; names need the cargo feature remote"
        );
        return Err(OptionsError::new("url", text));
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_those_of_the_urls() {
        for (url, protocol) in [
            ("http://localhost/", Protocol::Http),
            ("https://localhost/", Protocol::Https),
            ("tcp://localhost:1", Protocol::Tcp),
            ("grpc://localhost:1", Protocol::Grpc),
            ("grpcs://localhost:1", Protocol::Grpcs),
        ] {
            assert_eq!(Target::parse(url.as_bytes()).unwrap().protocol, protocol);
            assert!(
                url.starts_with(&format!("{}://", scheme(protocol))),
                "{url}"
            );
        }
    }

    #[test]
    fn names_are_for_builds_that_resolve_them() {
        let is_taken = check(b"http://app.example/").is_ok();
        assert_eq!(is_taken, cfg!(feature = "remote"));
    }
}
