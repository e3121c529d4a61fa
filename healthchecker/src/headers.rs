//! Request headers that options give: judged once; those whose value is a file's are read for each
//! check, since a token may be replaced while the service runs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use healthchecker_core::header::{self, Header, HeaderError};
use healthchecker_core::target::Protocol;
use ureq::http::uri::Authority;
use ureq::http::{HeaderName, HeaderValue};

use crate::file::{self, FileError};
use crate::message;
use crate::options::OptionsError;

/// What `--header-file` takes, for messages.
const ACCEPTED_FILE: &str = "NAME=FILE, such as Authorization=/run/secrets/token";

/// Bytes that a header's file may have: more than servers commonly take in one line.
const MAX_FILE: usize = 16 * 1024;

#[derive(Clone, Debug, Default)]
pub(crate) struct Headers {
    given: Vec<(HeaderName, HeaderValue)>,
    files: Vec<(HeaderName, PathBuf)>,
}

impl Headers {
    /// Judges the values of `--header` and `--header-file`.
    pub(crate) fn judge(
        given: &[Vec<u8>],
        files: &[Vec<u8>],
        protocol: Protocol,
    ) -> Result<Self, OptionsError> {
        let mut headers = Self::default();
        for text in given {
            let refused = |problem: &str| {
                let shown = message::escaped(header::without_value(text), 200);
                let accepted = header::ACCEPTED;
                OptionsError::new(
                    "header",
                    format!("\"{shown}\" is {problem}; accepted: {accepted}"),
                )
            };
            let header = Header::parse(text).map_err(|error| refused(error.text()))?;
            let name = name(header.name, protocol).map_err(refused)?;
            let value = value(&name, header.value, protocol).map_err(refused)?;
            headers.given.push((name, value));
        }
        for text in files {
            let refused = |problem: &str| {
                let shown = message::escaped(text, 200);
                OptionsError::new(
                    "header-file",
                    format!("\"{shown}\" is {problem}; accepted: {ACCEPTED_FILE}"),
                )
            };
            let equals = text.iter().position(|&byte| byte == b'=');
            let (before, path) = text
                .split_at_checked(equals.unwrap_or(text.len()))
                .unwrap_or_default();
            let path = path.get(1..).unwrap_or_default();
            if path.is_empty() {
                return Err(refused("no file"));
            }
            let header = [before, b":"].concat();
            Header::parse(&header).map_err(|error| refused(error.text()))?;
            let name = name(before, protocol).map_err(refused)?;
            headers.files.push((name, OsStr::from_bytes(path).into()));
        }
        let names = headers.given.iter().map(|(name, _)| name);
        let names = names.chain(headers.files.iter().map(|(name, _)| name));
        if names.filter(|name| *name == "host").count() > 1 {
            return Err(OptionsError::new("header", "Host is given twice"));
        }
        Ok(headers)
    }

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

/// A header's name, where the probe does not set it itself.
fn name(name: &[u8], protocol: Protocol) -> Result<HeaderName, &'static str> {
    let name = HeaderName::from_bytes(name).map_err(|_| HeaderError::Form.text())?;
    if is_grpc(protocol) {
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

fn value(name: &HeaderName, value: &[u8], protocol: Protocol) -> Result<HeaderValue, &'static str> {
    if is_grpc(protocol) && name.as_str().ends_with("-bin") && !is_base64(value) {
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
    if name == "host" && (!value.is_ascii() || is_grpc(protocol) && !is_authority()) {
        return Err("not a host with or without a port");
    }
    let mut value = HeaderValue::from_bytes(value)
        .map_err(|_| "not the value of a header: it has control characters")?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_grpc(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Grpc | Protocol::Grpcs)
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

#[cfg(test)]
mod tests;
