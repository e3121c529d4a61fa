//! Rows on heads: which answers are healthy, which are not, and what is said of them.

mod refused;

use std::time::Duration;

use self::refused::{cut_off, refused_codes, refused_lines};
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
