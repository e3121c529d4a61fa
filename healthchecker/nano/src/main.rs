//! The `healthchecker-nano` command.

#![cfg_attr(target_env = "musl", no_std, no_main)]

#[cfg(all(target_env = "musl", not(panic = "abort")))]
compile_error!("healthchecker-nano has no unwinding: build it with --profile probe");

#[cfg(target_env = "musl")]
mod start;

#[cfg(not(target_env = "musl"))]
mod hosted;
#[cfg(not(target_env = "musl"))]
fn main() -> std::process::ExitCode {
    hosted::run()
}
