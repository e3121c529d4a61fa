//! Rows on heads: which answers are healthy, which are not, and what is said of them.

use std::time::Duration;

use crate::probe::Need;
use crate::row::{Row, healthy, unhealthy};
use crate::server::Step;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nUP";
const MILLI: Duration = Duration::from_millis(1);

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    let rows = [
        accepted(),
        interim(),
        refused_codes(),
        refused_lines(),
        cut_off(),
        options(),
        environment(),
    ];
    rows.into_iter().flatten()
}

fn accepted() -> Vec<Row> {
    let mut rows: Vec<_> = [
        ("200", OK),
        ("204", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("299", "HTTP/1.1 299 x\r\n\r\n"),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nUP"),
        ("no reason phrase", "HTTP/1.1 200 \r\n\r\n"),
        (
            "neither reason phrase nor its space",
            "HTTP/1.1 200\r\n\r\n",
        ),
        ("LF only", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
        ("LF only, no reason phrase", "HTTP/1.1 200\n\n"),
        (
            "a reason phrase of another code",
            "HTTP/1.1 200 503 Service Unavailable\r\n\r\n",
        ),
        (
            "a header line without a colon",
            "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
        ),
        (
            "a folded header line",
            "HTTP/1.1 200 OK\r\nA: b\r\n  c\r\n\r\n",
        ),
        (
            "a header name with a blank",
            "HTTP/1.1 200 OK\r\nA B : c\r\n\r\n",
        ),
        (
            "two contradicting lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nUP",
        ),
        (
            "a negative length",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nUP",
        ),
        (
            "a length and chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "an unknown transfer encoding",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n",
        ),
        (
            "garbage for chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        ),
        (
            "a truncated body",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUP",
        ),
        (
            "a body longer than its length",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nUPUP",
        ),
        (
            "503 in the body",
            "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 Service Unavailable\r\n\r\n",
        ),
        (
            "a gzip body",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
        ),
        (
            "an upgrade that is offered",
            "HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        ),
        (
            "switching cookies",
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n",
        ),
    ]
    .map(|(name, bytes)| Row::answer(format!("healthy: {name}"), bytes, healthy()))
    .into();
    let headers = "X: y\r\n".repeat(500);
    rows.push(Row::answer(
        "healthy: 500 header lines",
        format!("HTTP/1.1 200 OK\r\n{headers}\r\n"),
        healthy(),
    ));
    rows.push(Row::answer(
        "healthy: a head of exactly 64 KiB",
        head_of(65_536, ""),
        healthy(),
    ));
    rows.push(Row::new(
        "healthy: byte by byte",
        vec![Step::Request, Step::Drip(OK.into(), MILLI)],
        healthy(),
    ));
    rows.push(Row::new(
        "healthy: sent before it was asked for",
        vec![Step::Send(OK.into()), Step::Request],
        healthy(),
    ));
    let open = |bytes: &str| vec![Step::Request, Step::Send(bytes.into()), Step::Hold];
    rows.push(Row::new(
        "healthy: kept alive without a length",
        open("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nUP"),
        healthy(),
    ));
    rows.push(Row::new(
        "healthy: 204 kept alive",
        open("HTTP/1.1 204 No Content\r\n\r\n"),
        healthy(),
    ));
    rows.push(Row::new(
        "healthy: chunks that never end",
        open("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nUP\r\n"),
        healthy(),
    ));
    let reset = vec![
        Step::Request,
        Step::Send(OK.into()),
        Step::Pause(Duration::from_millis(50)),
        Step::Reset,
    ];
    rows.push(Row::new(
        "healthy: reset after the answer",
        reset,
        healthy(),
    ));
    rows
}

/// A head of this many bytes in all, after others.
fn head_of(length: usize, before: &str) -> String {
    let start = format!("{before}HTTP/1.1 200 OK\r\nX: ");
    let fill = length - start.len() - 4;
    format!("{start}{}\r\n\r\n", "x".repeat(fill))
}

fn interim() -> Vec<Row> {
    let hundred = "HTTP/1.1 100 Continue\r\n\r\n";
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nContent-Length: 9\r\n\r\n";
    let dripped = format!("{hundred}{hints}{OK}").into();
    vec![
        Row::answer("healthy: 100 first", format!("{hundred}{OK}"), healthy()),
        Row::answer(
            "healthy: 103 with headers first",
            format!("{hints}{OK}"),
            healthy(),
        ),
        Row::answer(
            "healthy: 102 and 199 first",
            format!("HTTP/1.1 102 x\n\nHTTP/1.0 199\r\n\r\n{OK}"),
            healthy(),
        ),
        Row::answer(
            "healthy: many interim heads",
            format!("{}{OK}", hundred.repeat(1000)),
            healthy(),
        ),
        Row::answer(
            "healthy: 64 KiB of heads",
            head_of(65_536, &hundred.repeat(9)),
            healthy(),
        ),
        Row::new(
            "healthy: interim heads byte by byte",
            vec![Step::Request, Step::Drip(dripped, MILLI)],
            healthy(),
        ),
        Row::answer(
            "unhealthy: 503 after 100",
            format!("{hundred}HTTP/1.1 503 Sick\r\n\r\n"),
            unhealthy(["503 Sick"]),
        ),
        Row::answer(
            "unhealthy: 101",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
            unhealthy(["101"]),
        ),
        Row::answer(
            "unhealthy: 101 after 100",
            format!("{hundred}HTTP/1.1 101 x\r\n\r\n{OK}"),
            unhealthy(["101"]),
        ),
        Row::answer(
            "unhealthy: a blank line too many",
            format!("{hundred}\r\n{OK}"),
            unhealthy(["not HTTP"]),
        ),
        Row::answer(
            "unhealthy: closed after 100",
            hundred,
            unhealthy(["closed"]),
        ),
        Row::answer(
            "unhealthy: 65,537 bytes of heads",
            head_of(65_537, hundred),
            unhealthy(["64 KiB"]),
        ),
    ]
}

fn refused_codes() -> Vec<Row> {
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

fn refused_lines() -> Vec<Row> {
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
fn cut_off() -> Vec<Row> {
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

fn options() -> Vec<Row> {
    let status = |code: u16| format!("HTTP/1.1 {code} x\r\nContent-Length: 0\r\n\r\n");
    vec![
        Row::answer("--status takes what it names", status(407), healthy())
            .with(["--status=200-299,407"]),
        Row::answer("--status takes a redirect", status(301), healthy()).with(["--status", "301"]),
        Row::answer("--status takes an error", status(503), healthy())
            .with(["--status=200,500-599"]),
        Row::answer(
            "--status refuses 200 unless named",
            status(200),
            unhealthy(["200 x"]),
        )
        .with(["--status=404"]),
        Row::answer("--status never takes 101", status(101), unhealthy(["101"]))
            .with(["--status=200-599"]),
        Row::answer(
            "--method=HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            healthy(),
        )
        .with(["--method=HEAD"]),
        Row::answer("--method=HEAD, unhealthy", status(503), unhealthy(["503"]))
            .with(["--method", "HEAD"]),
    ]
}

/// What the environment says is nothing to the probe, its own variable excepted.
fn environment() -> Vec<Row> {
    let dead = "http://127.0.0.1:1";
    let mut rows = Vec::new();
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
    ] {
        rows.push(
            Row::answer(format!("healthy: a dead {name}"), OK, healthy()).variable(name, dead),
        );
    }
    rows.push(
        Row::answer(
            "unhealthy: a proxy that would answer",
            OK,
            unhealthy(["refused"]),
        )
        .words(["--port=1", "--timeout=10s"])
        .variable("http_proxy", "http://127.0.0.1:{port}")
        .variable("ALL_PROXY", "http://127.0.0.1:{port}"),
    );
    rows.push(
        Row::answer(
            "unhealthy: another host is not asked",
            OK,
            unhealthy(["192.0.2.1"]),
        )
        .words(["http://192.0.2.1:{port}/", "--timeout=10s"])
        .needs(Need::LoopbackOnly),
    );
    rows
}
