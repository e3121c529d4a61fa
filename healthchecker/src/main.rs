//! The `healthchecker` command.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
