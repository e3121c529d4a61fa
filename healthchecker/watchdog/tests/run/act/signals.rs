//! Signals: counted, ignored, awaited, blocked.

use std::ffi::CString;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::{SigSet, Signal};

use super::note;

fn number(name: &str) -> i32 {
    Signal::from_str(&format!("SIG{name}")).expect("a signal") as i32
}

/// Whether a signal has come since now.
pub(super) fn flag(name: &str) -> impl Fn() -> bool {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(number(name), Arc::clone(&flag)).expect("a handler");
    move || flag.load(Ordering::Relaxed)
}

/// From now on says of each what comes.
pub(super) fn count(names: &str) {
    let mut signals =
        signal_hook::iterator::Signals::new(names.split(',').map(number)).expect("handlers");
    thread::spawn(move || {
        for number in signals.forever() {
            let name = Signal::try_from(number).expect("a signal").as_str();
            note(&format!("got {name}"));
        }
    });
    note("counting");
}

/// A handler that does nothing.
pub(super) fn ignore(names: &str) {
    for name in names.split(',') {
        let _ = flag(name);
    }
    note("ignoring");
}

pub(super) fn raise(name: &str) {
    let signal = Signal::try_from(number(name)).expect("a signal");
    nix::sys::signal::raise(signal).expect("raised");
}

/// Becomes another program with all signals blocked. SIGPIPE is ignored, as Rust starts programs.
pub(super) fn exec_with_all_blocked<'a>(words: impl Iterator<Item = &'a str>) -> ExitCode {
    let words: Vec<CString> = words
        .map(|word| CString::new(word).expect("no NUL"))
        .collect();
    SigSet::all().thread_set_mask().expect("a mask");
    let error = nix::unistd::execvp(&words[0], &words).unwrap_err();
    panic!("exec: {error}");
}
