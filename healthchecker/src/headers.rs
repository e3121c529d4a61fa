//! The user's request headers: which a protocol lets be given. Those whose value is a file's are read
//! for each check, since a token may be replaced while the service runs.
//!
//! Touches `file` and `target`.

use std::path::PathBuf;

use healthchecker_core::header::HeaderError;
use ureq::http::uri::Authority;
use ureq::http::{HeaderName, HeaderValue};

use crate::file::{self, FileError};
use crate::target::Protocol;

/// Bytes that a header's file may have: more than servers commonly take in one line.
pub(crate) const MAX_FILE: usize = 16 * 1024;

#[derive(Clone, Debug, Default)]
pub(crate) struct Headers {
    pub(crate) given: Vec<(HeaderName, HeaderValue)>,
    pub(crate) files: Vec<(HeaderName, PathBuf)>,
}

impl Headers {
    /// All of them, in the order of the options, files last.
    pub(crate) fn read(
        &self,
        protocol: Protocol,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, FileError> {
        let mut headers = self.given.clone();
        for (name, path) in &self.files {
            let content = file::read(path, MAX_FILE)?;
            let unusable =
                |problem: &str| FileError::new(path, &format_args!("its content is {problem}"));
            let content = content.trim_ascii();
            if content.is_empty() {
                return Err(unusable("empty"));
            }
            let value = value(name, content, protocol).map_err(unusable)?;
            headers.push((name.clone(), value));
        }
        Ok(headers)
    }
}

/// A header's name, where the probe does not set it itself. What is wrong with it otherwise.
pub(crate) fn name(name: &[u8], protocol: Protocol) -> Result<HeaderName, &'static str> {
    let name = HeaderName::from_bytes(name).map_err(|_| HeaderError::Form.text())?;
    if protocol.is_grpc() {
        match name.as_str() {
            "content-type" => return Err("a header that gRPC sets itself"),
            name if name.starts_with("grpc-") => return Err("a header that gRPC sets itself"),
            // RFC 9113, section 8.2.2.
            "keep-alive" | "proxy-connection" => return Err("a header that HTTP/2 has not"),
            _ => {}
        }
    }
    Ok(name)
}

/// The value that a header of this name may have. What is wrong with it otherwise.
pub(crate) fn value(
    name: &HeaderName,
    value: &[u8],
    protocol: Protocol,
) -> Result<HeaderValue, &'static str> {
    if protocol.is_grpc() && name.as_str().ends_with("-bin") && !is_base64(value) {
        return Err("not base64, as the value of a name that ends in -bin must be");
    }
    let is_authority = || {
        let authority = Authority::try_from(value).ok();
        authority.is_some_and(|authority| {
            // No user, and what comes behind the host is a port.
            authority.as_str() == authority.host()
                || (authority.port_u16().is_some() && !authority.as_str().contains('@'))
        })
    };
    // Of an HTTP/2 request it becomes a part of the URI.
    if name == "host" && (!value.is_ascii() || protocol.is_grpc() && !is_authority()) {
        return Err("not a host with or without a port");
    }
    let mut value = HeaderValue::from_bytes(value)
        .map_err(|_| "not the value of a header: it has control characters")?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether a text is base64 with or without its padding, both of which gRPC's servers take
/// (PROTOCOL-HTTP2, "Requests").
fn is_base64(text: &[u8]) -> bool {
    let digits = text
        .strip_suffix(b"==")
        .or(text.strip_suffix(b"="))
        .unwrap_or(text);
    digits.len() % 4 != 1
        && (digits.len() == text.len() || text.len().is_multiple_of(4))
        && digits
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}
