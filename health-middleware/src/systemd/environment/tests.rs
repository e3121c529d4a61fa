use super::*;

const PID: u32 = 4242;

fn setup(socket: &str, usec: Option<&str>, pid: Option<&str>) -> Setup {
    Setup::new(&Environment {
        notify_socket: Some(socket.into()),
        watchdog_usec: usec.map(Into::into),
        watchdog_pid: pid.map(Into::into),
        own_pid: PID,
    })
}

#[test]
fn nothing_is_done_outside_of_systemd() {
    for socket in [None, Some(OsString::new())] {
        let setup = Setup::new(&Environment {
            notify_socket: socket,
            watchdog_usec: Some("nonsense".into()),
            watchdog_pid: None,
            own_pid: PID,
        });
        assert!(setup.socket.is_none());
        assert_eq!(setup.watchdog, None);
        assert!(setup.problems.is_empty());
    }
}

#[test]
fn a_socket_by_path_and_by_abstract_name() {
    let path = setup("/run/systemd/notify", None, None).socket.unwrap();
    assert_eq!(
        path.as_pathname().unwrap().as_os_str(),
        "/run/systemd/notify"
    );
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        let name = setup("@/org/notify", None, None).socket.unwrap();
        assert_eq!(name.as_abstract_name().unwrap(), b"/org/notify");
    }
}

#[test]
fn a_socket_that_cannot_be_is_a_problem_and_turns_everything_off() {
    let oversized = format!("/{}", "n".repeat(108));
    let abstract_oversized = format!("@{}", "n".repeat(108));
    for socket in [
        "@",
        "relative/notify",
        "vsock:2:1234",
        " /run/systemd/notify",
        &oversized,
        &abstract_oversized,
    ] {
        let setup = setup(socket, Some("3000000"), None);
        assert!(setup.socket.is_none(), "{socket}");
        assert_eq!(setup.watchdog, None, "{socket}");
        let [problem] = &*setup.problems else {
            panic!("{socket}: {:?}", setup.problems);
        };
        assert!(problem.starts_with("NOTIFY_SOCKET="), "{problem}");
        assert!(problem.len() < 200, "{problem}");
    }
}

#[test]
fn the_longest_address_that_can_be() {
    let path = format!("/{}", "n".repeat(106));
    assert!(setup(&path, None, None).socket.is_some());
}

#[test]
fn a_watchdog_for_this_process() {
    for (usec, pid, expected) in [
        ("30000000", None, Duration::from_secs(30)),
        ("30000000", Some("4242"), Duration::from_secs(30)),
        ("300000", None, Duration::from_millis(300)),
    ] {
        let setup = setup("/run/notify", Some(usec), pid);
        assert_eq!(setup.watchdog, Some(expected), "{usec} {pid:?}");
        assert!(setup.problems.is_empty(), "{:?}", setup.problems);
    }
}

#[test]
fn a_watchdog_that_nobody_can_keep_is_a_problem_and_fed_all_the_same() {
    let setup = setup("/run/notify", Some("1"), None);
    assert_eq!(setup.watchdog, Some(Duration::from_micros(1)));
    assert_eq!(
        setup.problems,
        ["WATCHDOG_USEC=1: less than 300ms cannot be kept: the watchdog is fed as if it were that"]
    );
}

#[test]
fn no_watchdog_or_one_for_another_process() {
    for (usec, pid) in [
        (None, None),
        (None, Some("nonsense")),
        (Some("30000000"), Some("1")),
        (Some("nonsense"), Some("1")),
    ] {
        let setup = setup("/run/notify", usec, pid);
        assert!(setup.socket.is_some());
        assert_eq!(setup.watchdog, None, "{usec:?} {pid:?}");
        assert!(setup.problems.is_empty(), "{:?}", setup.problems);
    }
}

#[test]
fn a_watchdog_that_makes_no_sense_is_a_problem_and_the_rest_goes_on() {
    let infinity = u64::MAX.to_string();
    for (usec, pid, culprit) in [
        ("0", None, "WATCHDOG_USEC=\"0\""),
        ("", None, "WATCHDOG_USEC=\"\""),
        ("nonsense", None, "WATCHDOG_USEC=\"nonsense\""),
        ("-1", None, "WATCHDOG_USEC=\"-1\""),
        ("+5", None, "WATCHDOG_USEC=\"+5\""),
        ("3s", None, "WATCHDOG_USEC=\"3s\""),
        ("99999999999999999999", None, "WATCHDOG_USEC="),
        (&*infinity, None, "WATCHDOG_USEC="),
        ("3000000", Some("nonsense"), "WATCHDOG_PID=\"nonsense\""),
        ("3000000", Some(""), "WATCHDOG_PID=\"\""),
        ("3000000", Some("0"), "WATCHDOG_PID=\"0\""),
        ("3000000", Some("-4242"), "WATCHDOG_PID=\"-4242\""),
    ] {
        let setup = setup("/run/notify", Some(usec), pid);
        assert!(setup.socket.is_some());
        assert_eq!(setup.watchdog, None, "{usec} {pid:?}");
        let [problem] = &*setup.problems else {
            panic!("{usec} {pid:?}: {:?}", setup.problems);
        };
        assert!(problem.starts_with(culprit), "{problem}");
    }
}

#[test]
fn a_problem_is_one_line_of_bounded_length() {
    let setup = setup(&format!("line\n{}", "x".repeat(5_000)), None, None);
    let problem = &setup.problems[0];
    assert!(!problem.contains('\n') && problem.len() < 200, "{problem}");
}
