use super::*;

const PLAIN: &str = r#"{"id":"1","name":"api","address":"10.0.0.5","port":8080}"#;

#[test]
fn a_registration_is_answered_as_go_would() {
    let mut house = House::new();
    let answer = house.register(ODD);
    let line = concat!(
        r#"{"id":"1\"\u003c","name":"a\u0026b","address":"10.0.0.5","port":8080,"#,
        r#""version":"\r\nevent: x\n\ndata: y","tags":["\u2028","\u003c/script\u003e"],"#,
        r#""metadata":{"a":"\n","b":"\u0000"},"health":"healthy","#,
        r#""last_seen":"2016-12-01T18:52:32.007Z","weight":3}"#,
        "\n"
    );
    assert_eq!(text(&answer), (201, line));
    assert_eq!(
        answer.headers,
        [("content-type", "application/json".into())]
    );
    let none = concat!(
        r#"{"id":"1","name":"api","address":"10.0.0.5","port":8080,"version":"","tags":null,"#,
        r#""metadata":null,"health":"healthy","last_seen":"2016-12-01T18:52:32.007Z"}"#,
        "\n"
    );
    assert_eq!(text(&house.register(PLAIN)), (201, none));
    // What a client in Go sends of its own struct, which has no omitempty.
    let whole = r#"{"id":"1","name":"api","address":"10.0.0.5","port":8080,"version":"","tags":null,
        "metadata":null,"health":"","last_seen":"0001-01-01T00:00:00Z"}"#;
    assert_eq!(text(&house.register(whole)), (201, none));
}

#[test]
fn texts_are_those_of_the_table() {
    let key = Key::instance("api", "1").unwrap();
    for (answer, said) in [
        (deregistered(), (200, "")),
        (done(&key, Outcome::Done(1)), (200, "")),
        (
            done(&key, Outcome::Missing),
            (404, "service not found: api/1\n"),
        ),
        (missing(&key), (404, "service not found: api/1\n")),
        (
            none_registered("api"),
            (404, "no instances found for service: api\n"),
        ),
        (
            none_healthy("api"),
            (404, "no healthy instances found for service: api\n"),
        ),
        (too_large(), (413, "the body is longer than 64 kB\n")),
        (
            registered(Outcome::Full, None, NOW),
            (429, "too many instances, or too much is said of them\n"),
        ),
    ] {
        assert_eq!(text(&answer), said);
        let is_error = answer.status >= 400;
        let type_of = is_error.then_some("text/plain; charset=utf-8");
        assert_eq!(answer.header("content-type"), type_of);
        assert_eq!(
            answer.header("x-content-type-options"),
            is_error.then_some("nosniff")
        );
    }
    assert_eq!(text(&discovered(b"[]\n".to_vec())), (200, "[]\n"));
}

#[test]
fn what_is_asked_for() {
    let key = Key::instance("a b", "1/ü").unwrap();
    let query = "name=a+b&id=1%2F%C3%BC&name=other";
    assert_eq!(
        ask("GET", "/heartbeat", query, ""),
        Ok(Request::Heartbeat(key.clone()))
    );
    assert_eq!(
        ask("PUT", "/deregister", query, ""),
        Ok(Request::Deregister(key.clone()))
    );
    assert_eq!(
        ask("DELETE", "/deregister", query, ""),
        Ok(Request::Deregister(key.clone()))
    );
    assert_eq!(ask("POST", "/drain", query, ""), Ok(Request::Drain(key)));
    let service: Box<str> = "a b".into();
    for (rest, strategy) in [
        ("", None),
        ("&strategy=random", Some(Strategy::Random)),
        ("&strategy=round-robin", Some(Strategy::RoundRobin)),
    ] {
        let service = service.clone();
        assert_eq!(
            ask("GET", "/discover", &format!("{query}{rest}"), ""),
            Ok(Request::Discover { service, strategy })
        );
    }
    assert_eq!(
        ask("GET", "/watch", query, ""),
        Ok(Request::Watch { service })
    );
}

#[test]
fn a_life() {
    let mut house = House::new();
    let short = r#"{"id":"1","name":"api","address":"10.0.0.5","port":8080,"ttl":"5s","remove_after":"8s"}"#;
    let query = "name=api&id=1";
    assert_eq!(house.act("/heartbeat", query).status, 404);
    house.register(short);
    assert_eq!(house.news(), [("register", "healthy")]);
    house.register(short);
    house.act("/heartbeat", query);
    assert_eq!(house.news(), [], "beats are no news");
    house.pass(4);
    assert_eq!(house.news(), []);
    house.pass(1);
    assert_eq!(house.news(), [("health_change", "unhealthy")]);
    assert_eq!(house.act("/heartbeat", query).status, 200);
    assert_eq!(house.news(), [("health_change", "healthy")]);
    assert_eq!(house.act("/drain", query).status, 200);
    assert_eq!(house.act("/drain", query).status, 200);
    assert_eq!(house.news(), [("health_change", "unknown")]);
    house.pass(4);
    assert_eq!(house.act("/heartbeat", query).status, 200);
    house.pass(4);
    assert_eq!(house.news(), [], "it beats on");
    house.pass(1);
    assert_eq!(house.act("/heartbeat", query).status, 200);
    let both = [("health_change", "unhealthy"), ("health_change", "unknown")];
    assert_eq!(house.news(), both);
    house.register(short);
    assert_eq!(house.news(), [("register", "healthy")], "it drains no more");
    assert_eq!(house.act("/deregister", query).status, 200);
    assert_eq!(house.news(), [("deregister", "healthy")]);
    assert_eq!(house.act("/deregister", query).status, 404);
    house.register(short);
    house.news();
    house.pass(8);
    let end = [("health_change", "unhealthy"), ("deregister", "unhealthy")];
    assert_eq!(house.news(), end);
    assert!(house.table.is_empty());
}

#[test]
fn nothing_that_is_said_ends_a_line_of_a_stream() {
    let mut house = House::new();
    house.register(ODD);
    let shown = text(&house.register(ODD)).1.trim_end().to_owned();
    let frame = Frame::of(&house.events[0]).unwrap();
    assert_eq!(
        frame.text(7),
        format!("event: register\nid: 7\ndata: {{\"type\":\"register\",\"service\":{shown}}}\n\n")
    );
    let watch = house
        .table
        .after(crate::watches::Namespace::Registry, "", "")
        .next()
        .unwrap();
    let there = Frame::There(Shown::of(watch, NOW).unwrap()).text(7);
    assert_eq!(there.lines().count(), 3);
    assert!(there.starts_with("event: register\ndata: {"), "{there}");
    let end = "event: snapshot\nid: 7\ndata: {\"type\":\"snapshot\"}\n\n";
    assert_eq!(Frame::Snapshot.text(7), end);
    assert_eq!(
        Frame::Resync.text(7),
        "event: resync\ndata: {\"type\":\"resync\"}\n\n"
    );
}

#[test]
fn as_prometheus_discovers_them() {
    let mut house = House::new();
    house.register(
        r#"{"id":"1","name":"api","address":"::1","port":8080,"version":"2","tags":["a","b"],
        "metadata":{"scrape.path":"/m\"","ü":"<"}}"#,
    );
    house.register(r#"{"id":"2","name":"api","address":"app.example","port":1}"#);
    let all = house
        .table
        .after(crate::watches::Namespace::Registry, "", "");
    let all: Vec<_> = all
        .map(|watch| targets(&Shown::of(watch, NOW).unwrap()))
        .collect();
    assert_eq!(
        all,
        [
            concat!(
                r#"{"targets":["[::1]:8080"],"labels":{"__meta_watchdog_address":"::1","#,
                r#""__meta_watchdog_health":"healthy","__meta_watchdog_id":"1","#,
                r#""__meta_watchdog_metadata__":"\u003c","__meta_watchdog_metadata_scrape_path":"/m\"","#,
                r#""__meta_watchdog_service":"api","__meta_watchdog_tags":",a,b,","#,
                r#""__meta_watchdog_version":"2"}}"#
            ),
            concat!(
                r#"{"targets":["app.example:1"],"labels":{"__meta_watchdog_address":"app.example","#,
                r#""__meta_watchdog_health":"healthy","__meta_watchdog_id":"2","#,
                r#""__meta_watchdog_service":"api","__meta_watchdog_version":""}}"#
            ),
        ]
    );
}

#[test]
fn one_of_several() {
    use Strategy::{Random, RoundRobin};
    assert_eq!(choose(RoundRobin, &[], 0, 0), None);
    let turns = (0..4).map(|turn| choose(RoundRobin, &[0, 9, 1], turn, 0).unwrap());
    assert_eq!(turns.collect::<Vec<_>>(), [0, 1, 2, 0]);
    let chances = (0..8).map(|random| choose(Random, &[1, 0, 3], 0, random).unwrap());
    assert_eq!(chances.collect::<Vec<_>>(), [0, 2, 2, 2, 0, 2, 2, 2]);
    assert_eq!(choose(Random, &[0, 0], 0, 3), Some(1));
    assert_eq!(
        choose(Random, &[u16::MAX; 3], 0, u128::MAX).map(|at| at < 3),
        Some(true)
    );
}

#[test]
fn who_is_held_is_not_discovered() {
    let mut house = House::new();
    house.register(PLAIN);
    let key = Key::instance("api", "1").unwrap();
    let hold = Deed::Sweep(Sweep::Hold {
        is_maintenance: true,
        until: crate::watches::NEVER,
    });
    let command = one(house.table.get(&key).unwrap(), hold);
    house.apply(command);
    assert_eq!(house.news().last(), Some(&("health_change", "unknown")));
    assert_eq!(house.table.get(&key).unwrap().shown(), State::Maintenance);
}
