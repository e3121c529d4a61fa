//! The `healthchecker` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    healthchecker::command::exit_1_on_panic();
    healthchecker::command::run(std::env::args_os().skip(1))
}
