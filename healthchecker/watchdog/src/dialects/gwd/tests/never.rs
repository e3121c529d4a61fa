//! Whatever comes: no panic, and one line or lines that a client can read.

use proptest::prelude::*;

use super::*;

fn routes() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(vec![
            "kick", "fault", "retire", "clear", "auth", "status", "monitor/1", "monitor", "delmonitor",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ]
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![3 => "dc(\\.[a-z0-9_]{1,3}){0,3}\\.?", 1 => "\\PC{0,20}", 1 => "[.%a-zA-Z0-9/-]{0,250}"]
}

fn queries() -> impl Strategy<Value = String> {
    let pair = prop_oneof![
        "reason=(%[0-9a-fA-F]{2}|[+a-z&=;]|\\PC){0,40}",
        "timeout=[-+0-9.]{0,24}",
        "timeout=[1-9][0-9]{0,6}",
        "header=[01x]",
        "args=https://hooks.slack.com/[a-z]{0,4}",
        "hmac=[0-9a-fA-F]{0,70}",
        "(?s).{0,20}",
    ];
    proptest::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join("&"))
}

/// As strictly as both clients together.
fn check_answer(answer: &Answer, is_name_first: bool) {
    let body = text(answer);
    if answer.status != 200 {
        assert!(matches!(answer.status, 400 | 401 | 403 | 404 | 405 | 429));
        let is_line = |character: char| character.is_ascii_graphic() || character == ' ';
        assert!(!body.is_empty() && body.len() < 100 && body.chars().all(is_line));
        return;
    }
    if body.is_empty() || (body.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        assert!(matches!(body.len(), 0 | 32 | 64));
        return;
    }
    let lines = body.strip_suffix('\n').expect("every line has an end");
    let breaks = |c: char| {
        c.is_control() && !matches!(c, '\t' | '\n') || matches!(c, '\u{2028}' | '\u{2029}')
    };
    assert!(!body.contains(breaks));
    for line in lines.split('\n') {
        let fields: Vec<_> = line.split('\t').collect();
        assert_eq!(fields.len(), 5, "{line:?}");
        let (name, expires) = if is_name_first { (1, 2) } else { (2, 1) };
        if fields[0] == "STATE" {
            assert_eq!((fields[name], fields[expires]), ("NAME", "EXPIRES"));
            continue;
        }
        assert!(matches!(fields[0], "KGOOD" | "TMOUT" | "FAULT"));
        assert_eq!(fields[expires].len(), 31);
        assert!(fields[name].starts_with("dc") && fields[name].len() <= 200);
        assert!(fields[3].parse::<u64>().is_ok());
        assert!(
            fields[4] == "K"
                || fields[4]
                    .strip_prefix("FAULT:")
                    .is_some_and(|r| r.len() <= 500)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 300 }))]

    #[test]
    fn every_answer_is_one_that_clients_can_read(
        calls in proptest::collection::vec(
            (routes(), names(), queries(), any::<[bool; 3]>(), 0_u64..400),
            1..40,
        )
    ) {
        let mut house = House::new();
        for (route, name, query, [is_signed, is_python, is_post], pause) in calls {
            let method = if is_post { "POST" } else { "GET" };
            let agent = if is_python { PYTHON } else { GO };
            let hmac = if is_signed { format!("hmac={}&", house.hmac(&name)) } else { String::new() };
            let call = Call {
                method,
                path: &format!("/{route}/{name}"),
                query: &format!("{hmac}{query}"),
                user_agent: Some(agent),
                authorization: None,
                ..Call::default()
            };
            let answer = match parse(&call, &house.settings) {
                None => continue,
                Some(Err(refusal)) => answer::refused(&refusal),
                Some(Ok(request)) => house.obey(request),
            };
            check_answer(&answer, is_python);
            // What was kicked is shown, as its client reads it.
            if answer.status == 200 && route == "kick" {
                let (_, lines) = house.get("status", &name, "header=0");
                let line = lines.lines().next().unwrap();
                let is_shown = line.starts_with("KGOOD\t") && line.split('\t').any(|field| field == name);
                prop_assert!(is_shown, "{}", line);
            }
            // A gap of less than 10 s is no absence.
            house.now.mono += pause * 10;
            house.now.wall += pause * 10;
        }
    }

    #[test]
    fn any_bytes_at_all(method in "\\PC{0,8}", path in "(?s).{0,60}", query in "(?s).{0,200}", header in proptest::option::of("(?s).{0,40}")) {
        let call = Call {
            method: &method,
            path: &path,
            query: &query,
            user_agent: header.as_deref(),
            authorization: header.as_deref(),
            ..Call::default()
        };
        if let Some(Err(refusal)) = parse(&call, &Settings::default()) {
            check_answer(&answer::refused(&refusal), false);
        }
    }
}
