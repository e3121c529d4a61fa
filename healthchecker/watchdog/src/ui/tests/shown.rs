//! What is shown of watches.

use super::*;

#[test]
fn a_row() {
    let mut watch = made(2, named("dc.disk"), State::Fault);
    watch.down_before = 3_600_000;
    reason(&mut watch, "no space <left> & \"full\"");
    let row = Row::new(&watch, now());
    assert_eq!(
        row.row(ask::Sort::Name, WALL).into_string(),
        "<tr id=\"w2\" class=\"down\" data-rank=\"0\"><td><span class=\"state\">fault</span></td>\
         <th scope=\"row\"><a href=\"watch/named/dc.disk\"><bdi>dc.disk</bdi></a></th>\
         <td><time datetime=\"2026-11-22T05:28:00Z\">05:28:00</time></td><td></td>\
         <td><span data-from=\"1795321680000\">1h 2m</span></td>\
         <td><bdi>no space &lt;left&gt; &amp; &quot;full&quot;</bdi></td>\
         <td><time datetime=\"2026-11-22T05:28:00Z\">05:28:00</time></td></tr>"
    );
}

#[test]
fn spans_have_two_units() {
    for (millis, text) in [
        (0, "0s"),
        (999, "0s"),
        (1_000, "1s"),
        (61_000, "1m 1s"),
        (60_000, "1m"),
        (3_600_000 + 59_999, "1h"),
        (90_000_000, "1d 1h"),
        (366 * 86_400_000, "366d"),
    ] {
        assert_eq!(text::span(millis), text);
    }
}

#[test]
fn whoever_watches_nothing_is_told_how_to_begin() {
    let page = listed("", &[]);
    assert!(
        page.contains("curl -fsS 'http://127.0.0.1:8500/?id=worker'"),
        "{page}"
    );
    assert!(page.contains("<title>no watches · watchdog</title>"));
    // And whoever has asked for too little, how to see all.
    let page = listed("state=late", &[made(1, named("a"), State::Up)]);
    assert!(page.contains("Show all watches") && !page.contains("curl"));
}

#[test]
fn states_are_said_in_words_and_counted() {
    let watches = [
        made(1, named("a"), State::Up),
        made(2, named("b"), State::Timeout),
        made(3, named("c"), State::Fault),
    ];
    let page = listed("", &watches);
    assert!(page.contains("<title>2 down · watchdog</title>"));
    for text in [
        "<span class=\"state\">all</span> <b>3</b>",
        "<span class=\"state\">down</span> <b>2</b>",
        "href=\"?state=timeout\"",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // Filtered, all are still counted.
    let page = listed("state=up", &watches);
    assert!(page.contains("<span class=\"state\">down</span> <b>2</b>"));
    assert!(page.contains("<li class=\"good\"><a href=\"?state=up\" aria-current=\"true\">"));
    let lost = Server {
        is_lost: true,
        absence: Some((WALL - 90_000, WALL, Some(12))),
        base: String::new(),
    };
    let page = list(&picked("", &watches), &lost, WALL, 7);
    assert!(page.contains("<title>store lost · watchdog</title>"));
    assert!(
        page.contains("heard nothing for 1m 30s until")
            && page.contains("12 watches have more time")
    );
    // Who does not see all of them is not told how many there are.
    let some = Server {
        absence: Some((WALL - 90_000, WALL, None)),
        ..lost
    };
    let page = list(&picked("", &watches), &some, WALL, 7);
    assert!(page.contains("whoever was awaited has more time") && !page.contains("watches have"));
}

#[test]
fn what_is_not_shown_is_said() {
    let watches: Vec<_> = (0..30)
        .map(|id| made(id + 1, named(&format!("w{id}")), State::Up))
        .collect();
    let mut pick = Pick::new(Ask::default(), 10);
    watches.iter().for_each(|watch| pick.add(watch, now()));
    let page = list(&pick.finish(), &server(), WALL, 7);
    assert_eq!(page.matches("<tr id=").count(), 10);
    assert!(page.contains("20 more are not shown. Say what names begin with"));
}

#[test]
fn a_tree_counts_what_is_down_beneath_each_label() {
    let watches = [
        made(1, named("dc.a.disk"), State::Fault),
        made(2, named("dc.a.web"), State::Up),
        made(3, named("dc.b"), State::Up),
        made(4, named("dc"), State::Up),
        made(5, named("lone.one.leaf"), State::Up),
        made(6, Key::new(Namespace::Heartbeat, "x.y").unwrap(), State::Up),
        made(
            7,
            Key::new(Namespace::Registry, "web\u{1f}1").unwrap(),
            State::Up,
        ),
        made(
            8,
            Key::new(Namespace::Registry, "web\u{1f}2").unwrap(),
            State::Timeout,
        ),
    ];
    let page = listed("view=tree", &watches);
    for text in [
        "<details data-path=\"/dc\" open><summary class=\"down\"><bdi>dc</bdi> <span class=\"state\">1 of 4 down</span>",
        "<details data-path=\"/dc/a\" open><summary class=\"down\"><bdi>a</bdi> <span class=\"state\">1 of 2 down</span>",
        "<bdi>lone.one.leaf</bdi>",
        "<bdi>heartbeat.x.y</bdi>",
        "<bdi>registry.web</bdi> <span class=\"state\">1 of 2 down</span>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let ids = (1..=8).filter(|id| page.matches(&format!("<li id=\"w{id}\"")).count() == 1);
    assert_eq!(ids.count(), 8, "each is there once: {page}");
}

/// A name has at most a hundred labels; browsers open 512 elements in one another and no more.
#[test]
fn a_tree_is_not_too_deep() {
    let name = |end: &str| format!("{}{end}", "a.".repeat(98));
    let mut watches: Vec<_> = (1..=98)
        .map(|labels| {
            made(
                labels,
                named(&vec!["a"; labels as usize].join(".")),
                State::Up,
            )
        })
        .collect();
    watches.push(made(200, named(&name("b")), State::Up));
    watches.push(made(201, named("..a.."), State::Up));
    let page = listed("view=tree", &watches);
    assert!(page.matches("<details").count() <= 61);
    assert_eq!(page.matches("<li id=\"w").count(), 100);
}

#[test]
fn how_to_kick_it_is_said_for_each_kind() {
    let past = Past {
        history: None,
        is_older: false,
    };
    let page = |key| {
        watch(
            &Card::new(&made(1, key, State::Up), now()),
            &past,
            &server(),
            WALL,
            7,
            "../../",
        )
    };
    let of_token = page(named("jobs.a"));
    assert!(of_token.contains("'http://127.0.0.1:8500/api/watchdog/v1/watches/jobs.a/kick'"));
    assert!(of_token.contains("Bearer $TOKEN") && of_token.contains("no history"));
    let open = page(Key::new(Namespace::Heartbeat, "a b'$(x)").unwrap());
    assert!(
        open.contains("curl -fsS -m 10 --retry 3 'http://127.0.0.1:8500/?id=a%20b%27%24%28x%29'"),
        "{open}"
    );
    assert!(
        open.contains("'http://127.0.0.1:8500/?id=a\\%20b\\%27"),
        "in a crontab"
    );
    assert!(!open.contains("TOKEN"));
}
