//! Rows on servers that mean harm: the deadline holds, and so does memory.

use std::time::Duration;

use crate::row::{Row, unhealthy};
use crate::server::Step;

const SOON: Duration = Duration::from_millis(400);

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    let rows = [silences(), drips(), floods(), bodies_for_messages()];
    rows.into_iter().flatten()
}

fn silences() -> Vec<Row> {
    let hundred = "HTTP/1.1 100 Continue\r\n\r\n";
    [
        ("at once", ""),
        ("within the status line", "HTTP/1.1 2"),
        ("after the status line", "HTTP/1.1 200 OK\r\n"),
        (
            "before the blank line's end",
            "HTTP/1.1 200 OK\r\nA: b\r\n\r",
        ),
        ("after 100", hundred),
    ]
    .map(|(place, bytes)| {
        let script = vec![Step::Request, Step::Send(bytes.into()), Step::Hold];
        let words = unhealthy(["timed out", "waiting for the response"]);
        Row::new(format!("silence {place}"), script, words)
            .keeps(SOON)
            .measured()
    })
    .into()
}

fn drips() -> Vec<Row> {
    let places = [
        ("the status line", "", "HTTP/1.1 200 OK, and so on", "y"),
        ("a header", "HTTP/1.1 200 OK\r\nX: ", "", "y"),
        ("headers", "HTTP/1.1 200 OK\r\n", "", "X: y\r\n"),
        ("interim heads", "", "", "HTTP/1.1 100 Continue\r\n\r\n"),
    ];
    let mut rows = Vec::new();
    for (place, start, dripped, endless) in places {
        for (rate, pause) in [("1000 B/s", 1), ("50 B/s", 20), ("2 B/s", 500)] {
            let pause = Duration::from_millis(pause);
            let script = vec![
                Step::Request,
                Step::Send(start.into()),
                Step::Drip(dripped.into(), pause),
                Step::EndlessDrip(endless.into(), pause),
            ];
            let words = unhealthy(["timed out", "waiting for the response"]);
            rows.push(
                Row::new(format!("{place} at {rate}"), script, words)
                    .keeps(SOON)
                    .measured(),
            );
        }
    }
    rows
}

fn floods() -> Vec<Row> {
    [
        ("status line", "HTTP/1.1 200 ", "y", "64 KiB"),
        ("header", "HTTP/1.1 200 OK\r\nX: ", "y", "64 KiB"),
        ("headers", "HTTP/1.1 200 OK\r\n", "X: y\r\n", "64 KiB"),
        (
            "framing headers",
            "HTTP/1.1 200 OK\r\n",
            "Content-Length: 1\r\n",
            "64 KiB",
        ),
        (
            "interim heads",
            "",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "64 KiB",
        ),
        ("garbage", "", "\u{1}garbage\n", "not HTTP"),
        ("zeros", "", "\0", "not HTTP"),
    ]
    .map(|(what, start, more, word)| {
        let script = vec![
            Step::Request,
            Step::Send(start.into()),
            Step::Endless(more.into()),
        ];
        Row::new(format!("endless {what}"), script, unhealthy([word])).measured()
    })
    .into()
}

/// The verdict is sick already: the message does not wait for what only illustrates it.
fn bodies_for_messages() -> Vec<Row> {
    let head = Step::Send("HTTP/1.1 503 Service Unavailable\r\n\r\nsick".into());
    let sick = unhealthy(["503 Service Unavailable", "sick"]);
    let second = Duration::from_secs(1);
    let head_alone = "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 503 Some Reason\r\nA: b\r\n\r\n";
    vec![
        Row::new(
            "503 byte by byte, after 100",
            vec![
                Step::Request,
                Step::Drip(head_alone.into(), Duration::from_millis(1)),
            ],
            unhealthy(["/health: 503 Some Reason ("]),
        ),
        Row::answer(
            "503 without a reason phrase, a header behind it",
            "HTTP/1.0 503\nSet-Cookie: s3cret\n\nsick",
            unhealthy(["/health: 503 ", "): sick"]),
        )
        .never_says("s3cret"),
        Row::new(
            "not HTTP in pieces",
            vec![
                Step::Request,
                Step::Send("HT".into()),
                Step::Pause(Duration::from_millis(20)),
                Step::Send("XX".into()),
            ],
            unhealthy(["not HTTP (", "): HTXX"]),
        ),
        Row::new(
            "503 with a body in pieces",
            vec![
                Step::Request,
                Step::Send(head_alone.into()),
                Step::Pause(Duration::from_millis(20)),
                Step::Send("si".into()),
                Step::Pause(Duration::from_millis(20)),
                Step::Send("ck".into()),
            ],
            unhealthy(["503 Some Reason", "): sick"]),
        ),
        Row::new(
            "503 with a body without end",
            vec![Step::Request, head.clone(), Step::Endless("y".into())],
            sick.clone(),
        )
        .keeps(second)
        .measured(),
        Row::new(
            "503 with a dripping body",
            vec![
                Step::Request,
                head.clone(),
                Step::EndlessDrip("y".into(), Duration::from_millis(5)),
            ],
            sick.clone(),
        )
        .keeps(second)
        .measured(),
        Row::new(
            "503 kept alive without a length",
            vec![Step::Request, head, Step::Hold],
            sick,
        )
        .keeps(second)
        .measured(),
        Row::new(
            "503 with chunks that never end",
            vec![
                Step::Request,
                Step::Send(
                    "HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsick\r\n".into(),
                ),
                Step::Endless("1\r\ny\r\n".into()),
            ],
            unhealthy(["503 x"]),
        )
        .keeps(second)
        .measured(),
    ]
}
