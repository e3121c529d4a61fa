//! Rows on heads that are refused: by their code, by their status line, or because they end too early.

use std::time::Duration;

use crate::row::{Row, unhealthy};
use crate::server::Step;

pub(super) fn refused_codes() -> Vec<Row> {
    let codes = [
        300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 403, 404, 407, 418, 429, 500, 501, 502,
        503, 504, 599,
    ];
    let mut rows: Vec<_> = codes
        .map(|code| {
            let head = format!(
                "HTTP/1.1 {code} Some Reason\r\nLocation: /elsewhere\r\nContent-Length: 6\r\n\r\n200 OK"
            );
            let said = format!("/health: {code} Some Reason");
            Row::answer(format!("unhealthy: {code}"), head, unhealthy([said.as_str()]))
        })
        .into();
    for code in ["000", "099", "600", "999"] {
        let head = format!("HTTP/1.1 {code} x\r\n\r\n");
        rows.push(Row::answer(
            format!("unhealthy: code {code}"),
            head,
            unhealthy(["not HTTP"]),
        ));
    }
    let escape = "HTTP/1.1 503 \x1b[31mred\x07\u{202e}\r\n\r\n\x1b]0;title\x07\0a\nb\r\n\u{9b}";
    rows.push(Row::answer(
        "unhealthy: control characters are escaped",
        escape,
        unhealthy([
            "503 \\x1b[31mred\\x07",
            "\\x1b]0;title\\x07\\x00a\\nb\\r\\n",
        ]),
    ));
    let broken = b"HTTP/1.1 500 \xff\xfe\r\n\r\n\xc3\x28\xf0\x9f\x92".to_vec();
    rows.push(Row::answer(
        "unhealthy: broken UTF-8 is escaped",
        broken,
        unhealthy(["500 \\xff\\xfe", "\\xc3("]),
    ));
    let long = format!(
        "HTTP/1.1 500 {}\r\n\r\n{}",
        "r".repeat(5000),
        "\0".repeat(5000)
    );
    rows.push(Row::answer(
        "unhealthy: a long answer is cut",
        long,
        unhealthy(["500 rrr"]),
    ));
    rows
}

pub(super) fn refused_lines() -> Vec<Row> {
    let mut rows: Vec<_> = [
        ("HTTP/2", "HTTP/2 200 OK\r\n\r\n"),
        ("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"),
        ("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n"),
        ("HTTP/1.10", "HTTP/1.10 200 OK\r\n\r\n"),
        ("HTTP/0.9", "<html>UP</html>"),
        ("lower case", "http/1.1 200 OK\r\n\r\n"),
        ("two blanks", "HTTP/1.1  200 OK\r\n\r\n"),
        ("a tab", "HTTP/1.1\t200 OK\r\n\r\n"),
        ("no blank", "HTTP/1.1200 OK\r\n\r\n"),
        ("two digits", "HTTP/1.1 20 OK\r\n\r\n"),
        ("four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        ("a sign", "HTTP/1.1 +20 OK\r\n\r\n"),
        ("a letter", "HTTP/1.1 2OO OK\r\n\r\n"),
        ("a code joined to its reason", "HTTP/1.1 200OK\r\n\r\n"),
        ("a lone CR after the code", "HTTP/1.1 200\rOK\r\n\r\n"),
        ("a blank line first", "\r\nHTTP/1.1 200 OK\r\n\r\n"),
        ("a blank first", " HTTP/1.1 200 OK\r\n\r\n"),
        ("a byte order mark", "\u{feff}HTTP/1.1 200 OK\r\n\r\n"),
        ("ICY", "ICY 200 OK\r\n\r\n"),
        ("JSON alone", "{\"status\":\"UP\"}\n"),
        ("a lone newline", "\n"),
        ("SSH", "SSH-2.0-OpenSSH_9.2\r\n"),
        ("a TLS alert", "\x15\x03\x01\0\x02\x02\x46"),
        ("HTTP/2 settings", "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"),
        ("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ]
    .map(|(name, bytes)| Row::answer(format!("unhealthy: {name}"), bytes, unhealthy(["not HTTP"])))
    .into();
    let garbage: Vec<u8> = (0..=255).rev().collect();
    rows.push(Row::answer(
        "unhealthy: every byte there is",
        garbage,
        unhealthy(["not HTTP"]),
    ));
    rows
}

/// Closed and reset at every stage of an answer.
pub(super) fn cut_off() -> Vec<Row> {
    let stages = [
        ("before an answer", ""),
        ("within the version", "HTTP/1"),
        ("within the code", "HTTP/1.1 20"),
        ("after the code", "HTTP/1.1 200"),
        ("within the reason", "HTTP/1.1 200 O"),
        ("after the status line", "HTTP/1.1 200 OK\r\n"),
        ("within a header", "HTTP/1.1 200 OK\r\nA: b"),
        ("before the blank line", "HTTP/1.1 200 OK\r\nA: b\r\n"),
        ("within the blank line", "HTTP/1.1 200 OK\r\nA: b\r\n\r"),
        (
            "within a head after 100",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        ),
    ];
    let mut rows = Vec::new();
    for (stage, bytes) in stages {
        let send = [Step::Request, Step::Send(bytes.into())];
        rows.push(Row::new(
            format!("unhealthy: closed {stage}"),
            send.to_vec(),
            unhealthy(["closed"]),
        ));
        let mut reset = send.to_vec();
        reset.extend([Step::Pause(Duration::from_millis(20)), Step::Reset]);
        rows.push(Row::new(
            format!("unhealthy: reset {stage}"),
            reset,
            unhealthy(["reset"]),
        ));
    }
    rows.push(Row::new("unhealthy: closed at once", vec![], unhealthy([])));
    rows.push(Row::new(
        "unhealthy: reset at once",
        vec![Step::Reset],
        unhealthy(["reset"]),
    ));
    rows
}
