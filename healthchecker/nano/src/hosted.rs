//! The same program upon the standard library, for tests and for targets other than musl.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use healthchecker_nano::{Ending, Line, VARIABLE};

pub(crate) fn run() -> ExitCode {
    let words: Vec<Vec<u8>> = env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    let mut variables: BTreeMap<Vec<u8>, Vec<u8>> = env::vars_os()
        .map(|(name, value)| (name.into_vec(), value.into_vec()))
        .collect();
    let mut arguments = variables.remove(VARIABLE).unwrap_or_default();
    let mut words = words.iter().map(Vec::as_slice);
    let mut line = Line::new();
    let ending = healthchecker_nano::run(
        &mut || words.next(),
        &mut arguments,
        &|name| variables.get(name).map(Vec::as_slice),
        &mut line,
    );
    let line = line.as_bytes();
    let printed = match ending {
        Ending::Unhealthy => io::stderr().write_all(line),
        _ => io::stdout().write_all(line),
    };
    ExitCode::from(ending.code(printed.is_ok()) as u8)
}
