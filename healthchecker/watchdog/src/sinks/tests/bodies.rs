//! What is sent, byte for byte.

use serde_json::Value;

use super::*;
use crate::sinks::{alertmanager, shown, slack, test_message, webhook};

#[test]
fn a_webhook_of_one() {
    let body = webhook::body(&message(vec![fault("disk \"full\"", b"line\n\xff\x00")]));
    let expected = concat!(
        r#"{"type":"watch.down","timestamp":"2016-12-01T18:52:32.007Z","data":{"#,
        r#""id":"evt_00000000000000000000000000000001","type":"watch.down","#,
        r#""timestamp":"2016-12-01T18:52:32.007Z","title":"dc.server1 is down","watch":"dc.server1","#,
        r#""namespace":"named","service":null,"instance":null,"from":"up","to":"fault","episode":3,"#,
        r#""reason":"disk \"full\"","body":"line\n"#,
        "\u{fffd}\\u0000",
        r#"","body_cut":false}}"#,
    );
    assert_eq!(body, expected);
}

#[test]
fn a_webhook_of_several() {
    let several = vec![
        news(1, Type::Down, State::Up, State::Timeout),
        News {
            key: Key::new(Namespace::Registry, "web\u{1f}web-1").unwrap(),
            ..news(0xabc, Type::Up, State::Timeout, State::Retired)
        },
    ];
    let body = webhook::body(&message(several));
    let expected = concat!(
        r#"{"type":"watch.several","timestamp":"2016-12-01T18:52:32.007Z","data":{"#,
        r#""title":"2 watches under dc: 1 down, 1 up","prefix":"dc","count":2,"news":[{"#,
        r#""id":"evt_00000000000000000000000000000001","type":"watch.down","#,
        r#""timestamp":"2016-12-01T18:52:32.007Z","title":"dc.server1 is down","watch":"dc.server1","#,
        r#""namespace":"named","service":null,"instance":null,"from":"up","to":"timeout","episode":3,"#,
        r#""reason":"","body":"","body_cut":false},{"#,
        r#""id":"evt_00000000000000000000000000000abc","type":"watch.up","#,
        r#""timestamp":"2016-12-01T18:52:32.007Z","title":"registry/web/web-1 was retired","#,
        r#""watch":"web/web-1","namespace":"registry","service":"web","instance":"web-1","#,
        r#""from":"timeout","to":"retired","episode":3,"reason":"","body":"","body_cut":false}]}}"#,
    );
    assert_eq!(body, expected);
}

#[test]
fn a_webhook_of_very_many_is_bounded() {
    let many = (0..3_000).map(|id| News {
        body: vec![b'a'; 10_000].into(),
        ..news(id, Type::Down, State::Up, State::Timeout)
    });
    let body = webhook::body(&message(many.collect()));
    assert!(body.len() < 600_000, "{}", body.len());
    let json: Value = serde_json::from_str(&body).unwrap();
    let news = json["data"]["news"].as_array().unwrap();
    assert_eq!(
        (json["data"]["count"].as_u64(), news.len()),
        (Some(3_000), 1_000)
    );
    assert_eq!(news[999]["id"], "evt_000000000000000000000000000003e7");
    assert_eq!(news[999]["body"].as_str().unwrap().len(), 100);
    assert_eq!(news[999]["body_cut"], true);
}

#[test]
fn headers_of_an_attempt() {
    let message = message(vec![fault("", b"")]);
    let headers = webhook::headers(&message, WALL + 60_000, b"{}", None);
    let expected = [
        (
            "webhook-id",
            "evt_00000000000000000000000000000001".to_owned(),
        ),
        ("webhook-timestamp", "1480618412".to_owned()),
    ];
    assert_eq!(headers, expected);
}

#[test]
fn a_body_is_cut_between_characters() {
    for (bytes, longest, text, is_cut) in [
        (&b""[..], 4, "", false),
        (b"abcd", 4, "abcd", false),
        (b"abcde", 4, "abcd", true),
        ("ab\u{1f600}".as_bytes(), 6, "ab\u{1f600}", false),
        ("ab\u{1f600}".as_bytes(), 5, "ab", true),
        ("ab\u{1f600}c".as_bytes(), 6, "ab\u{1f600}", true),
        ("\u{e4}\u{e4}\u{e4}".as_bytes(), 5, "\u{e4}\u{e4}", true),
        // One byte that is none of a character is shown in three.
        (b"\xff\xff\xff", 6, "\u{fffd}\u{fffd}", true),
        (b"\xff\xff", 6, "\u{fffd}\u{fffd}", false),
        (b"abc", 0, "", true),
    ] {
        assert_eq!(
            shown::body(bytes, longest),
            (text.to_owned(), is_cut),
            "{bytes:?} {longest}"
        );
    }
    let whole = shown::body(&[b'a'; 10_000], 10_000);
    assert_eq!((whole.0.len(), whole.1), (10_000, false));
}

fn attachment(message: &Message) -> Value {
    let json: Value = serde_json::from_str(&slack::body(message)).unwrap();
    let all = json.as_object().unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["attachments"]);
    let list = json["attachments"].as_array().unwrap();
    assert_eq!(list.len(), 1);
    list[0].clone()
}

#[test]
fn slack_of_one() {
    let attachment = attachment(&message(vec![fault(
        "<!channel> & <http://evil|click> @here",
        b"",
    )]));
    let expected = serde_json::json!({
        "color": "danger",
        "fallback": "dc.server1 is down",
        "title": "dc.server1 is down",
        "text": "&lt;!channel&gt; &amp; &lt;http://evil|click&gt; @\u{2060}here",
        "footer": "watchdog",
        "ts": 1_480_618_352,
        "mrkdwn_in": [],
    });
    assert_eq!(attachment, expected);
}

#[test]
fn slack_of_each_kind() {
    for (kind, to, color, title, text) in [
        (
            Type::Down,
            State::Timeout,
            "danger",
            "dc.server1 is down",
            "no kick has come in time",
        ),
        (Type::Up, State::Up, "good", "dc.server1 is up", ""),
        (
            Type::Up,
            State::Retired,
            "good",
            "dc.server1 was retired",
            "",
        ),
        (Type::Late, State::Late, "warning", "dc.server1 is late", ""),
        (
            Type::Restarted,
            State::Restarting,
            "warning",
            "dc.server1 was restarted",
            "",
        ),
        (
            Type::GaveUp,
            State::GaveUp,
            "danger",
            "dc.server1 is down, and restarting does not help",
            "",
        ),
        (Type::Test, State::Up, "good", "a test: nothing is down", ""),
    ] {
        let found = attachment(&message(vec![news(1, kind, State::Up, to)]));
        assert_eq!(
            (&found["color"], &found["title"], &found["text"]),
            (&color.into(), &title.into(), &text.into())
        );
    }
    let heartbeat = News {
        key: Key::new(Namespace::Heartbeat, "dc.server1").unwrap(),
        ..fault("", b"what came\nwith it\n")
    };
    let found = attachment(&message(vec![heartbeat]));
    assert_eq!(found["title"], "heartbeat/dc.server1 is down");
    assert_eq!(
        found["text"],
        "no kick has come in time\nwhat came\nwith it"
    );
    let long = attachment(&message(vec![fault("why", &[b'a'; 5_000])]));
    let text = long["text"].as_str().unwrap();
    assert!(text.len() < 1_100 && text.ends_with("aaa …"), "{text}");
}

#[test]
fn slack_of_several() {
    let many: Vec<_> = (0..13)
        .map(|id| News {
            reason: if id == 1 {
                "why".into()
            } else {
                Box::default()
            },
            ..news(id, Type::Down, State::Up, State::Fault)
        })
        .chain([news(13, Type::Up, State::Fault, State::Up)])
        .collect();
    let found = attachment(&message(many));
    assert_eq!(found["title"], "14 watches under dc: 13 down, 1 up");
    let text = found["text"].as_str().unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[0], "dc.server0 is down: no kick has come in time");
    assert_eq!(lines[1], "dc.server1 is down: why");
    assert_eq!(lines[10], "and 4 more");
    let everywhere = Message {
        prefix: Box::default(),
        ..message(vec![fault("", b""), fault("", b"")])
    };
    assert_eq!(attachment(&everywhere)["title"], "2 watches: 2 down");
}

#[test]
fn tests_of_each() {
    let message = test_message(7, WALL);
    assert_eq!((message.id, message.news.len()), (7, 1));
    let json: Value = serde_json::from_str(&webhook::body(&message)).unwrap();
    assert_eq!(json["type"], "watch.test");
    let alerts: Value = serde_json::from_str(&alertmanager::test(WALL)).unwrap();
    let expected = serde_json::json!([{
        "labels": {"alertname": "WatchdogTest"},
        "annotations": {"summary": "a test: nothing is down"},
        "startsAt": "2016-12-01T18:52:32.007Z",
        "endsAt": "2016-12-01T18:53:32.007Z",
    }]);
    assert_eq!(alerts, expected);
}
