//! Fields that there are none of, and values that they cannot have.

use super::*;

#[test]
fn fields_that_are_none_or_not_so() {
    let uuid = "5f0c2a34-9b7e-4f3e-8a1d-0123456789ab";
    let labels = format!(r#"{{"labels":"{}"}}"#, "a".repeat(501));
    let note = format!(r#"{{"prefix":"dc","note":"{}"}}"#, "ä".repeat(101));
    let long = format!(r#"{{"prefix":"{}"}}"#, "a".repeat(201));
    let rid = format!(r#"{{"rid":"{}"}}"#, uuid.replace('-', ""));
    let put = ("PUT", "watches/dc.a");
    let kick = ("POST", "watches/dc.a/kick");
    let fault = ("POST", "watches/dc.a/fault");
    let pause = ("POST", "pause");
    let mint = ("POST", "tokens");
    let rotate = ("POST", "tokens/2/rotate");
    let within = "must be from 1000 to 31622400000 milliseconds";
    for ((method, target), body, said) in [
        (
            put,
            r#"{"timeout":5}"#,
            "line 1 column 10: unknown field `timeout`, expected one of `kind`, `timeout_ms`",
        ),
        (
            put,
            r#"{"timeout_ms":5000,"timeout_ms":5000}"#,
            "column 31: duplicate field `timeout_ms`",
        ),
        (
            put,
            "{\n \"timeout_ms\":\n null}",
            "line 3 column 5: invalid type: null",
        ),
        (
            put,
            r#"{"timeout_ms":"5000"}"#,
            "invalid type: string \"5000\", expected u64",
        ),
        (put, r#"{"timeout_ms":0}"#, within),
        (put, r#"{"timeout_ms":999}"#, within),
        (put, r#"{"timeout_ms":31622400001}"#, within),
        (put, r#"{"timeout_ms":18446744073709551615}"#, within),
        (
            put,
            r#"{"timeout_ms":18446744073709551616}"#,
            "floating point",
        ),
        (put, r#"{"timeout_ms":-1}"#, "invalid value: integer `-1`"),
        (put, r#"{"timeout_ms":1.5}"#, "floating point"),
        (put, r#"{"timeout_ms":1e4}"#, "floating point"),
        (put, r#"{"timeout_ms":1e999}"#, "number out of range"),
        (put, r#"{"timeout_ms":05000}"#, "invalid number"),
        (put, r#"{"timeout_ms":NaN}"#, "expected value"),
        (put, r#"{"timeout_ms":[[[[]]]]}"#, "invalid type: sequence"),
        (
            put,
            r#"{"grace_ms":31622400001}"#,
            "grace_ms must be from 0 to 31622400000 milliseconds",
        ),
        (put, r#"{"first_ms":0}"#, "first_ms must be from 1000"),
        (
            put,
            r#"{"kind":"instance"}"#,
            "unknown variant `instance`, expected `kick` or `job`",
        ),
        (put, r#"{"kind":7}"#, "line 1 column"),
        (put, r#"{"ping_url":1}"#, "expected a boolean"),
        (put, r#"{"ping_url":null}"#, "expected a boolean"),
        (put, &labels, "labels must be one line of at most 500 bytes"),
        (put, r#"{"labels":"a\nb"}"#, "labels must be one line"),
        (put, r#"{"labels":"\ud800"}"#, "line 1 column"),
        (put, r#"{"labels":"\udc00\ud800"}"#, "line 1 column"),
        (
            put,
            r#"{"restart":{"exec":["/bin/sh"]}}"#,
            "unknown field `restart`",
        ),
        (put, r#"{"open_to":1}"#, "unknown field `open_to`"),
        (put, r#"{"payload":"x"}"#, "unknown field `payload`"),
        (kick, r#"{"timeout_ms":0}"#, within),
        (kick, r#"{"grace_ms":31622400001}"#, "grace_ms must be"),
        (kick, r#"{"rid":""}"#, "rid must be a uuid"),
        (kick, &rid, "rid must be a uuid"),
        (kick, r#"{"rid":null}"#, "invalid type: null"),
        (kick, r#"{"body":7}"#, "expected a string"),
        (kick, r#"{"first_ms":5000}"#, "unknown field `first_ms`"),
        (fault, "", "missing field `reason`"),
        (fault, r#"{"body":"x"}"#, "missing field `reason`"),
        (fault, r#"{"reason":null}"#, "invalid type: null"),
        (fault, r#"{"reason":"\ud800x"}"#, "line 1 column"),
        (fault, "{\"reason\":\"a\tb\"}", "control character"),
        (
            fault,
            r#"{"reason":"x","REASON":"y"}"#,
            "unknown field `REASON`",
        ),
        (
            ("POST", "watches/dc.a/start"),
            r#"{"rid":"x"}"#,
            "rid must be a uuid",
        ),
        (("POST", "retire"), "", "missing field `prefix`"),
        (
            ("POST", "retire"),
            r#"{"prefix":".."}"#,
            "prefix: the name consists of dots",
        ),
        (
            ("POST", "retire"),
            r#"{"prefix":"dc","for_ms":1}"#,
            "unknown field `for_ms`, expected `prefix`",
        ),
        (
            ("POST", "clear"),
            r#"{"prefix":"DC"}"#,
            "it takes 1 to 200 bytes of a-z",
        ),
        (("POST", "resume"), &long, "longer than 200 bytes"),
        (("POST", "retire"), r#"{"prefix":"dc\u0000"}"#, "character"),
        (
            ("POST", "retire"),
            r#"{"prefix":["dc"]}"#,
            "invalid type: sequence",
        ),
        (
            pause,
            r#"{"prefix":"dc","for_ms":0}"#,
            "for_ms must be from 1 to 31622400000",
        ),
        (
            pause,
            r#"{"prefix":"dc","for_ms":31622400001}"#,
            "for_ms must be",
        ),
        (pause, r#"{"prefix":"dc","for_ms":"1h"}"#, "expected u64"),
        (
            pause,
            r#"{"prefix":"dc","maintenance":"yes"}"#,
            "expected a boolean",
        ),
        (mint, r#"{"verbs":["kick"]}"#, "missing field `prefix`"),
        (mint, r#"{"prefix":"dc..","verbs":[]}"#, "verbs is empty"),
        (
            mint,
            r#"{"prefix":"dc","verbs":"kick"}"#,
            "expected a sequence",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["fly"]}"#,
            "fly is no verb: take some of kick, fault",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["kick fault"]}"#,
            "kick fault is no verb",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["kick\u000bfault"]}"#,
            "is no verb",
        ),
        (mint, r#"{"prefix":"dc","verbs":["kick",""]}"#, "is no verb"),
        (mint, r#"{"prefix":"dc","verbs":[" "]}"#, "is no verb"),
        (
            mint,
            r#"{"prefix":"dc","verbs":["Kick"]}"#,
            "Kick is no verb",
        ),
        (
            mint,
            r#"{"prefix":"dc","expires_in_ms":999}"#,
            "expires_in_ms must be from 1000",
        ),
        (
            mint,
            r#"{"prefix":"dc","expires_in_ms":18446744073709551615}"#,
            "expires_in_ms must be",
        ),
        (
            mint,
            r#"{"prefix":"dc","serial":1}"#,
            "unknown field `serial`",
        ),
        (mint, &note, "note must be one line of at most 200 bytes"),
        (
            mint,
            r#"{"prefix":"dc","note":"a\u0085b"}"#,
            "note must be one line",
        ),
        (
            rotate,
            r#"{"overlap_ms":31622400001}"#,
            "overlap_ms must be from 0",
        ),
        (rotate, r#"{"overlap_ms":-5}"#, "integer `-5`"),
        (rotate, r#"{"verbs":["retire"]}"#, "unknown field `verbs`"),
        (rotate, r#"{"prefix":"dc"}"#, "unknown field `prefix`"),
    ] {
        let mut house = house();
        let before = house
            .table
            .get(&Key::new(Namespace::Named, "dc.a").unwrap())
            .cloned();
        let (status, text) = house.ask(method, target, body);
        assert_eq!(status, 400, "{method} {target} {body:.80}: {text}");
        let error: Value = serde_json::from_str(&text).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains(said), "{body:.80}: {message}");
        let after = house
            .table
            .get(&Key::new(Namespace::Named, "dc.a").unwrap())
            .cloned();
        assert_eq!((before, house.rows.len()), (after, 0));
    }
}
