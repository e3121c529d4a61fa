//! Whatever comes in texts, it stays in its place.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::sinks::template::Template;
use crate::sinks::{shown, slack, webhook};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let any = prop::collection::vec(any::<u8>(), 0..300);
    let tricky = prop::collection::vec(prop::sample::select(&br#""\{}[]<>&@%\n,:'`*_"#[..]), 0..40);
    prop_oneof![any, tricky]
}

/// What a watch's reason can be, and more.
fn text() -> impl Strategy<Value = String> {
    bytes().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn several(reason: &str, body: &[u8]) -> [Message; 2] {
    [
        message(vec![fault(reason, body)]),
        message(vec![fault(reason, body), fault("other", body)]),
    ]
}

const JSON: &str = r#"{"t": "{{ title }}", "x": "{{ text }}", "n": [{% for one in news %}
  {"r": "{{ one.reason }}", "b": "{{ one.body }}", "c": {{ one.body_cut }}, "e": {{ one.episode }}}
  {%- if not loop.last %},{% endif %}{% endfor %}]}"#;

proptest! {
    #[test]
    fn webhooks(reason in text(), body in bytes()) {
        for message in several(&reason, &body) {
            let json: Value = serde_json::from_str(&webhook::body(&message)).unwrap();
            let data = &json["data"];
            let first = if data["news"].is_array() { &data["news"][0] } else { data };
            prop_assert_eq!(&first["reason"], &reason);
            prop_assert_eq!(&first["body"], &*String::from_utf8_lossy(&body));
            prop_assert_eq!(&first["watch"], "dc.server1");
        }
    }

    #[test]
    fn templates_of_json(reason in text(), body in bytes()) {
        let template = Template::new(JSON, None).unwrap();
        for message in several(&reason, &body) {
            let made = template.render(&message).unwrap();
            let json: Value = serde_json::from_str(&made).unwrap();
            let news = json["n"].as_array().unwrap();
            prop_assert_eq!(news.len(), message.news.len());
            prop_assert_eq!(&news[0]["r"], &reason);
            prop_assert_eq!(&news[0]["b"], &*String::from_utf8_lossy(&body));
            prop_assert_eq!(json.as_object().unwrap().len(), 3);
        }
    }

    #[test]
    fn templates_of_forms(reason in text(), body in bytes()) {
        let source = "reason={{ news[0].reason }}&body={{ news[0].body }}&n={{ count }}";
        let template = Template::new(source, Some("application/x-www-form-urlencoded")).unwrap();
        for message in several(&reason, &body) {
            let made = template.render(&message).unwrap();
            let fields: Vec<_> = form_urlencoded::parse(made.as_bytes()).collect();
            prop_assert_eq!(fields.len(), 3);
            prop_assert_eq!(&fields[0].1, &reason);
            prop_assert_eq!(&fields[1].1, &String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn templates_of_text(reason in text(), body in bytes()) {
        let source = "{{ title }}\n{{ news[0].reason }}{{ news[0].body }}";
        let template = Template::new(source, Some("text/plain; charset=utf-8")).unwrap();
        for message in several(&reason, &body) {
            let made = template.render(&message).unwrap();
            let is_control = |character: char| character.is_control() && character != '\n';
            prop_assert!(!made.contains(is_control), "{made:?}");
        }
    }

    #[test]
    fn slack_texts(reason in text(), body in bytes()) {
        let sent = slack::body(&message(vec![fault(&reason, &body)]));
        let json: Value = serde_json::from_str(&sent).unwrap();
        let text = json["attachments"][0]["text"].as_str().unwrap();
        prop_assert!(!text.contains(['<', '>']), "{text:?}");
        prop_assert!(text.split('@').skip(1).all(|rest| rest.starts_with('\u{2060}')), "{text:?}");
        for part in text.split('&').skip(1) {
            prop_assert!(["lt;", "gt;", "amp;"].iter().any(|name| part.starts_with(name)), "{text:?}");
        }
        let back = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
            .replace("@\u{2060}", "@");
        let reason = if reason.is_empty() { "no kick has come in time" } else { &reason };
        let (body, _) = shown::body(&body, 1_000);
        let expected = format!("{reason}\n{}", body.trim_end());
        prop_assert_eq!(back, expected.trim());
    }
}
