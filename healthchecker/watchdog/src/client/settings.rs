//! Whom to ask, whom to trust and for how long to wait: options, then the environment.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, parse_pem};

use super::endpoint::Endpoint;
use crate::grammar::{Line, shown};
use crate::span;

/// More servers than this are a mistake, and with `--all` each has a thread.
const MOST_SERVERS: usize = 16;

/// Bytes that a file of certificates may have: a distribution's bundle has a quarter of a million.
const LONGEST_FILE: u64 = 4 * 1024 * 1024;

const LONGEST_DEADLINE: u64 = 3_600_000;

#[derive(Debug)]
pub(super) struct Settings {
    /// At least one.
    pub(super) endpoints: Vec<Endpoint>,
    /// Whose certificates are believed, if not Mozilla's.
    pub(super) roots: Option<Vec<Certificate<'static>>>,
    pub(super) deadline: Option<Duration>,
    /// Whether the token may go where anybody can read it.
    pub(super) is_plain: bool,
    pub(super) token_file: Option<PathBuf>,
}

pub(super) fn read(line: &Line) -> Result<Settings, String> {
    // delmonitor has no token.
    let has_token = line.verb.flags().any(|flag| flag.name == "--plain");
    let variable = env::var_os("WD_CA").filter(|path| !path.is_empty());
    let cacert = match line.value("--cacert") {
        Some(path) => Some(("--cacert", path)),
        None => variable.as_deref().map(|path| ("$WD_CA", path)),
    };
    let token_file = has_token.then(|| line.value("--token-file")).flatten();
    Ok(Settings {
        endpoints: endpoints(line, env::var_os("WD_ENDPOINTS").as_deref())?,
        roots: cacert
            .map(|(from, path)| certificates(from, Path::new(path)))
            .transpose()?,
        deadline: deadline(line)?,
        is_plain: has_token && line.has("--plain"),
        token_file: token_file.map(PathBuf::from),
    })
}

fn endpoints(line: &Line, variable: Option<&OsStr>) -> Result<Vec<Endpoint>, String> {
    let mut endpoints = Vec::new();
    for value in line.values("--server") {
        let text = value.to_string_lossy();
        endpoints.push(Endpoint::parse(&text).map_err(|why| format!("--server: {why}"))?);
    }
    if endpoints.is_empty() {
        let text = variable.unwrap_or_default().to_string_lossy();
        let urls = text.split(|c: char| c == ',' || c.is_ascii_whitespace());
        for url in urls.filter(|url| !url.is_empty()) {
            endpoints.push(Endpoint::parse(url).map_err(|why| format!("$WD_ENDPOINTS: {why}"))?);
        }
    }
    if endpoints.is_empty() {
        endpoints.push(Endpoint::parse("http://127.0.0.1:8500")?);
    }
    if endpoints.len() > MOST_SERVERS {
        return Err(format!("there are more than {MOST_SERVERS} servers"));
    }
    Ok(endpoints)
}

fn deadline(line: &Line) -> Result<Option<Duration>, String> {
    let Some(value) = line.value("--deadline") else {
        return Ok(None);
    };
    let millis = value.to_str().and_then(span::millis);
    match millis.filter(|millis| (1..=LONGEST_DEADLINE).contains(millis)) {
        Some(millis) => Ok(Some(Duration::from_millis(millis))),
        None => Err(format!(
            "--deadline: {} is not accepted; it takes such as 500ms or 10s, up to 60m",
            shown(value)
        )),
    }
}

fn certificates(from: &str, path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let cannot = |why: &str| format!("{from}: {}: {why}", shown(path.as_os_str()));
    let mut pem = Vec::new();
    let file = File::open(path).map_err(|error| cannot(&error.to_string()))?;
    file.take(LONGEST_FILE + 1)
        .read_to_end(&mut pem)
        .map_err(|error| cannot(&error.to_string()))?;
    if pem.len() as u64 > LONGEST_FILE {
        return Err(cannot("more than 4 MiB"));
    }
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(cannot("its PEM is broken")),
        }
    }
    if found.is_empty() {
        return Err(cannot("has no certificate (PEM)"));
    }
    Ok(found)
}
