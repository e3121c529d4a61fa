//! `watchdog run` from outside: the real binary, and real processes as its commands.
//!
//! `WATCHDOG=/path/to/binary` names another one than this crate's own. Most cases run twice, as any
//! process and as PID 1 of a namespace. `REQUIRE=all` makes a case that this machine cannot run a
//! failure.
//!
//! The commands are this very program, started with the first word `act`: see `act`.

#![allow(missing_docs)]

mod act;
mod cases;
mod processes;
mod server;
mod stream;
mod terminal;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use libtest_mimic::{Arguments, Completion, Failed};
use nix::sys::signal::Signal;
use signal_hook::flag;

/// Cases wait most of the time.
const AT_ONCE: usize = 8;

/// A case that cannot run here: named, or with `REQUIRE=all` a failure.
fn skip(reason: &str) -> Result<Completion, Failed> {
    if std::env::var_os("REQUIRE").is_some_and(|value| value == "all") {
        return Err(format!("skipped, and REQUIRE=all: {reason}").into());
    }
    Ok(Completion::ignored_with(reason))
}

/// What a script has its background ignore, no case is to: what is caught here is as ever after an exec.
fn forget_ignored() {
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT] {
        let always = Arc::new(AtomicBool::new(true));
        flag::register_conditional_default(signal as i32, always).expect("a signal to catch");
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == "act") {
        let words: Vec<String> = words
            .map(|word| word.into_string().expect("what acts is told in UTF-8"))
            .collect();
        return act::act(&words);
    }
    forget_ignored();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, cases::trials()).exit_code()
}
