//! Whatever comes: no panic, and an answer as the document has it.

use proptest::prelude::*;

use super::*;

fn targets() -> impl Strategy<Value = String> {
    let name =
        prop_oneof![3 => "dc(\\.[a-c]){0,2}", 1 => "\\PC{0,20}", 1 => "[.%a-zA-Z0-9/-]{0,210}"];
    let path = prop_oneof![
        2 => Just("watches".to_owned()),
        2 => Just("tokens".to_owned()),
        4 => name.clone().prop_map(|name| format!("watches/{name}")),
        6 => (name, "kick|fault|start").prop_map(|(name, verb)| format!("watches/{name}/{verb}")),
        4 => "retire|clear|pause|resume",
        2 => "tokens/[0-9]{1,2}(/rotate)?",
        1 => "\\PC{0,20}",
    ];
    let pair = prop_oneof![
        "prefix=(dc|d|\\PC{0,4})",
        "state=(up|fault|[a-z]{0,4})",
        "limit=[0-9]{0,6}",
        "after=(dc|[0-9]|%[0-9a-f]{2})",
        "namespace=(named|heartbeat|x)",
        "(?s).{0,12}",
    ];
    let query =
        prop_oneof![3 => Just(String::new()), 2 => pair.prop_map(|pair| format!("?{pair}"))];
    (path, query).prop_map(|(path, query)| path.replace('?', "") + &query)
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        "-?[0-9]{1,12}(\\.[0-9])?",
        Just("null".to_owned()),
        Just("true".to_owned()),
        "\"dc(\\.[a-c]){0,2}\"",
        "\"(\\\\u[0-9a-f]{4}|[a-zäö€]){0,6}\"",
        "\\[(\"(kick|auth|fault|signed|x)\"(,\"retire\")?)?\\]",
        "\\{\\}",
        "(?s).{0,6}",
    ];
    let field = (
        "prefix|timeout_ms|grace_ms|first_ms|kind|labels|ping_url|reason|body|rid|for_ms|maintenance|verbs|note|expires_in_ms|overlap_ms|\\PC{0,3}",
        value,
    );
    let object = proptest::collection::vec(field, 0..4).prop_map(|fields| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into_bytes()
    });
    prop_oneof![6 => object, 1 => Just(Vec::new()), 1 => proptest::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 300 }))]

    #[test]
    fn every_answer_is_documented_and_nobody_rises(
        calls in proptest::collection::vec(
            ("GET|HEAD|PUT|POST|DELETE|\\PC{0,3}", targets(), bodies(), 0_u64..400),
            1..30,
        )
    ) {
        let mut house = House::with("", ALL);
        for name in ["dc", "dc.a", "dcx", "x"] {
            house.beat(Namespace::Named, name);
        }
        // Number 2 is what all those are asked with; 1 is of everything.
        house.token = house.mint("dc", "kick fault status retire auth pause", NEVER);
        let authorization = format!("Bearer {}", house.token);
        for (method, target, body, pause) in calls {
            let answer = house.answer(&method, &target, Some(&authorization), None, &body);
            let text = std::str::from_utf8(&answer.body).unwrap();
            prop_assert!(!text.contains("dcx") || answer.status >= 400, "{}", text);
            // A gap of less than 10 s is no absence.
            house.now.mono += pause * 10;
            house.now.wall += pause * 10;
        }
        for row in house.tokens.rows().filter(|row| row.serial > 2) {
            let verbs = Verbs::from_stored(&row.verbs);
            let most = Verbs::parse("kick fault status retire auth pause").unwrap();
            prop_assert!(verbs.and(most) == verbs && crate::watches::covers("dc", &row.prefix));
        }
        prop_assert_eq!(house.tokens.row(1).unwrap().revoked, None);
        for name in ["dcx", "x"] {
            let key = Key::new(Namespace::Named, name).unwrap();
            prop_assert!(house.table.get(&key).is_some_and(|watch| watch.hold().is_none()));
        }
    }

    #[test]
    fn any_bytes_at_all(
        method in "\\PC{0,8}",
        path in "(?s)(/api/watchdog/v1/)?.{0,60}",
        query in "(?s).{0,60}",
        header in proptest::option::of("(?s).{0,80}"),
        content_type in proptest::option::of("(?s).{0,40}"),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let call = Call {
            method: &method,
            path: &path,
            query: &query,
            authorization: header.as_deref(),
            content_type: content_type.as_deref(),
            body: &body,
            ..Call::default()
        };
        if let Some(Err(answer)) = parse(&call) {
            document::check_answer(&method, &path, &answer);
        }
    }
}
