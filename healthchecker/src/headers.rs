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
mod tests {
    use super::*;

    fn judged(given: &[&str], files: &[&str], protocol: Protocol) -> Result<Headers, String> {
        let bytes = |texts: &[&str]| -> Vec<Vec<u8>> {
            texts.iter().map(|text| text.as_bytes().to_vec()).collect()
        };
        Headers::judge(&bytes(given), &bytes(files), protocol).map_err(|error| error.to_string())
    }

    #[test]
    fn names_that_grpc_sets_itself() {
        for header in [
            "grpc-timeout: 1S",
            "Grpc-Encoding: gzip",
            "Content-Type: x",
            "TE: x",
        ] {
            let problem = judged(&[header], &[], Protocol::Grpc).unwrap_err();
            assert!(problem.contains("sets itself"), "{problem}");
        }
        for header in ["Keep-Alive: 1", "Proxy-Connection: x"] {
            assert!(judged(&[header], &[], Protocol::Grpc).is_err());
            assert!(judged(&[header], &[], Protocol::Http).is_ok());
        }
        assert!(judged(&["Content-Type: x", "grpc-x: y"], &[], Protocol::Http).is_ok());
        assert!(judged(&["Authorization: x", "X-Tenant: y"], &[], Protocol::Grpcs).is_ok());
    }

    #[test]
    fn the_host_is_a_host() {
        for host in ["app", "app:80", "[::1]:80", "app.example"] {
            assert!(
                judged(&[&format!("Host: {host}")], &[], Protocol::Grpc).is_ok(),
                "{host}"
            );
        }
        for host in [
            "",
            "a b",
            "app/evil.Service/Method?",
            "app#",
            "user:pw@app",
            "app:x",
            "caf\u{e9}",
        ] {
            let problem = judged(&[&format!("Host: {host}")], &[], Protocol::Grpc).unwrap_err();
            assert!(problem.contains("not a host"), "{problem}");
        }
        assert!(judged(&["Host: a b", "X: caf\u{e9}"], &[], Protocol::Http).is_ok());
        assert!(judged(&["Host: caf\u{e9}"], &[], Protocol::Http).is_err());
    }

    #[test]
    fn values_are_not_said() {
        for header in [
            "X s3cret",
            "X=s3cret",
            "X: s3cret\r\nY: z",
            "X\t: s3cret",
            "TE: s3cret",
            "X-Bin: s3cret!",
        ] {
            let problem = judged(&[header], &[], Protocol::Grpc).unwrap_err();
            assert!(!problem.contains("s3cret"), "{problem}");
        }
    }

    #[test]
    fn binary_metadata_is_base64() {
        for (value, is_taken) in [
            ("", true),
            ("aGk", true),
            ("aGk=", true),
            ("aGkx", true),
            ("aA", true),
            ("aA==", true),
            ("+/8=", true),
            ("a", false),
            ("aGkxa", false),
            ("aA=", false),
            ("aGk==", false),
            ("=", false),
            ("a===", false),
            ("aG k", false),
            ("aG-_", false),
        ] {
            let header = format!("trace-bin: {value}");
            assert_eq!(
                judged(&[&header], &[], Protocol::Grpc).is_ok(),
                is_taken,
                "{value}"
            );
            assert!(judged(&[&header], &[], Protocol::Http).is_ok());
        }
    }

    #[test]
    fn files_are_named_and_read_when_they_are_needed() {
        for file in [
            "",
            "Authorization",
            "Authorization=",
            "=/a",
            "A B=/a",
            "TE=/a",
            "A: b=/a",
        ] {
            let problem = judged(&[], &[file], Protocol::Http).unwrap_err();
            assert!(problem.starts_with("--header-file: "), "{problem}");
        }
        assert!(
            judged(&["Host: a"], &["host=/a"], Protocol::Http)
                .unwrap_err()
                .contains("twice")
        );

        let path =
            std::env::temp_dir().join(format!("healthchecker-header-{}", std::process::id()));
        let option = format!("Authorization={}", path.display());
        let headers = judged(&["X: y"], &[&option], Protocol::Http).unwrap();
        let read = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            let headers = headers
                .read(Protocol::Http)
                .map_err(|error| error.to_string())?;
            let [_, (name, value)] = &headers[..] else {
                panic!("{headers:?}");
            };
            assert_eq!(name, "authorization");
            Ok::<_, String>(value.as_bytes().to_vec())
        };
        assert_eq!(read(b"Bearer a=b\r\n").unwrap(), b"Bearer a=b");
        assert_eq!(read(b"replaced").unwrap(), b"replaced");
        for (content, problem) in [
            (&b" \n"[..], "its content is empty"),
            (b"secret\nX: y", "control characters"),
            (&[b's'; MAX_FILE + 1], "larger than 16 KiB"),
        ] {
            let said = read(content).unwrap_err();
            assert!(said.contains(problem) && !said.contains("secret"), "{said}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(headers.read(Protocol::Http).is_err());
        assert!(!format!("{headers:?}").contains('y'), "{headers:?}");
    }
}
