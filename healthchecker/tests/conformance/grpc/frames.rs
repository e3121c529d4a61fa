//! Rows on servers that speak HTTP/2, or nearly, and no gRPC.

use std::time::Duration;

use crate::probe::Need;
use crate::row::{Expected, Row, healthy, unhealthy};
use crate::server::Step;

/// A frame of RFC 9113, section 4.1.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a small frame")
        .to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags, 0, 0, 0, stream]);
    frame.extend(payload);
    frame
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A field that is in no table of HPACK (RFC 7541, section 6.2.2), of less than 127 bytes each.
fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).expect("a short text");
        [&[length][..], text.as_bytes()].concat()
    };
    [vec![0x00], text(name), text(value)].concat()
}

const OK: &[u8] = &[0x88];

/// The head of a response that says so much, `:status: 200` before it.
fn head_with(fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| field(name, value))
        .collect();
    frame(HEADERS, END_HEADERS, 1, &[OK, &fields.concat()].concat())
}

fn response_head() -> Vec<u8> {
    head_with(&[("content-type", "application/grpc")])
}

fn message() -> Vec<u8> {
    frame(DATA, 0, 1, &[0, 0, 0, 0, 2, 8, 1])
}

fn trailers(fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| field(name, value))
        .collect();
    frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields.concat())
}

/// A whole answer that says SERVING.
fn serving_frames() -> Vec<u8> {
    [
        response_head(),
        message(),
        trailers(&[("grpc-status", "0")]),
    ]
    .concat()
}

/// Answers that say SERVING, and are none.
fn malformed() -> Vec<(&'static str, Vec<u8>, Expected)> {
    const TYPE: (&str, &str) = ("content-type", "application/grpc");
    const GOOD: (&str, &str) = ("grpc-status", "0");
    const BAD: (&str, &str) = ("grpc-status", "5");
    let ended = frame(DATA, END_STREAM, 1, &[0, 0, 0, 0, 2, 8, 1]);
    let many = vec![("x", "y".repeat(120)); 160];
    let many: Vec<_> = many
        .iter()
        .map(|(name, value)| field(name, value))
        .collect();
    let many = many.concat();
    let (first, second) = many.split_at(16_000);
    vec![
        (
            "no trailers",
            [head_with(&[TYPE, GOOD]), ended.clone()].concat(),
            unhealthy(["grpc-status out of its place"]),
        ),
        (
            "no status",
            [response_head(), ended].concat(),
            unhealthy(["no grpc-status"]),
        ),
        (
            "a status in the head, another in the trailers",
            [head_with(&[TYPE, BAD]), message(), trailers(&[GOOD])].concat(),
            unhealthy(["grpc-status out of its place"]),
        ),
        (
            "two statuses",
            [response_head(), message(), trailers(&[GOOD, BAD])].concat(),
            unhealthy(["more than one grpc-status"]),
        ),
        (
            "a status behind 20 KiB of trailers",
            [
                response_head(),
                message(),
                frame(HEADERS, END_STREAM, 1, first),
                frame(CONTINUATION, 0, 1, second),
                frame(CONTINUATION, END_HEADERS, 1, &field("grpc-status", "5")),
            ]
            .concat(),
            unhealthy(["gRPC status 5 NOT_FOUND"]),
        ),
        (
            "another type",
            [
                head_with(&[("content-type", "text/html")]),
                message(),
                trailers(&[GOOD]),
            ]
            .concat(),
            unhealthy(["not gRPC: content-type \"text/html\""]),
        ),
        (
            "no type",
            [head_with(&[]), message(), trailers(&[GOOD])].concat(),
            unhealthy(["not gRPC: content-type \"\""]),
        ),
        (
            "the type with a suffix",
            [
                head_with(&[("content-type", "application/grpc+proto")]),
                message(),
                trailers(&[GOOD]),
            ]
            .concat(),
            healthy(),
        ),
        (
            "nothing but a status",
            trailers_only("12"),
            unhealthy(["UNIMPLEMENTED"]),
        ),
        (
            "nothing at all",
            Vec::new(),
            unhealthy(["closed while waiting for the response"]),
        ),
        (
            "half of it",
            serving_frames()[..40].to_vec(),
            unhealthy(["closed while waiting for the response"]),
        ),
    ]
}

fn trailers_only(status: &str) -> Vec<u8> {
    let fields = [
        field("content-type", "application/grpc"),
        field("grpc-status", status),
    ];
    let ends = END_HEADERS | END_STREAM;
    frame(HEADERS, ends, 1, &[OK, &fields.concat()].concat())
}

/// Rows on servers that are no gRPC, or mean harm: the deadline holds, and so does memory.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    const SOON: Duration = Duration::from_millis(400);
    let row = |name: &str, script: Vec<Step>, expected: Expected| {
        // Once the request was sent, the answer's stream is there.
        let greeting = [
            Step::Send(frame(SETTINGS, 0, 0, &[])),
            Step::Pause(Duration::from_millis(20)),
        ];
        let script = greeting.into_iter().chain(script).collect();
        Row::new(format!("grpc: {name}"), script, expected)
            .words(["grpc://127.0.0.1:{port}"])
            .needs(Need::Grpc)
            .keeps(SOON)
            .measured()
    };
    let bare = |name: &str, script: Vec<Step>, expected: Expected| {
        Row::new(format!("grpc: {name}"), script, expected)
            .words(["grpc://127.0.0.1:{port}"])
            .needs(Need::Grpc)
            .keeps(SOON)
            .measured()
    };
    let late = || unhealthy(["timed out after 400 ms while waiting for the response"]);
    let large = || unhealthy(["the answer is larger than 64 KiB"]);
    let http_1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec();
    let endless_head = [0x00, 1, b'x', 1, b'y'].repeat(100);
    let floods = [
        ("PING", frame(6, 0, 0, &[0; 8])),
        ("PING ACK", frame(6, 1, 0, &[0; 8])),
        ("WINDOW_UPDATE", frame(8, 0, 0, &[0, 0, 0, 1])),
        ("PRIORITY", frame(2, 0, 3, &[0; 5])),
        (
            "GOAWAY",
            frame(7, 0, 0, &[0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
        ),
        ("SETTINGS", frame(SETTINGS, 0, 0, &[])),
        ("frames of an unknown type", frame(0xfa, 0, 0, b"x")),
        (
            "interim heads",
            frame(HEADERS, END_HEADERS, 1, b"\x08\x03103"),
        ),
    ];
    let mut rows = vec![
        row(
            "serving, frame by frame",
            vec![Step::Send(serving_frames())],
            healthy(),
        ),
        row("settings and silence", vec![Step::Hold], late()),
        row(
            "half an answer and silence",
            vec![Step::Send(response_head()), Step::Hold],
            late(),
        ),
        row(
            "pings one by one",
            vec![Step::EndlessDrip(
                frame(6, 1, 0, &[0; 8]),
                Duration::from_millis(1),
            )],
            late(),
        ),
        row(
            "serving after the deadline",
            vec![
                Step::Pause(Duration::from_millis(600)),
                Step::Send(serving_frames()),
                Step::Hold,
            ],
            late(),
        ),
        row(
            "serving after a flood beyond the deadline",
            vec![
                Step::Flood(frame(8, 0, 0, &[0, 0, 0, 1]), Duration::from_millis(600)),
                Step::Send(serving_frames()),
                Step::Hold,
            ],
            large(),
        ),
        row(
            "a head without end",
            vec![
                Step::Send(frame(HEADERS, 0, 1, &endless_head)),
                Step::Endless(frame(CONTINUATION, 0, 1, &endless_head)),
            ],
            unhealthy(["127.0.0.1"]),
        ),
        row(
            "a message without end",
            vec![
                Step::Send(response_head()),
                Step::Endless(frame(DATA, 0, 1, &[0; 1000])),
            ],
            unhealthy(["the message is larger than 1 KiB"]),
        ),
        row(
            "a flood of empty DATA",
            vec![
                Step::Send(response_head()),
                Step::Endless(frame(DATA, 0, 1, &[])),
            ],
            unhealthy(["too_many_data_frames"]),
        ),
        bare("silence", vec![Step::Hold], late()),
        bare(
            "an HTTP/1 server",
            vec![Step::Send(http_1), Step::Hold],
            unhealthy(["not HTTP/2"]),
        ),
        bare(
            "garbage without end",
            vec![Step::Endless(b"garbage ".to_vec())],
            unhealthy(["not HTTP/2"]),
        ),
        bare("closed at once", vec![], unhealthy(["127.0.0.1"])),
    ];
    rows.extend(
        malformed()
            .into_iter()
            .map(|(what, bytes, expected)| row(what, vec![Step::Send(bytes)], expected)),
    );
    rows.extend(floods.map(|(what, bytes)| {
        row(
            &format!("a flood of {what}"),
            vec![Step::Endless(bytes)],
            large(),
        )
    }));
    rows.into_iter()
}
