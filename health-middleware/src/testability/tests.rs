use super::command::{BOOLS, Condition, STATES};
use super::*;

#[test]
fn commands() {
    for (rest, command) in [
        ("healthy/false", Ok(Command::Healthy(false))),
        ("healthy/T", Ok(Command::Healthy(true))),
        ("ready/0", Ok(Command::Ready(false))),
        ("live/True", Ok(Command::Live(true))),
        ("healthy/", Err(Refusal::Invalid(BOOLS))),
        ("healthy/yes", Err(Refusal::Invalid(BOOLS))),
        ("healthy/tRUE", Err(Refusal::Invalid(BOOLS))),
        ("healthy/false/", Err(Refusal::Invalid(BOOLS))),
        ("healthy/%66alse", Err(Refusal::Invalid(BOOLS))),
        ("healthy", Err(Refusal::NotFound)),
        ("", Err(Refusal::NotFound)),
        ("/", Err(Refusal::NotFound)),
        ("components/db", Err(Refusal::NotFound)),
        ("components/db/sideways", Err(Refusal::Invalid(STATES))),
        (
            "components/db/hang",
            Ok(Command::Component {
                name: "db",
                state: Condition::Hang,
            }),
        ),
    ] {
        assert_eq!(parse(rest), command, "{rest:?}");
    }
}

#[test]
fn tokens() {
    assert_eq!(bearer(b"Bearer abc"), Some(&b"abc"[..]));
    assert_eq!(bearer(b"bEARER  abc "), Some(&b"abc"[..]));
    assert_eq!(bearer(b"Basic abc"), None);
    assert_eq!(bearer(b"Bearer"), None);
    assert_eq!(bearer(b""), None);
    assert!(same(b"abc", b"abc"));
    assert!(!same(b"abc", b"abd"));
    assert!(!same(b"ab", b"abc"));
    assert!(!same(b"", b"abc"));
}
