//! Pages: complete, in order, and never more than the token reaches.

use super::super::list::MOST_LOOKED_AT;
use super::*;

/// All pages of a query, and how many they are.
fn pages(house: &mut House, query: &str) -> (Vec<String>, usize) {
    let mut names = Vec::new();
    let mut after = String::new();
    for count in 1.. {
        let page = house.json("GET", &format!("watches?{query}{after}"), "");
        for watch in page["watches"].as_array().unwrap() {
            names.push(watch["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else {
            return (names, count);
        };
        let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        after = format!("&after={encoded}");
        assert!(count < 1_000);
    }
    unreachable!()
}

#[test]
fn pages_follow_each_other() {
    let mut house = House::with("dc", ALL);
    let names: Vec<String> = ["dc", "dc.a", "dc.b", "dc.b-c", "dc.b.c", "dc.c", "dc.d"]
        .map(String::from)
        .into();
    for name in ["c", "d", "dc-x", "dc0", "dcx", "dd", "e"] {
        house.beat(Namespace::Named, name);
    }
    for name in &names {
        house.beat(Namespace::Named, name);
    }
    house.beat(Namespace::Heartbeat, "dc.beat");
    for limit in 1..=8 {
        let found = pages(&mut house, &format!("limit={limit}"));
        assert_eq!(
            found,
            (names.clone(), names.len().div_ceil(limit)),
            "{limit}"
        );
    }
    for (query, found) in [
        ("", &names[..]),
        ("prefix=", &names),
        ("prefix=d", &names),
        ("prefix=dc", &names),
        ("prefix=dc.", &names[1..]),
        ("prefix=dc.b", &names[2..5]),
        ("prefix=dc.b.", &names[4..5]),
        ("prefix=dc-", &[]),
        ("prefix=dcx", &[]),
        ("prefix=e", &[]),
        ("state=up", &names),
        ("state=new", &[]),
        ("after=dc", &names[1..]),
        ("after=c", &names),
        ("after=dc.b", &names[3..]),
        ("after=dc.bb", &names[5..]),
        ("after=dcx", &[]),
        ("prefix=dc.b&after=a", &names[2..5]),
        ("prefix=dc.b&after=dc.c", &[]),
    ] {
        assert_eq!(pages(&mut house, query).0, found, "{query}");
    }
    // Of everything, a prefix selects as text.
    house.token = house.mint("", "status", NEVER);
    assert_eq!(
        pages(&mut house, "prefix=dc&limit=3").0.len(),
        names.len() + 3
    );
    assert_eq!(pages(&mut house, "").0, house.names());
}

#[test]
fn states_select_what_is_shown() {
    let mut house = House::new();
    house.ask("PUT", "watches/dc.new", "");
    house.ask("POST", "watches/dc.fault/fault", r#"{"reason":""}"#);
    house.ask("POST", "watches/dc.up/kick", "");
    house.ask(
        "POST",
        "watches/dc.late/kick",
        r#"{"timeout_ms":1000,"grace_ms":60000}"#,
    );
    house.ask("POST", "watches/dc.timeout/kick", r#"{"timeout_ms":1000}"#);
    house.ask("POST", "watches/dc.paused/kick", "");
    house.ask("POST", "pause", r#"{"prefix":"dc.paused"}"#);
    house.pass(2);
    for state in ["new", "fault", "up", "late", "timeout", "paused"] {
        assert_eq!(
            pages(&mut house, &format!("state={state}&limit=1")).0,
            [format!("dc.{state}")]
        );
    }
}

/// However many are looked at, a page ends in time, and the next goes on where it ended.
#[test]
fn what_nobody_asked_for_takes_no_longer() {
    let mut house = House::with("dc", "status");
    for at in 0..MOST_LOOKED_AT {
        house.beat(Namespace::Named, &format!("dc.{at:06}"));
        if at % 100 == 0 {
            house.beat(Namespace::Named, &format!("dc-{at:06}"));
        }
    }
    assert_eq!(pages(&mut house, "state=fault"), (vec![], 1));
    house.beat(Namespace::Named, "dc.x");
    house.beat(Namespace::Named, "dc.y");
    let page = house.json("GET", "watches?state=fault", "");
    assert_eq!(page["next"], "dc.099999");
    assert_eq!(pages(&mut house, "state=fault"), (vec![], 2));
    // The longest page is no more than that.
    let page = house.json("GET", "watches?limit=10000", "");
    assert_eq!(page["watches"].as_array().unwrap().len(), 10_000);
}

#[test]
fn heartbeats_are_for_tokens_of_everything() {
    let mut house = House::with("", "status");
    let name = "küche/ofen 1+%";
    house.beat(Namespace::Heartbeat, name);
    house.beat(Namespace::Heartbeat, "a");
    house.beat(Namespace::Named, "a");
    assert_eq!(
        pages(&mut house, "namespace=heartbeat&limit=1"),
        (vec!["a".into(), name.into()], 2)
    );
    assert_eq!(
        pages(&mut house, "namespace=heartbeat&prefix=k%C3%BC&after=a").0,
        [name]
    );
    assert_eq!(pages(&mut house, "namespace=named").0, ["a"]);
    let shown = "watches/k%C3%BCche%2fofen%201+%25?namespace=heartbeat";
    let watch = house.json("GET", shown, "");
    assert_eq!(
        (&watch["name"], &watch["namespace"]),
        (&name.into(), &"heartbeat".into())
    );
    for bad in [
        "%",
        "%2",
        "%zz",
        "%+1",
        "%ff",
        "%00",
        "%0a",
        "",
        "%F0%9F",
        &"a".repeat(201),
    ] {
        let target = format!("watches/{bad}?namespace=heartbeat");
        assert_eq!(house.refused("GET", &target, "").0, 400, "{bad}");
    }
    // Nothing else takes one.
    for (method, path) in [("PUT", ""), ("DELETE", ""), ("POST", "/kick")] {
        let target = format!("watches/a{path}?namespace=heartbeat");
        assert_eq!(house.refused(method, &target, ""), code(400, "bad_value"));
    }
    house.token = house.mint("a", "status", NEVER);
    for target in [
        "watches?namespace=heartbeat",
        "watches/a?namespace=heartbeat",
    ] {
        assert_eq!(house.refused("GET", target, ""), code(403, "wrong_token"));
    }
}
