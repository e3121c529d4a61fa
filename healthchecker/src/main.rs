//! The `healthchecker` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    healthchecker::command::run(std::env::args_os().skip(1))
}
