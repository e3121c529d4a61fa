use super::json::escaped;
use super::*;

const LOOK: Look = Look {
    is_headed: true,
    is_coloured: false,
    is_tabbed: false,
    is_bad_first: true,
};

const ANSWER: &str = "KGOOD\tThu, 01 Dec 2016 10:57:32 -0800\tdc.a\t0\tK\n\
                      TMOUT\tThu, 01 Dec 2016 10:57:33 -0800\tdc.server2.disk\t3723999\tK\n\
                      KGOOD\tThu, 01 Dec 2016 10:57:34 -0800\tdc.b\t120000\tK\n\
                      FAULT\tThu, 01 Dec 2016 10:57:35 -0800\tdc.c\t59999\tFAULT:812.10 MB\tleft\n";

#[test]
fn the_table_is_as_ever() {
    let rows = rows(ANSWER).unwrap();
    let expected = "\
STATE NAME            EXPIRES                          CUMD     REASON
TMOUT dc.server2.disk Thu, 01 Dec 2016 10:57:33 -0800  1h2m3s   K
FAULT dc.c            Thu, 01 Dec 2016 10:57:35 -0800  59s      FAULT:812.10 MB\\tleft
KGOOD dc.a            Thu, 01 Dec 2016 10:57:32 -0800  0s       K
KGOOD dc.b            Thu, 01 Dec 2016 10:57:34 -0800  2m0s     K
";
    assert_eq!(table(rows.clone(), LOOK), expected);

    let plain = Look {
        is_headed: false,
        is_tabbed: true,
        is_bad_first: false,
        ..LOOK
    };
    let expected = "\
KGOOD\tdc.a\tThu, 01 Dec 2016 10:57:32 -0800\t0s\tK
TMOUT\tdc.server2.disk\tThu, 01 Dec 2016 10:57:33 -0800\t1h2m3s\tK
KGOOD\tdc.b\tThu, 01 Dec 2016 10:57:34 -0800\t2m0s\tK
FAULT\tdc.c\tThu, 01 Dec 2016 10:57:35 -0800\t59s\tFAULT:812.10 MB\\tleft
";
    assert_eq!(table(rows.clone(), plain), expected);

    let coloured = Look {
        is_coloured: true,
        is_headed: false,
        ..LOOK
    };
    let lines = table(rows, coloured);
    let lines: Vec<_> = lines.lines().collect();
    assert!(lines[1].starts_with("\u{1b}[1;31mFAULT") && lines[1].ends_with("left\u{1b}[0m"));
    assert!(lines[2].starts_with("\u{1b}[1;32mKGOOD") && lines[2].ends_with("K\u{1b}[0m"));
}

#[test]
fn a_short_table_is_still_aligned() {
    let header = "STATE NAME EXPIRES                          CUMD     REASON\n";
    assert_eq!(table(Vec::new(), LOOK), header);
}

#[test]
fn both_orders_are_read() {
    let one = rows("TMOUT\tThu, 01 Dec 2016 10:57:33 -0800\ta\t1\tK\n");
    let other = rows("TMOUT\ta\tThu, 01 Dec 2016 10:57:33 -0800\t1\tK\n");
    assert!(one.is_ok());
    assert_eq!(one, other);
}

#[test]
fn what_is_no_line_is_named() {
    for (text, line) in [
        ("KGOOD\tx\ty\t0\n", 1),
        ("KGOOD\tx y\tz\t0\tK\n\n", 2),
        ("KGOOD\tx y\tz\t-1\tK", 1),
        ("<html>", 1),
    ] {
        assert_eq!(rows(text), Err(line), "{text:?}");
    }
    assert_eq!(rows(""), Ok(Vec::new()));
}

#[test]
fn nothing_acts_on_a_terminal() {
    let evil = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{7f}\r";
    let line = format!("KG{evil}\tx {evil}\tn{evil}\t0\tK{evil}.\n");
    let mut pages = Pages::default();
    let watch = serde_json::json!({"watches": [{"name": evil, "state": "fault", "reason": evil}]});
    assert!(pages.add(watch.to_string().as_bytes()));
    let texts = [
        table(rows(&line).unwrap(), LOOK),
        table(pages.rows(), LOOK),
        pages.document(),
    ];
    for text in texts {
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(acts), "{text:?}");
    }
    let back: serde_json::Value = serde_json::from_str(&escaped(&watch.to_string())).unwrap();
    assert_eq!(back, watch);
}

#[test]
fn pages_become_rows() {
    let mut pages = Pages::default();
    assert!(pages.add(
        br#"{"watches": [
            {"name": "a", "state": "up", "deadline": "2026-11-22T02:00:00Z", "down_ms": 61000},
            {"name": "b", "state": "gave-up", "deadline": 1000, "since": 2000},
            {"name": "c", "state": "timeout", "shown": "paused", "deadline": null}
        ], "next": "c"}"#
    ));
    assert_eq!(pages.next(), Some("c"));
    assert!(pages.add(
        br#"{"watches": [
            {"name": "d", "state": "fault", "since": 1000, "deadline": 2000, "reason": "disk"},
            {"name": "e", "state": "new"},
            {"name": "f", "state": "elsewhere", "deadline": 99999999999999999}
        ], "next": null}"#
    ));
    assert_eq!(pages.next(), None);
    let tabbed = Look {
        is_headed: false,
        is_tabbed: true,
        is_bad_first: false,
        ..LOOK
    };
    let expected = "\
KGOOD\ta\t2026-11-22T02:00:00Z\t1m1s\tK
TMOUT\tb\t1970-01-01T00:00:01Z\t0s\tK
KGOOD\tc\t-\t0s\tK
FAULT\td\t1970-01-01T00:00:01Z\t0s\tFAULT:disk
elsewhere\tf\t99999999999999999\t0s\tK
";
    assert_eq!(table(pages.rows(), tabbed), expected);
    assert!(pages.document().contains(r#""name":"e""#));
}

#[test]
fn pages_that_lead_nowhere_end() {
    let mut pages = Pages::default();
    for bad in [
        "",
        "[]",
        "{}",
        r#"{"watches": 1}"#,
        r#"{"watches": [], "next": 1}"#,
    ] {
        assert!(!pages.add(bad.as_bytes()), "{bad}");
    }
    let mut pages = Pages::default();
    let page = br#"{"watches": [], "next": "x"}"#;
    assert!(pages.add(page));
    assert!(!pages.add(page));
}
