//! Which watch a path is of, and what it says of it.

use super::*;

fn by_uuid() -> Subject {
    Subject::Uuid(NUMBER)
}

fn by_slug(slug: &str) -> Subject {
    Subject::Slug {
        key: "k3y".into(),
        slug: slug.into(),
    }
}

#[test]
fn paths() {
    for (rest, expected) in [
        (UUID.to_owned(), Some((by_uuid(), Signal::Success))),
        (UUID.to_uppercase(), Some((by_uuid(), Signal::Success))),
        (format!("{UUID}/"), Some((by_uuid(), Signal::Success))),
        (format!("{UUID}/start"), Some((by_uuid(), Signal::Start))),
        (format!("{UUID}/fail"), Some((by_uuid(), Signal::Fail))),
        (format!("{UUID}/log"), Some((by_uuid(), Signal::Log))),
        (format!("{UUID}/0"), Some((by_uuid(), Signal::Exit(0)))),
        (format!("{UUID}/255"), Some((by_uuid(), Signal::Exit(255)))),
        (format!("{UUID}/007"), Some((by_uuid(), Signal::Exit(7)))),
        (
            "k3y/backup".into(),
            Some((by_slug("backup"), Signal::Success)),
        ),
        (
            "k3y/a.b-c_d".into(),
            Some((by_slug("a.b-c_d"), Signal::Success)),
        ),
        ("k3y/256".into(), Some((by_slug("256"), Signal::Success))),
        (
            "k3y/started".into(),
            Some((by_slug("started"), Signal::Success)),
        ),
        (
            "k3y/backup/start".into(),
            Some((by_slug("backup"), Signal::Start)),
        ),
        (
            "k3y/backup/fail".into(),
            Some((by_slug("backup"), Signal::Fail)),
        ),
        (
            "k3y/backup/log".into(),
            Some((by_slug("backup"), Signal::Log)),
        ),
        (
            "k3y/backup/17".into(),
            Some((by_slug("backup"), Signal::Exit(17))),
        ),
        // A uuid is a slug like any other, and never a key.
        (
            format!("k3y/{UUID}"),
            Some((by_slug(UUID), Signal::Success)),
        ),
        (format!("{UUID}/backup"), None),
        (format!("{UUID}/backup/start"), None),
        (format!("{UUID}/start/"), None),
        (format!("{UUID}//"), None),
        (format!("{UUID}/256"), None),
        (
            format!("{UUID}/99999999999999999999999999999999999999999"),
            None,
        ),
        (format!("{UUID}/-1"), None),
        (format!("{UUID}/+1"), None),
        (format!("{UUID}/1.0"), None),
        (format!("{UUID}/START"), None),
        ("k3y".into(), None),
        ("k3y/".into(), None),
        ("".into(), None),
        ("/".into(), None),
        ("/backup".into(), None),
        ("k3y/start".into(), None),
        ("k3y/fail".into(), None),
        ("k3y/log".into(), None),
        ("k3y/0".into(), None),
        ("k3y/255".into(), None),
        ("k3y/backup/".into(), None),
        ("k3y/backup/256".into(), None),
        ("k3y/backup/stop".into(), None),
        ("k3y/backup/start/".into(), None),
        ("k3y/backup/start/1".into(), None),
        ("k3y/Backup".into(), None),
        ("k3y/back%75p".into(), None),
        ("k3y/bäckup".into(), None),
        ("k3y/..".into(), None),
        ("k3y/.backup".into(), None),
        ("k.y/backup".into(), None),
        ("kéy/backup".into(), None),
        (format!("k3y/{}", "x".repeat(201)), None),
        (UUID.replace('-', ""), None),
        (format!("{{{UUID}}}"), None),
        (UUID.replace('5', "g"), None),
        (UUID.replacen('-', "a", 1), None),
        ("00000000a0000-0000-0000-000000000000".into(), None),
    ] {
        let path = format!("/ping/{rest}");
        match (get(&path, ""), expected) {
            (Ok(ping), Some(expected)) => {
                assert_eq!((ping.subject, ping.signal), expected, "{path}");
            }
            (found, Some(_)) => panic!("{path}: {found:?}"),
            (found, None) => {
                assert_eq!(found, Err(plain(400, "invalid url format")), "{path}");
            }
        }
    }
    for path in ["/ping", "/pings/x", "", "/", "ping/x", "/PING/x"] {
        assert_eq!(get(path, ""), Err(plain(404, "not found")), "{path}");
    }
}

#[test]
fn names() {
    let longest = format!("/ping/k3y/{}", "x".repeat(189));
    let too_long = format!("/ping/k3y/{}", "x".repeat(190));
    for (path, under, expected) in [
        ("/ping/k3y/backup", Some(""), Ok("backup")),
        ("/ping/k3y/backup", Some("dc"), Ok("dc.backup")),
        ("/ping/k3y/backup", Some("dc."), Ok("dc.backup")),
        (
            "/ping/k3y/a.b/fail",
            Some("dc.server1"),
            Ok("dc.server1.a.b"),
        ),
        ("/ping/k3y/backup", None, Err(plain(404, "not found"))),
        (
            &longest,
            Some("dc.server1"),
            Ok(&*format!("dc.server1.{}", "x".repeat(189))),
        ),
        (
            &too_long,
            Some("dc.server1"),
            Err(plain(400, "invalid url format")),
        ),
        (
            "/ping/k3y/backup",
            Some("No Name"),
            Err(plain(400, "invalid url format")),
        ),
    ] {
        let ping = get(path, "").unwrap();
        let signal = ping.signal();
        let authority = |key: &str, asked| {
            assert_eq!((key, asked), ("k3y", signal));
            under.map(str::to_owned)
        };
        let commands = ping.commands(authority, || panic!("nothing is made"));
        match (commands, expected) {
            (Ok(commands), Ok(name)) => {
                let Command::One { target, fresh, .. } = &commands[0] else {
                    panic!("{commands:?}");
                };
                let key = Key::new(Namespace::Named, name).unwrap();
                assert_eq!((target, fresh), (&Target::Key(key), &None));
            }
            (found, expected) => assert_eq!(found.err(), expected.err(), "{path}"),
        }
    }
}
