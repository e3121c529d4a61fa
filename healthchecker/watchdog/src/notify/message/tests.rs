use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Message {
    Message::parse(text.as_bytes()).expect("a message")
}

fn micros(count: u64) -> Option<Duration> {
    Some(Duration::from_micros(count))
}

#[test]
fn words() {
    let nothing = Message::default;
    for (text, message) in [
        ("", nothing()),
        ("\n\r\n", nothing()),
        ("\0", nothing()),
        ("READY", nothing()),
        ("READY=", nothing()),
        ("READY=0", nothing()),
        ("READY=10", nothing()),
        ("READY=1 ", nothing()),
        (" READY=1", nothing()),
        ("ready=1", nothing()),
        ("XREADY=1", nothing()),
        ("=1", nothing()),
        ("FDSTORE=1\nFDNAME=x\nX_OWN=1\nnonsense", nothing()),
        ("WATCHDOG=2\nWATCHDOG=1", nothing()),
        ("WATCHDOG=", nothing()),
        ("WATCHDOG=Trigger", nothing()),
        ("BARRIER=0", nothing()),
        (
            "READY=1",
            Message {
                state: Some(State::Ready),
                ..nothing()
            },
        ),
        (
            "X=1\r\nREADY=1\r\n\0",
            Message {
                state: Some(State::Ready),
                ..nothing()
            },
        ),
        (
            "RELOADING=1\nMONOTONIC_USEC=5",
            Message {
                state: Some(State::Reloading),
                ..nothing()
            },
        ),
        (
            "RELOADING=1\nREADY=1",
            Message {
                state: Some(State::Ready),
                ..nothing()
            },
        ),
        (
            "READY=1\nRELOADING=1\nSTOPPING=1",
            Message {
                state: Some(State::Stopping),
                ..nothing()
            },
        ),
        (
            "WATCHDOG=1",
            Message {
                watchdog: Some(Watchdog::Kick),
                ..nothing()
            },
        ),
        (
            "WATCHDOG=trigger\nWATCHDOG=1",
            Message {
                watchdog: Some(Watchdog::Trigger),
                ..nothing()
            },
        ),
        (
            "BARRIER=1\n",
            Message {
                barrier: true,
                ..nothing()
            },
        ),
        (
            "STATUS=one\nSTATUS=two\nERRNO=2\nMAINPID=7\nEXIT_STATUS=3",
            Message {
                status: Some("one".to_owned()),
                main_pid: Some(7),
                ..nothing()
            },
        ),
        (
            "EXTEND_TIMEOUT_USEC=10\nWATCHDOG_USEC=20",
            Message {
                extend: micros(10),
                watchdog_limit: micros(20),
                ..nothing()
            },
        ),
    ] {
        assert_eq!(Message::parse(text.as_bytes()), Ok(message), "{text:?}");
    }
}

#[test]
fn numbers_are_digits_within_their_range() {
    for bad in [
        "",
        " 5",
        "5 ",
        "+5",
        "-5",
        "1x",
        "0x5",
        "05",
        "00",
        "5.0",
        "5\t",
        "٥",
        "18446744073709551616",
        "99999999999999999999999999999999",
    ] {
        let text = format!(
            "MONOTONIC_USEC={bad}\nEXTEND_TIMEOUT_USEC={bad}\nWATCHDOG_USEC={bad}\n\
             MAINPID={bad}\nERRNO={bad}\nEXIT_STATUS={bad}"
        );
        assert_eq!(parsed(&text), Message::default(), "{text:?}");
    }
    // The first line of a key is the one that counts, whatever it holds.
    assert_eq!(parsed("MAINPID=x\nMAINPID=5"), Message::default());

    let main_pid = |text| parsed(text).main_pid;
    assert_eq!(main_pid("MAINPID=0"), None);
    assert_eq!(main_pid("MAINPID=1"), Some(1));
    assert_eq!(main_pid("MAINPID=2147483647"), Some(2_147_483_647));
    assert_eq!(main_pid("MAINPID=2147483648"), None);
    assert_eq!(main_pid("MAINPID=4294967297"), None);
}

#[test]
fn times_that_are_none() {
    let last = "18446744073709551615";
    assert_eq!(parsed("EXTEND_TIMEOUT_USEC=0").extend, None);
    assert_eq!(parsed(&format!("EXTEND_TIMEOUT_USEC={last}")).extend, None);
    let limit = |text: &str| parsed(text).watchdog_limit;
    assert_eq!(limit("WATCHDOG_USEC=0"), Some(Duration::ZERO));
    assert_eq!(
        limit(&format!("WATCHDOG_USEC={last}")),
        Some(Duration::ZERO)
    );
    assert_eq!(
        limit("WATCHDOG_USEC=18446744073709551614"),
        micros(u64::MAX - 1)
    );
    // No sum with a clock's time overflows.
    let _ = std::time::Instant::now() + Duration::from_micros(u64::MAX);
}

#[test]
fn a_key_is_not_taken_for_one_that_begins_like_it() {
    assert_eq!(parsed("WATCHDOG_USEC=1").watchdog, None);
    assert_eq!(parsed("WATCHDOG=1").watchdog_limit, None);
    assert_eq!(parsed("MAINPIDFDID=7").main_pid, None);
}

#[test]
fn refused() {
    let long = |len: usize| {
        let mut bytes = b"WATCHDOG=1\nSTATUS=".to_vec();
        bytes.resize(len, b'x');
        bytes
    };
    assert_eq!(
        Message::parse(&long(4096)).map(|message| message.watchdog),
        Ok(Some(Watchdog::Kick))
    );
    for (bytes, refusal) in [
        (&long(4097)[..], Refusal::TooLong),
        (b"READY=1\0\nX=1", Refusal::Nul),
        (b"READY=1\0\0", Refusal::Nul),
        (b"\0READY=1", Refusal::Nul),
        (b"BARRIER=1\nREADY=1", Refusal::MixedBarrier),
        (b"X\nBARRIER=1", Refusal::MixedBarrier),
        (b"BARRIER=1\nBARRIER=1", Refusal::MixedBarrier),
    ] {
        assert_eq!(Message::parse(bytes), Err(refusal));
        assert!(!refusal.to_string().is_empty());
    }
}

#[test]
fn a_status_is_one_clean_line() {
    for (bytes, status) in [
        (&b""[..], ""),
        (b"Serving 3 \"of\" 4 \\n", "Serving 3 \"of\" 4 \\n"),
        (b"a\tb\x1b[31mc\x7fd\xc2\x9be", "a b [31mc d e"),
        (b"a\xffb\xe2\x82", "a\u{fffd}b\u{fffd}"),
        (
            "a\u{2028}b\u{202e}c\u{2066}d\u{200f}e\u{61c}f".as_bytes(),
            "a b c d e f",
        ),
        ("Größe ∞".as_bytes(), "Größe ∞"),
    ] {
        let text = [b"STATUS=", bytes].concat();
        let message = Message::parse(&text).expect("a message");
        assert_eq!(message.status.as_deref(), Some(status));
    }
}

#[test]
fn a_status_has_at_most_500_bytes() {
    let status = |text: String| parsed(&format!("STATUS={text}")).status.expect("a status");
    assert_eq!(status("x".repeat(500)), "x".repeat(500));
    assert_eq!(status("x".repeat(501)), format!("{}…", "x".repeat(497)));
    assert_eq!(status("∞".repeat(166)), "∞".repeat(166));
    assert_eq!(status("∞".repeat(167)), format!("{}…", "∞".repeat(165)));
    assert_eq!(status("x".repeat(4000)).capacity(), 500);
}

/// Lines that mean something, and bytes that do not, in any order.
fn datagram() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        proptest::sample::select(vec![
            "READY=1",
            "RELOADING=1",
            "STOPPING=1",
            "WATCHDOG=1",
            "WATCHDOG=trigger",
            "BARRIER=1",
            "STATUS=",
            "MAINPID=",
            "ERRNO=",
            "WATCHDOG_USEC=",
            "EXTEND_TIMEOUT_USEC=",
            "MONOTONIC_USEC=",
            "EXIT_STATUS=",
            "\n",
            "\r",
            "\0",
            "0",
            "18446744073709551615",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..600),
    ];
    proptest::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_bytes(bytes in datagram()) {
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert!(bytes.len() <= 4096);
            if let Some(status) = &message.status {
                prop_assert!(status.len() <= 500);
                prop_assert!(!status.chars().any(acts));
            }
            if message.barrier {
                prop_assert_eq!(&message, &Message { barrier: true, ..Message::default() });
            }
        }
    }

    #[test]
    fn any_number(number: u64) {
        let message = parsed(&format!("EXTEND_TIMEOUT_USEC={number}\nMAINPID={number}"));
        let is_time = number != 0 && number != u64::MAX;
        prop_assert_eq!(message.extend, micros(number).filter(|_| is_time));
        let pid = i32::try_from(number).ok().filter(|pid| *pid > 0);
        prop_assert_eq!(message.main_pid, pid.map(i32::cast_unsigned));
    }
}
