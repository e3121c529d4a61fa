//! Rows on bodies: what `--contains` and `--json` find, and within which time.

use std::time::Duration;

use crate::probe::Need;
use crate::row::{Expected, Row, healthy, unhealthy};
use crate::server::Step;

const PAUSE: Duration = Duration::from_millis(5);
const SOON: Duration = Duration::from_millis(400);

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    contains().into_iter().chain(json())
}

fn sized(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn chunked(pieces: &[&str]) -> String {
    let body: String = pieces
        .iter()
        .map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len()))
        .collect();
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n")
}

fn contains() -> Vec<Row> {
    let row = |name: &str, bytes: String, expected: Expected| {
        Row::answer(format!("--contains: {name}"), bytes, expected)
            .with(["--contains=status\":\"UP"])
            .needs(Need::Contains)
    };
    let up = "{\"status\":\"UP\"}";
    let far = format!("{}{up}", "x".repeat(300_000));
    let late = |bytes: String| vec![Step::Request, Step::Drip(bytes.into(), PAUSE), Step::Hold];
    let absent =
        |name: &str, bytes: String| row(name, bytes, unhealthy(["200 OK", "status\":\"UP"]));
    let dripping = vec![
        Step::Request,
        Step::Send("HTTP/1.1 200 OK\r\n\r\n".into()),
        Step::EndlessDrip("x".into(), PAUSE),
    ];
    let endless = vec![
        Step::Request,
        Step::Send("HTTP/1.1 200 OK\r\n\r\n".into()),
        Step::Endless("x".into()),
    ];
    vec![
        row("found", sized(up), healthy()),
        row(
            "found across chunks",
            chunked(&["{\"stat", "us\":\"", "UP\"}"]),
            healthy(),
        ),
        row("found far in", sized(&far), healthy()),
        row(
            "found without a length",
            format!("HTTP/1.0 200 OK\r\n\r\n{up}"),
            healthy(),
        ),
        row(
            "found in a truncated body",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{up}"),
            healthy(),
        ),
        row(
            "found after 500 header lines",
            sized(up).replacen("\r\n", &format!("\r\n{}", "X: y\r\n".repeat(500)), 1),
            healthy(),
        ),
        row(
            "found after 103 with a length",
            format!("HTTP/1.1 103 x\r\nContent-Length: 1\r\n\r\n{}", sized(up)),
            healthy(),
        ),
        Row::new(
            "--contains: found byte by byte, then held open",
            late(sized(up)),
            healthy(),
        )
        .with(["--contains=UP"])
        .needs(Need::Contains),
        absent("absent", sized("{\"status\":\"DOWN\"}")),
        absent("absent in an empty body", sized("")),
        absent(
            "absent in 204",
            "HTTP/1.1 204 OK\r\n\r\n".replace("204", "200"),
        ),
        absent(
            "absent in garbage for chunks",
            chunked(&[]).replace("0\r\n\r\n", "zz\r\n"),
        ),
        absent(
            "beyond the length",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{up}"),
        ),
        row(
            "not in an unhealthy answer",
            sized(up).replace("200", "503"),
            unhealthy(["503 OK", "UP"]),
        ),
        Row::new(
            "--contains: a body that drips for ever",
            dripping,
            unhealthy(["timed out", "body"]),
        )
        .with(["--contains=UP"])
        .needs(Need::Contains)
        .keeps(SOON),
        Row::new(
            "--contains: a body without end",
            endless,
            unhealthy(["timed out", "body"]),
        )
        .with(["--contains=UP"])
        .needs(Need::Contains)
        .keeps(SOON)
        .measured(),
    ]
}

fn json() -> Vec<Row> {
    let row = |name: &str, test: &str, bytes: String, expected: Expected| {
        let test = format!("--json={test}");
        Row::answer(format!("--json: {name}"), bytes, expected)
            .with([test.as_str()])
            .needs(Need::Json)
    };
    let report = "{\"status\":\"UP\",\"components\":{\"a/b\":{\"n\":3}},\"list\":[true,null]}";
    let filled = |length: usize| format!("[0,\"{}\"]", "x".repeat(length - 6));
    let endless = |start: &str, more: &str| {
        vec![
            Step::Request,
            Step::Send(format!("HTTP/1.1 200 OK\r\n\r\n{start}").into()),
            Step::Endless(more.into()),
        ]
    };
    let bounded = |name: &str, start: &str, more: &str| {
        Row::new(
            format!("--json: {name}"),
            endless(start, more),
            unhealthy(["200 OK"]),
        )
        .with(["--json=/status=UP"])
        .needs(Need::Json)
        .measured()
    };
    vec![
        row("a string", "/status=UP", sized(report), healthy()),
        row(
            "a number below a slash",
            "/components/a~1b/n=3",
            sized(report),
            healthy(),
        ),
        row(
            "a number that floating point cannot hold",
            "/n=9007199254740993",
            sized("{\"n\":9007199254740993}"),
            healthy(),
        ),
        row(
            "another number that floating point takes for it",
            "/n=9007199254740992",
            sized("{\"n\":9007199254740993}"),
            unhealthy(["/n is 9007199254740993, not \"9007199254740992\""]),
        ),
        row("64 KiB", "/0=0", sized(&filled(64 * 1024)), healthy()),
        row(
            "64 KiB and a byte",
            "/0=0",
            sized(&filled(64 * 1024 + 1)),
            unhealthy(["larger than 64 KiB"]),
        ),
        row(
            "in an array",
            "/list/0=true",
            chunked(&[&report[..10], &report[10..]]),
            healthy(),
        ),
        row(
            "another value",
            "/status=DOWN",
            sized(report),
            unhealthy(["/status is \"UP\", not \"DOWN\""]),
        ),
        row(
            "nothing there",
            "/state=UP",
            sized(report),
            unhealthy(["nothing at /state"]),
        ),
        row(
            "not JSON",
            "/status=UP",
            sized("UP"),
            unhealthy(["not JSON"]),
        ),
        row(
            "cut off",
            "/status=UP",
            sized(&report[..20]),
            unhealthy(["not JSON"]),
        ),
        row(
            "something after it",
            "/status=UP",
            sized(&format!("{report}x")),
            unhealthy(["not JSON"]),
        ),
        bounded("an endless array", "[", "0,"),
        bounded("an endless string", "\"", "x"),
        bounded("endless nesting", "[", "["),
        bounded("an endless object", "{", "\"status\":1,"),
    ]
}
