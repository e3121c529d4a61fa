//! A panic ends as exit code 1, with a line: its own process is the subject.

use std::ffi::OsString;
use std::process::Command;

const CHILD: &str = "PANICKING_CHILD";

#[test]
fn a_panic_is_exit_1_and_one_line() {
    match std::env::var(CHILD).as_deref() {
        Ok("here") => panic_while_it_runs(|| panic!("on purpose\x1b[31m")),
        Ok("thread") => panic_while_it_runs(|| {
            let thread = std::thread::spawn(|| panic!("on purpose\x1b[31m"));
            thread.join().unwrap()
        }),
        _ => {}
    }
    for place in ["here", "thread"] {
        for backtrace in ["0", "1", "full"] {
            let output = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "a_panic_is_exit_1_and_one_line",
                    "--nocapture",
                    "--test-threads=1",
                ])
                .env(CHILD, place)
                .env("RUST_BACKTRACE", backtrace)
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            // The test harness would have made 101 of it.
            assert_eq!(output.status.code(), Some(1), "{said}");
            let line = said
                .strip_prefix("healthchecker: internal error: on purpose\\x1b[31m at ")
                .and_then(|place| place.strip_prefix("healthchecker/tests/panic.rs:"))
                .unwrap_or_else(|| panic!("{said}"));
            assert_eq!(line.find('\n'), Some(line.len() - 1), "{said}");
        }
    }
}

fn panic_while_it_runs(panic: fn() -> Option<OsString>) {
    let _ = healthchecker::command::run(std::iter::from_fn(panic));
}

#[test]
fn the_hook_that_was_there_is_there_again() {
    let code = healthchecker::command::run(["--nonsense".into()]);
    assert_eq!(
        format!("{code:?}"),
        format!("{:?}", std::process::ExitCode::FAILURE)
    );
    assert!(std::panic::catch_unwind(|| panic!("caught")).is_err());
}
