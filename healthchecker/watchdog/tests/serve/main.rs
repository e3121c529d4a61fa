//! `watchdog serve` from outside: the real binary on a port of loopback, real sockets, real files.
//!
//! `WATCHDOG=/path/to/binary` names another one than this crate's own. `REQUIRE=all` makes a case that
//! this machine cannot run a failure.

#![allow(missing_docs)]

mod cases;
mod client;
mod home;
mod lines;
mod proof;
mod stream;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed};

/// Cases wait most of the time.
const AT_ONCE: usize = 6;

/// A case that cannot run here: named, or with `REQUIRE=all` a failure.
fn skip(reason: &str) -> Result<Completion, Failed> {
    if std::env::var_os("REQUIRE").is_some_and(|value| value == "all") {
        return Err(format!("skipped, and REQUIRE=all: {reason}").into());
    }
    Ok(Completion::ignored_with(reason))
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, cases::trials()).exit_code()
}
