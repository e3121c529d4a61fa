//! The files that a sink's configuration names.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ureq::tls::{Certificate, PemItem, parse_pem};

use super::sign::Secrets;
use crate::confidential::{self, Problem};

/// The longest files, in bytes: of a token or of secrets, and of certificates.
const LONGEST_SECRET: usize = 4_096;
const LONGEST_CERTIFICATES: u64 = 4 * 1024 * 1024;

/// The token of a file: a line.
pub(super) fn token(file: &Path) -> Result<String, String> {
    let bytes = secret(file, "the token", LONGEST_SECRET)?;
    let token = bytes.trim_ascii();
    let is_plain = !token.is_empty() && token.iter().all(u8::is_ascii_graphic);
    if is_plain {
        Ok(String::from_utf8_lossy(token).into_owned())
    } else {
        Err(
            "has no token in it, or more than one; write one, in ASCII and without spaces"
                .to_owned(),
        )
    }
}

/// The secrets of a file.
pub(super) fn secrets(file: &Path) -> Result<Secrets, String> {
    let bytes = secret(file, "the secret", LONGEST_SECRET)?;
    Secrets::parse(&String::from_utf8_lossy(&bytes))
}

/// What a file holds that nobody else may read.
fn secret(file: &Path, what: &str, longest: usize) -> Result<Vec<u8>, String> {
    confidential::read(file, what, longest).map_err(|problem| match problem {
        Problem::Missing => "there is no such file; write it, or name another one".to_owned(),
        Problem::Other(problem) => problem,
    })
}

/// The certificates of a file, PEM.
pub(super) fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    // A pipe would be waited for.
    if std::fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err("is no file; name that of the certificates".to_owned());
    }
    let mut pem = Vec::new();
    let open = File::open(file).map_err(|error| error.to_string())?;
    open.take(LONGEST_CERTIFICATES + 1)
        .read_to_end(&mut pem)
        .map_err(|error| error.to_string())?;
    if pem.len() as u64 > LONGEST_CERTIFICATES {
        return Err("is longer than 4 MiB".to_owned());
    }
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("its PEM is broken".to_owned()),
        }
    }
    if found.is_empty() {
        return Err(
            "has no certificate (PEM); name the file of whoever has signed the sink's".to_owned(),
        );
    }
    Ok(found)
}
