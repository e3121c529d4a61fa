use super::*;
use crate::report::Status;

const UP: Standing = Standing::Up(Status::Healthy);
const TTL: Duration = Duration::from_secs(15);

fn instance() -> Instance {
    Instance::new("accounts", "10.0.0.7", 6767).id("accounts-1")
}

fn watchdog() -> Watchdog {
    Watchdog::new("/", &instance(), TTL)
}

fn answers(watchdog: &mut Watchdog, step: Step, status: u16, body: &str) -> Result<(), String> {
    let status = StatusCode::from_u16(status).unwrap();
    let body = body.as_bytes().to_vec();
    watchdog.heard(step, &Answer { status, body })
}

fn says(watchdog: &mut Watchdog, step: Step, status: u16) -> Result<(), String> {
    watchdog.message(step, "reason");
    answers(watchdog, step, status, "")
}

fn registered() -> Watchdog {
    let mut watchdog = watchdog();
    says(&mut watchdog, Step::Register, 201).unwrap();
    watchdog
}

/// Byte for byte.
#[test]
fn calls_as_the_registry_takes_them() {
    let whole = instance()
        .tag("v2")
        .tag("é\"&")
        .meta("zone", "a b")
        .meta("version", "1.2.0");
    for (mut watchdog, body) in [
        (
            watchdog(),
            r#"{"address":"10.0.0.7","id":"accounts-1","metadata":{},"name":"accounts","port":6767,"remove_after":"615s","tags":[],"ttl":"15s"}"#,
        ),
        (
            Watchdog::new("", &whole, Duration::from_secs(3600)),
            r#"{"address":"10.0.0.7","id":"accounts-1","metadata":{"version":"1.2.0","zone":"a b"},"name":"accounts","port":6767,"remove_after":"4200s","tags":["v2","é\"&"],"ttl":"3600s","version":"1.2.0"}"#,
        ),
    ] {
        for (step, path, body, kind) in [
            (Step::Register, "/register", body, JSON),
            (
                Step::Beat,
                "/heartbeat?name=accounts&id=accounts-1",
                "",
                None,
            ),
            (Step::Drain, "/drain?name=accounts&id=accounts-1", "", None),
            (
                Step::Deregister,
                "/deregister?name=accounts&id=accounts-1",
                "",
                None,
            ),
        ] {
            let message = watchdog.message(step, "reason");
            let expected = Message {
                method: Method::POST,
                path: path.to_owned(),
                body: body.to_owned(),
                kind,
                most: 0,
            };
            assert_eq!(message, expected);
        }
    }
    let mut behind = Watchdog::new("/behind/proxy/", &instance(), TTL);
    let path = behind.message(Step::Register, "").path;
    assert_eq!(path, "/behind/proxy/register");
    let path = behind.message(Step::Beat, "").path;
    assert_eq!(path, "/behind/proxy/heartbeat?name=accounts&id=accounts-1");
}

/// Nothing needs to be encoded, and nothing that would is let in.
#[test]
fn what_a_name_and_an_id_may_have_stands_in_a_query_as_it_is() {
    let every = "AZaz09._-:";
    let instance = Instance::new(every, "::1", 1).id(every);
    assert_eq!(instance.check(), Ok(()));
    let mut watchdog = Watchdog::new("", &instance, TTL);
    let path = watchdog.message(Step::Beat, "").path;
    assert_eq!(path, "/heartbeat?name=AZaz09._-:&id=AZaz09._-:");
    assert!(path.parse::<http::Uri>().is_ok());
    // By default the host is a part of it.
    let address = Instance::new("a", "fe80::1", 1);
    assert_eq!(address.check(), Ok(()));
    let path = Watchdog::new("", &address, TTL)
        .message(Step::Beat, "")
        .path;
    assert_eq!(path, "/heartbeat?name=a&id=a-fe80::1-1");
    for odd in [
        "a&id=b", "a/b", "a b", "a+b", "a%20b", "a=b", "a#b", "a?b", "ä", "日本", "a\nb", "",
    ] {
        assert!(Instance::new(odd, "h", 1).check().is_err(), "{odd:?}");
        let instance = Instance::new("a", "h", 1).id(odd);
        assert!(instance.check().is_err(), "{odd:?}");
    }
}

#[test]
fn registered_then_beaten_then_taken_out() {
    let mut watchdog = watchdog();
    for standing in [Standing::Down, Standing::Gone] {
        assert_eq!(watchdog.next(standing), None, "nothing was ever said");
    }
    assert_eq!(watchdog.next(UP), Some(Step::Register));
    says(&mut watchdog, Step::Register, 201).unwrap();
    assert_eq!(watchdog.next(UP), None);
    watchdog.stale();
    assert_eq!(watchdog.next(UP), Some(Step::Beat));
    assert!(says(&mut watchdog, Step::Beat, 503).is_err());
    assert_eq!(watchdog.next(UP), Some(Step::Beat));
    says(&mut watchdog, Step::Beat, 200).unwrap();
    assert_eq!(watchdog.next(UP), None);
    // Not ready: it is drained, and beats on.
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Drain));
    assert!(says(&mut watchdog, Step::Drain, 500).is_err());
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Drain));
    says(&mut watchdog, Step::Drain, 200).unwrap();
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Beat), "at once");
    says(&mut watchdog, Step::Beat, 200).unwrap();
    assert_eq!(watchdog.next(Standing::Down), None);
    watchdog.stale();
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Beat));
    // No beat ends a drain.
    assert_eq!(watchdog.next(UP), Some(Step::Register));
    says(&mut watchdog, Step::Register, 201).unwrap();
    assert!(says(&mut watchdog, Step::Deregister, 500).is_err());
    assert_eq!(watchdog.next(Standing::Gone), Some(Step::Deregister));
    says(&mut watchdog, Step::Deregister, 404).unwrap();
    assert_eq!(watchdog.next(Standing::Gone), None);
}

/// The answers of a registry that was restarted with nothing, or has struck it off.
#[test]
fn a_registry_that_has_forgotten_is_told_anew() {
    for step in [Step::Beat, Step::Drain] {
        let mut watchdog = registered();
        watchdog.stale();
        let found = says(&mut watchdog, step, 404);
        if step == Step::Beat {
            assert_eq!(found, Err("answered 404 Not Found".to_owned()));
        }
        assert_eq!(watchdog.next(UP), Some(Step::Register), "{step:?}");
        // One that is not ready is not registered in order to be drained.
        assert_eq!(watchdog.next(Standing::Down), Some(Step::Deregister));
        says(&mut watchdog, Step::Deregister, 404).unwrap();
        assert_eq!(watchdog.next(Standing::Down), None);
        // For ever.
        assert!(says(&mut watchdog, Step::Register, 404).is_err());
        assert_eq!(watchdog.next(UP), Some(Step::Register));
    }
}

/// The guide's own.
#[test]
fn a_registry_without_a_drain_is_asked_to_strike_it_off() {
    let mut watchdog = registered();
    says(&mut watchdog, Step::Drain, 404).unwrap();
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Deregister));
    says(&mut watchdog, Step::Deregister, 200).unwrap();
    assert_eq!(watchdog.next(Standing::Down), None);
    assert_eq!(watchdog.next(UP), Some(Step::Register));
}

/// A beat that fails otherwise says nothing of what is registered.
#[test]
fn what_else_a_registry_answers_is_no_reason_to_register() {
    for status in [301, 400, 401, 403, 429, 500, 502, 503] {
        let mut watchdog = registered();
        watchdog.stale();
        assert!(says(&mut watchdog, Step::Beat, status).is_err(), "{status}");
        assert_eq!(watchdog.next(UP), Some(Step::Beat), "{status}");
    }
}

#[test]
fn only_a_registry_answers_201() {
    for (status, body) in [
        (200, ""),
        (200, "<html>welcome</html>"),
        (202, "{}"),
        (204, ""),
        (302, ""),
        (400, "invalid data\n"),
        (404, "404 page not found\n"),
        (500, "\u{0}"),
    ] {
        let mut watchdog = watchdog();
        watchdog.message(Step::Register, "");
        let found = answers(&mut watchdog, Step::Register, status, body);
        let why = found.unwrap_err();
        assert!(why.starts_with(&format!("answered {status} ")), "{why}");
        assert_eq!(watchdog.next(UP), Some(Step::Register), "{status}");
        // Who knows what came of it.
        let next = watchdog.next(Standing::Gone);
        assert_eq!(next, Some(Step::Deregister), "{status}");
        says(&mut watchdog, Step::Deregister, 404).unwrap();
        assert_eq!(watchdog.next(Standing::Gone), None, "{status}");
    }
}

/// One that had no answer may reach a registry that hung after the withdrawal.
#[test]
fn a_registration_without_an_answer_is_withdrawn_twice() {
    for first in [200, 404] {
        let mut watchdog = watchdog();
        watchdog.message(Step::Register, "");
        assert_eq!(watchdog.next(Standing::Gone), Some(Step::Deregister));
        assert!(says(&mut watchdog, Step::Deregister, 503).is_err());
        assert_eq!(
            says(&mut watchdog, Step::Deregister, first),
            Err(LOOSE.to_owned())
        );
        assert_eq!(watchdog.next(Standing::Gone), Some(Step::Deregister));
        says(&mut watchdog, Step::Deregister, 404).unwrap();
        assert_eq!(watchdog.next(Standing::Gone), None);
    }
}

/// Also where it would end a drain that it comes after.
#[test]
fn a_registration_without_an_answer_is_drained_twice() {
    let mut watchdog = registered();
    says(&mut watchdog, Step::Drain, 200).unwrap();
    assert_eq!(watchdog.next(UP), Some(Step::Register));
    watchdog.message(Step::Register, "");
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Drain));
    assert_eq!(says(&mut watchdog, Step::Drain, 200), Err(LOOSE.to_owned()));
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Drain));
    says(&mut watchdog, Step::Drain, 200).unwrap();
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Beat));
}

#[test]
fn an_answer_that_is_lost_leaves_it_open() {
    let mut watchdog = registered();
    watchdog.stale();
    watchdog.message(Step::Beat, "");
    assert_eq!(watchdog.next(UP), Some(Step::Beat));
    watchdog.message(Step::Drain, "");
    assert_eq!(watchdog.next(UP), Some(Step::Register));
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Drain));
    watchdog.message(Step::Deregister, "");
    assert_eq!(watchdog.next(UP), Some(Step::Register));
    assert_eq!(watchdog.next(Standing::Down), Some(Step::Deregister));
    assert_eq!(watchdog.next(Standing::Gone), Some(Step::Deregister));
}
