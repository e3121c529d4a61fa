//! A panic ends as exit code 1, with a line: its own process is the subject.

use std::process::Command;

const CHILD: &str = "PANICKING_CHILD";

#[test]
fn a_panic_is_exit_1() {
    if std::env::var_os(CHILD).is_some() {
        let words = std::iter::from_fn(|| panic!("on purpose\x1b[31m"));
        let _ = healthchecker::command::run(words);
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_panic_is_exit_1",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // The test harness would have made 101 of it.
    assert_eq!(output.status.code(), Some(1), "{said}");
    let line = said
        .lines()
        .find(|line| line.starts_with("healthchecker: internal error: "))
        .unwrap();
    assert!(
        line.contains("on purpose\\x1b[31m at healthchecker/tests/panic.rs:"),
        "{line}"
    );
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
