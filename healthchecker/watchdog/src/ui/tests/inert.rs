//! Foreign text stays text, and nothing runs that is not the page's own.

use std::collections::BTreeSet;

use html5gum::{Token, Tokenizer};
use proptest::prelude::*;

use super::*;
use crate::store::{Happened, History, Turned};

/// A tag, and the names of its attributes.
type Tag = (Vec<u8>, Vec<Vec<u8>>);

/// The tags of a page as a browser reads them, and the text between.
fn read(page: &str) -> (Vec<Tag>, String) {
    // What stands in these is no markup to a browser.
    let page = page.replace(STYLE, "").replace(SCRIPT, "");
    let mut tags = Vec::new();
    let mut text = Vec::new();
    for token in Tokenizer::new(&page) {
        match token.unwrap() {
            Token::StartTag(tag) => {
                let names = tag.attributes.keys().map(|name| name.to_vec());
                tags.push((tag.name.to_vec(), names.collect()));
            }
            Token::String(found) => text.extend_from_slice(&found),
            token @ (Token::Comment(_) | Token::Error(_)) => panic!("{token:?} in {page}"),
            _ => {}
        }
    }
    (tags, String::from_utf8(text).unwrap())
}

/// All pages on which a text of somebody else's stands.
fn pages(text: &str) -> Vec<String> {
    let heart = Key::new(Namespace::Heartbeat, text).unwrap();
    let twice = format!("{text}\u{1f}{text}");
    let unit = Key::new(Namespace::Registry, &twice).unwrap();
    let mut watches = [
        made(1, heart, State::Fault),
        made(2, unit, State::Up),
        made(3, named("a.b"), State::Fault),
    ];
    for watch in &mut watches {
        reason(watch, text);
        watch.extra.as_mut().unwrap().labels = text.into();
    }
    let happened = Happened::new(WALL, State::Up, State::Fault, text, text.as_bytes());
    let history = History {
        events: vec![happened],
        turns: vec![Turned::new(WALL - 1_000, State::Up, State::Fault)],
        ..History::default()
    };
    let past = Past {
        history: Some(history),
        is_older: true,
    };
    let of = Server {
        is_lost: true,
        absence: Some((WALL - 60_000, WALL, Some(3))),
        base: "http://h".into(),
    };
    let mut pages: Vec<_> = watches
        .iter()
        .map(|made| watch(&Card::new(made, now()), &past, &of, WALL, 7, "../../"))
        .collect();
    pages.push(listed("", &watches));
    pages.push(listed("view=tree", &watches));
    let narrow = |name: &str| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair(name, text)
            .finish()
    };
    if Ask::read(&narrow("q")).is_ok() {
        pages.push(listed(&narrow("q"), &[]));
        pages.push(listed(&narrow("prefix"), &[]));
    }
    pages.push(refusal("Not understood", text, ""));
    pages
}

fn look(text: &str) {
    for (page, plain) in pages(text).iter().zip(pages("x")) {
        let (tags, shown) = read(page);
        assert!(
            tags == read(&plain).0,
            "{text:?} makes other elements: {page}"
        );
        let acts = |character: char| {
            character.is_control() && character != '\n'
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
        };
        let found = shown.chars().find(|character| acts(*character));
        assert_eq!(found, None, "{text:?} is shown as it is");
    }
}

#[test]
fn foreign_text_makes_no_element() {
    for text in [
        "<script>alert(1)</script>",
        "</td></tr></table><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "</title></style></script></pre></textarea><!--",
        "&lt;script&gt;&#60;b&#62;&NotEqualTilde;",
        "javascript:alert(1)",
        "\u{202e}gnp.exe\u{2066}",
        "%3Cscript%3E..%2f?#&=+ ",
        "]]>--!><![CDATA[",
    ] {
        look(text);
    }
}

proptest! {
    // Each reads twenty pages.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_text_makes_an_element(
        text in "[^\\p{Cc}\u{2028}\u{2029}\u{1f}]{1,20}|[<>\"'&/=! a-z-]{1,40}",
    ) {
        prop_assume!(text.len() <= 200 && !text.trim().is_empty());
        look(&text);
    }

    /// What comes with an event is any bytes.
    #[test]
    fn bodies_are_lines_of_text(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (text, is_cut) = text::block(&bytes, 100);
        prop_assert_eq!(is_cut, bytes.len() > 100);
        prop_assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    }

    #[test]
    fn what_is_sent_is_one_event(data in "[a-z<>\r\n:]{0,40}") {
        let mut sent = String::new();
        Part::Kicks(data.clone()).write(&mut sent, 9);
        let head = "event: kicks\nid: 9\n";
        prop_assert!(sent.starts_with(head) && sent.ends_with("\n\n"));
        let lines: Vec<_> = sent[head.len()..sent.len() - 2].split('\n').collect();
        prop_assert!(lines.iter().all(|line| line.starts_with("data: ") && !line.contains('\r')));
        let read: Vec<_> = lines.iter().map(|line| &line[6..]).collect();
        prop_assert_eq!(read.join("\n"), data.replace('\r', "\n"));
    }
}

#[test]
fn what_runs_and_styles_is_what_the_policy_names() {
    let page = listed("", &[made(1, named("a"), State::Up)]);
    for (tag, rule, text) in [
        ("style", "style-src", STYLE),
        ("script", "script-src", SCRIPT),
    ] {
        let (_, rest) = page.split_once(&format!("<{tag}>")).unwrap();
        let (found, _) = rest.split_once(&format!("</{tag}>")).unwrap();
        assert_eq!(found, text, "it would be another hash");
        let hash = STANDARD.encode(Sha256::digest(found));
        assert!(
            POLICY.contains(&format!("{rule} 'sha256-{hash}';")),
            "{tag}"
        );
        assert_eq!(page.matches(&format!("<{tag}")).count(), 1);
    }
    let rules: BTreeSet<_> = POLICY
        .split("; ")
        .map(|rule| rule.split(' ').next().unwrap())
        .collect();
    assert!(rules.contains("default-src") && rules.contains("frame-ancestors"));
    assert!(!POLICY.contains("unsafe") && !POLICY.contains('*') && !POLICY.contains("http"));
    assert!(!page.contains("style=\"") && !page.contains(" onclick"));
    assert!(
        STYLE.is_ascii() && SCRIPT.is_ascii() && !STYLE.contains('\r') && !SCRIPT.contains('\r')
    );
}

/// What is given to who has a page is no way to kick.
#[test]
fn no_ping_url_is_shown() {
    let mut watched = made(1, named("a"), State::Up);
    watched.extra = Some(Box::default());
    watched.extra.as_mut().unwrap().uuid = Some(0x1234_5678_9abc_4def_8123_4567_89ab_cdef);
    watched.extra.as_mut().unwrap().payload = "p4yload".into();
    let past = Past {
        history: None,
        is_older: false,
    };
    for page in [
        listed("", [&watched]),
        watch(
            &Card::new(&watched, now()),
            &past,
            &server(),
            WALL,
            7,
            "../../",
        ),
    ] {
        for secret in ["123456", "9abc", "def-8123", "p4yload"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
}
