use proptest::prelude::{Strategy, *};

use super::{
    Call, Frame, House, Outcome, Request, Service, Shown, ask, parse, rules, targets, text,
};

fn values() -> impl Strategy<Value = String> {
    let texts = prop_oneof![
        "\\PC{0,20}",
        Just(String::from("http://")),
        "(http|tcp)://[0-9a-f.:@\\[\\]/?#]{0,20}",
        "[0-9]{1,3}(s|m|d|ms)",
    ];
    prop_oneof![
        texts.prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        Just("null".into()),
        Just("{\"a\":\"\\u2028<\"}".into()),
        Just("[\"\\n\"]".into()),
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_no_answer_breaks_a_line(
        members in proptest::collection::vec(
            (
                prop_oneof![
                    "id|name|address|port|version|tags|metadata|ttl|remove_after|weight|check",
                    ".{0,4}",
                ],
                values(),
            ),
            0..14,
        ),
        is_near in any::<bool>(),
    ) {
        let mut all: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{}:{value}", serde_json::to_string(name).unwrap()))
            .collect();
        if is_near {
            all.push(r#""id":"1","name":"a<","address":"10.0.0.5","port":1"#.into());
        }
        let body = format!("{{{}}}", all.join(","));
        match ask("POST", "/register", "", &body) {
            Ok(Request::Register(what)) => {
                let mut house = House::new();
                prop_assert_eq!(house.apply(what.command(1)), Outcome::Created);
                let watch = house.table.get(&what.key).unwrap();
                let kept = Service::of(watch);
                prop_assert_eq!(kept.as_ref(), Some(&what.service));
                let frame = Frame::of(&house.events[0]).unwrap().text(1);
                prop_assert_eq!(frame.matches(['\n', '\r']).count(), 4);
                let is_safe = !frame.contains(['<', '\u{2028}']);
                prop_assert!(is_safe);
                let shown = Shown::of(watch, house.now).unwrap();
                for json in [shown.json(), targets(&shown)] {
                    let read = serde_json::from_str::<serde_json::Value>(&json);
                    prop_assert!(read.is_ok(), "{}", json);
                }
            }
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(answer) => prop_assert_eq!(text(&answer).1.matches(['\n', '\r']).count(), 1),
        }
    }

    #[test]
    fn bytes_never_panic(
        method in "(GET|POST|PUT|DELETE|HEAD)",
        path in "/(register|deregister|discover|heartbeat|drain|watch|)",
        query in "[ -~]{0,40}",
        body in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let call = Call { method: &method, path: &path, query: &query, body: &body, ..Call::default() };
        if let Err(answer) = parse(&call, &rules()) {
            prop_assert_eq!(text(&answer).1.matches(['\n', '\r']).count(), 1);
        }
    }
}
