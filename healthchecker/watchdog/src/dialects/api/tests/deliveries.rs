//! What is still to be told: who sees it, and who has it told again.

use super::*;
use crate::outbox::{Limits, Sink, Step, Type, Verdict};
use crate::watches::{Event, State};

/// One sink, which hears everything.
pub(super) fn outbox() -> Outbox {
    let ops = Sink {
        name: "ops".into(),
        prefix: "".into(),
        namespaces: Namespace::ALL.into(),
        events: Type::ALL.into(),
        mark: [0; 32],
    };
    Outbox::new(Limits::default(), vec![ops])
}

impl House {
    pub(super) fn news(&mut self, key: Key, id: u128) {
        let event = Event {
            id: 1,
            key,
            at: self.now.wall,
            episode: 1,
            from: State::Up,
            to: State::Fault,
            reason: "disk full".into(),
            body: Box::default(),
            is_told: true,
            instance: None,
        };
        let look = Look {
            now: self.now,
            table: &self.table,
            turn: 1,
        };
        self.outbox.route(&[event], &look, || id);
    }

    pub(super) fn dead_letter(&mut self, name: &str, id: u128) {
        self.news(Key::new(Namespace::Named, name).unwrap(), id);
        let look = Look {
            now: self.now,
            table: &self.table,
            turn: 1,
        };
        let Step::Send(job) = self.outbox.take(1, &look, 1, true) else {
            panic!("nothing is sent");
        };
        let refused = Verdict::Refused {
            problem: "HTTP 400".into(),
        };
        self.outbox
            .settle(job.queue, job.message.id, &refused, &look);
    }
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["deliveries"].as_array().unwrap();
    let ids = rows.iter().map(|row| row["id"].as_str().unwrap());
    ids.map(|id| {
        id.trim_start_matches("evt_0")
            .trim_start_matches('0')
            .to_owned()
    })
    .collect()
}

#[test]
fn a_page_is_exactly_so() {
    let mut house = House::new();
    house.dead_letter("dc.server1", 0xfeed);
    let (status, text) = house.ask("GET", "deliveries", "");
    let expected = concat!(
        r#"{"deliveries":[{"seq":1,"id":"evt_0000000000000000000000000000feed","sink":"ops","state":"dead","#,
        r#""type":"down","namespace":"named","name":"dc.server1","at":"2016-12-01T18:52:32.000Z","episode":1,"#,
        r#""from":"up","to":"fault","reason":"disk full","attempts":0,"next":null,"#,
        r#""message":"evt_0000000000000000000000000000feed","problem":"HTTP 400","#,
        r#""ended":"2016-12-01T18:52:32.000Z"}],"next":null}"#
    );
    assert_eq!((status, &*text), (200, expected));
}

#[test]
fn an_instance_is_named_as_people_read_it() {
    let mut house = House::with("", ALL);
    house.news(Key::instance("api", "1").unwrap(), 1);
    let page = house.json("GET", "deliveries", "");
    assert_eq!(page["deliveries"][0]["name"], "api/1");
}

#[test]
fn each_token_sees_its_own() {
    let mut house = House::new();
    house.dead_letter("dc.a", 1);
    house.dead_letter("dc2", 2);
    house.news(Key::new(Namespace::Named, "dc.b").unwrap(), 3);
    house.news(Key::new(Namespace::Heartbeat, "dc.c").unwrap(), 4);
    assert_eq!(ids(&house.json("GET", "deliveries", "")), ["1", "3"]);
    assert_eq!(
        ids(&house.json("GET", "deliveries?state=waiting", "")),
        ["3"]
    );
    assert_eq!(
        ids(&house.json("GET", "deliveries?state=muted", "")),
        [""; 0]
    );
    assert_eq!(
        ids(&house.json("GET", "deliveries?sink=other", "")),
        [""; 0]
    );
    for (rest, status, code) in [
        (
            "deliveries/evt_00000000000000000000000000000002/ops/resend",
            404,
            "no_delivery",
        ),
        (
            "deliveries/evt_00000000000000000000000000000009/ops/resend",
            404,
            "no_delivery",
        ),
        (
            "deliveries/evt_00000000000000000000000000000001/o/resend",
            404,
            "no_delivery",
        ),
        ("deliveries/1/ops/resend", 400, "bad_value"),
        (
            "deliveries/evt_0000000000000000000000000000000G/ops/resend",
            400,
            "bad_value",
        ),
        ("deliveries/ops/resend", 403, "wrong_token"),
    ] {
        assert_eq!(
            house.refused("POST", rest, ""),
            (status, code.to_owned()),
            "{rest}"
        );
    }
    house.token = house.mint("", ALL, NEVER);
    let page = house.json("GET", "deliveries?limit=3", "");
    assert_eq!(ids(&page), ["1", "2", "3"]);
    let next = page["next"].as_u64().unwrap();
    let page = house.json("GET", &format!("deliveries?limit=3&after={next}"), "");
    assert_eq!(
        (ids(&page), page["next"].is_null()),
        (vec!["4".to_owned()], true)
    );
    for rest in ["deliveries?state=x", "deliveries?after=x", "deliveries?x=1"] {
        assert_eq!(house.refused("GET", rest, "").0, 400, "{rest}");
    }
}

#[test]
fn whoever_may_have_others_told_may_have_them_told_again() {
    let mut house = House::new();
    for id in 1..=3 {
        house.dead_letter("dc.a", id);
    }
    let one = "deliveries/00000000000000000000000000000002/ops/resend";
    assert_eq!(house.json("POST", one, "")["deliveries"], 1);
    assert_eq!(
        ids(&house.json("GET", "deliveries?state=waiting", "")),
        ["2"]
    );
    house.token = house.mint("dc", "status", NEVER);
    assert_eq!(
        house.refused("POST", one, ""),
        (403, "missing_verb".to_owned())
    );
    house.token = house.mint("", "monitor", NEVER);
    assert_eq!(
        house.json("POST", "deliveries/ops/resend", "")["deliveries"],
        3
    );
    assert_eq!(house.refused("POST", "deliveries/x/resend", "").0, 404);
}
