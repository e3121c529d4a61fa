//! A panic, in a process of its own.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::*;

/// Marks the process that panics.
const PANICS: &str = "WATCHDOG_TEST_PANICS";

/// After so long a process does not end.
const BOUND: Duration = Duration::from_secs(10);

/// The exit code of a process that panics, and what it says on stderr behind what is in there before.
fn panicking(filled: &[u8], is_read: bool) -> (Option<i32>, String) {
    let (mut reader, mut writer) = io::pipe().unwrap();
    writer.write_all(filled).unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "run::tests::a_panic_is_one_line_and_the_end_of_all",
            "--nocapture",
        ])
        .env(PANICS, "1")
        .stdout(Stdio::null())
        .stderr(writer)
        .spawn()
        .unwrap();
    let mut said = String::new();
    if is_read {
        reader.read_to_string(&mut said).unwrap();
    }
    let pid = nix::unistd::Pid::from_raw(i32::try_from(process.id()).unwrap());
    let (ended, end) = mpsc::channel();
    let waits = thread::spawn(move || {
        let code = process.wait().unwrap().code();
        let _ = ended.send(());
        code
    });
    if end.recv_timeout(BOUND).is_err() {
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    }
    (waits.join().unwrap(), said)
}

fn panic_in_two_lines() {
    panic::set_hook(Box::new(give_up));
    // It holds stderr for as long as it lives.
    #[expect(clippy::zombie_processes, reason = "this process ends")]
    Command::new("sleep").arg("60").spawn().unwrap();
    panic!("in two\nlines");
}

#[test]
fn a_panic_is_one_line_and_the_end_of_all() {
    if std::env::var_os(PANICS).is_some() {
        return panic_in_two_lines();
    }
    let (code, said) = panicking(b"", true);
    assert_eq!(code, Some(70), "{said}");
    assert!(
        said.starts_with("watchdog: internal error: panicked at "),
        "{said}"
    );
    assert!(said.ends_with(" in two lines\n"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_panic_ends_though_nobody_reads() {
    let full = [b'.'; 65_536];
    assert_eq!(panicking(&full, false).0, Some(70));
}
