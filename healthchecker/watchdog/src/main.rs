//! The `watchdog` command, which is also `wd`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let name = Path::new(&program).file_name();
    health_watchdog::command::follow(name.unwrap_or(OsStr::new("watchdog")), words)
}
