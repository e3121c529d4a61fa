use super::*;

fn said(say: impl FnOnce(&mut Line) -> &mut Line) -> String {
    let mut line = Line::new();
    say(&mut line);
    String::from_utf8(line.as_bytes().to_vec()).unwrap()
}

#[test]
fn numbers_and_times() {
    for number in [0, 9, 10, 200, 65_535, u32::MAX] {
        assert_eq!(said(|line| line.number(number)), number.to_string());
    }
    for (micros, expected) in [
        (0, "0.0 ms"),
        (1_234, "1.2 ms"),
        (99_999, "99.9 ms"),
        (100_000, "100 ms"),
        (999_999, "999 ms"),
        (1_000_000, "1.0 s"),
        (3_600_000_000, "3600.0 s"),
    ] {
        assert_eq!(said(|line| line.duration(micros)), expected);
    }
    assert_eq!(said(|line| line.limit(2_000_000)), "2 s");
    assert_eq!(said(|line| line.limit(1_500_000)), "1500 ms");
}

#[test]
fn escapes() {
    for (bytes, expected) in [
        (&b"plain {\"x\":1}"[..], "plain {\"x\":1}"),
        (b"x\n\r\ty", "x\\n\\r\\ty"),
        (b"\x1b[31m\0\x7f", "\\x1b[31m\\x00\\x7f"),
        (b"caf\xc3\xa9\xff", "caf\\xc3\\xa9\\xff"),
    ] {
        assert_eq!(said(|line| line.escaped(bytes, 1_000)), expected);
    }
}

#[test]
fn long_texts_are_cut() {
    assert_eq!(said(|line| line.escaped(b"12345", 4)), "12345");
    assert_eq!(said(|line| line.escaped(b"123456", 4)), "12345…");
    assert_eq!(said(|line| line.escaped(b"\0\0", 3)), "\\x00…");
    for length in [CAPACITY - 1, CAPACITY, CAPACITY + 1, 10_000] {
        let line = said(|line| {
            line.text("x".repeat(length).as_bytes());
            assert_eq!(line.is_full(), length >= CAPACITY);
            line
        });
        assert_eq!(line.len(), length.min(CAPACITY));
    }
}

#[test]
fn emptiness_and_characters_without_a_name() {
    let mut line = Line::new();
    assert!(line.is_empty());
    line.escaped(b"\t\n\x0b\x0c\r\x08\x0e\x00", 100);
    assert!(!line.is_empty());
    assert_eq!(line.as_bytes(), br"\t\n\x0b\x0c\r\x08\x0e\x00");
}
