//! The `watchdog` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    health_watchdog::command::follow(std::env::args_os().skip(1))
}
