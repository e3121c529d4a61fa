//! Words that cannot be followed.

use crate::service::{Room, Service, run};

#[test]
fn a_wrong_option_is_one_line_and_exit_1() {
    for words in [
        &["--prot=1"][..],
        &["--port=70000"],
        &["now"],
        &["--address", "here"],
    ] {
        let (code, stdout, stderr) = run(words);
        assert_eq!(code, Some(1), "{words:?}");
        assert_eq!(stdout, "", "{words:?}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        let culprit = words[0].split('=').next().unwrap();
        assert!(stderr.contains(culprit), "{stderr}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let room = Room::new();
    let service = Service::start(&room.path("db"), &[]);
    let port = service.address.port().to_string();
    let database = room.path("other");
    let (code, _, stderr) = run(&["--port", &port, "--database", database.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains(&service.address.to_string()), "{stderr}");
    assert!(stderr.contains("in use"), "{stderr}");
}

#[test]
fn help_and_version_are_printed() {
    let (code, stdout, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    for option in [
        "--address",
        "--port",
        "--database",
        "--drain",
        "--announce",
        "--announce-as",
        "--testability",
    ] {
        assert!(stdout.contains(option), "{option} in {stdout}");
    }
    let (code, stdout, _) = run(&["--version"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        stdout,
        concat!("accountservice ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
