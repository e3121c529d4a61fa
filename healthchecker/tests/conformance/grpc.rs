//! gRPC against Python's grpcio-health-checking, and against what is no gRPC at all.
//!
//! `GRPC_PYTHON` names a Python that has it; `python3` is tried otherwise.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};

use crate::places::Place;
use crate::probe::{Need, binary};
use crate::row::{Expected, Row, check, healthy, unhealthy};
use crate::server::{Reserved, Step};
use crate::skip;
use crate::tls::{self, run};

pub(crate) fn trials() -> Vec<Trial> {
    if !binary().can(Need::Grpc) {
        return Vec::new();
    }
    let python: Shared = Arc::new(Mutex::new(None));
    let with_python = |name: &str, case: fn(&Python) -> Result<(), Failed>| {
        let python = Arc::clone(&python);
        Trial::ignorable_test(format!("grpc: {name}"), move || case_with(&python, case))
    };
    let mut trials = vec![
        with_python("serving", serving),
        with_python("not serving", not_serving),
        with_python("a service that is not known", unknown_service),
        with_python("a server without the health service", unimplemented),
        with_python("metadata", metadata),
        Trial::test("grpc: metadata that gRPC sets itself", own_metadata),
        Trial::test("grpc: refused", refused),
    ];
    if binary().can(Need::Tls) {
        trials.push(with_python("over TLS", over_tls));
        trials.push(with_python(
            "TLS at a plain port, and plain at a TLS port",
            mixed_up,
        ));
    }
    trials
}

type Shared = Arc<Mutex<Option<Result<Arc<Python>, String>>>>;

fn case_with(
    shared: &Shared,
    case: fn(&Python) -> Result<(), Failed>,
) -> Result<Completion, Failed> {
    let python = {
        let mut shared = shared
            .lock()
            .map_err(|_| "the gRPC server could not be started")?;
        match shared.get_or_insert_with(Python::start) {
            Ok(python) => Arc::clone(python),
            Err(reason) => return skip(reason.as_str()),
        }
    };
    case(&python)?;
    Ok(Completion::Completed)
}

struct Python {
    child: Child,
    plain: u16,
    without: u16,
    guarded: u16,
    secure: u16,
    cacert: String,
    _place: Place,
}

impl Python {
    fn start() -> Result<Arc<Self>, String> {
        let place = Place::new();
        let authority = tls::authority(&place)?;
        let python = std::env::var("GRPC_PYTHON").unwrap_or_else(|_| "python3".into());
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/health_server.py");
        let mut child = Command::new(&python)
            .arg(script)
            .arg(authority.join("good.pem"))
            .arg(authority.join("good.key"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{python}: {error}"))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let ports: Vec<u16> = line
            .split_whitespace()
            .filter_map(|port| port.parse().ok())
            .collect();
        let [plain, without, guarded, secure] = ports[..] else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!(
                "{python} has no grpc_health (pip install grpcio-health-checking; GRPC_PYTHON)"
            ));
        };
        let cacert = format!("--cacert={}", authority.join("ca.pem").display());
        Ok(Arc::new(Self {
            child,
            plain,
            without,
            guarded,
            secure,
            cacert,
            _place: place,
        }))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serving(python: &Python) -> Result<(), Failed> {
    for service in ["", "/", "/up"] {
        check(
            &run([&format!("grpc://localhost:{}{service}", python.plain)]),
            &healthy(),
        )?;
    }
    let outcome = run([
        &format!("grpc://127.0.0.1:{}/up", python.plain),
        "--verbose",
    ]);
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome.stdout.contains(" up: SERVING ("),
        "{}",
        outcome.stdout
    );
    Ok(())
}

fn not_serving(python: &Python) -> Result<(), Failed> {
    let url = |service: &str| format!("grpc://localhost:{}/{service}", python.plain);
    check(&run([&url("down")]), &unhealthy([" down: NOT_SERVING ("]))?;
    check(&run([&url("unknown")]), &unhealthy([" unknown: UNKNOWN ("]))
}

fn unknown_service(python: &Python) -> Result<(), Failed> {
    check(
        &run([&format!("grpc://localhost:{}/none", python.plain)]),
        &unhealthy(["NOT_FOUND"]),
    )
}

fn unimplemented(python: &Python) -> Result<(), Failed> {
    check(
        &run([&format!("grpc://localhost:{}", python.without)]),
        &unhealthy(["UNIMPLEMENTED"]),
    )
}

fn metadata(python: &Python) -> Result<(), Failed> {
    let url = format!("grpc://localhost:{}", python.guarded);
    let trace = "--header=Trace-Bin: aGk";
    check(
        &run([&url, "--header=Authorization: Bearer token", trace]),
        &healthy(),
    )?;
    let place = Place::new();
    let file = place.file("token");
    std::fs::write(&file, "Bearer token\n")?;
    let token = format!("--header-file=authorization={}", file.display());
    check(&run([&url, &token, "--header=trace-bin: aGk="]), &healthy())?;
    std::fs::write(&file, "another t0ken")?;
    let outcome = run([&url, &token, trace]);
    check(&outcome, &unhealthy(["UNAUTHENTICATED", "who are you?"]))?;
    assert!(!outcome.stderr.contains("t0ken"), "{outcome:?}");
    Ok(())
}

fn own_metadata() -> Result<(), Failed> {
    for header in [
        "grpc-timeout: 1S",
        "Grpc-Encoding: gzip",
        "Content-Type: x",
        "TE: x",
        "Connection: close",
        "trace-bin: no base64",
        "Host: app/evil.Service/Method?",
        "Keep-Alive: 1",
    ] {
        let outcome = run(["grpc://localhost:1", &format!("--header={header}")]);
        check(&outcome, &unhealthy(["healthchecker: --header: "]))?;
    }
    let outcome = run(["grpc://localhost:1", "--header-file=grpc-x=/dev/null"]);
    check(&outcome, &unhealthy(["healthchecker: --header-file: "]))
}

fn over_tls(python: &Python) -> Result<(), Failed> {
    let url = format!("grpcs://localhost:{}", python.secure);
    check(&run([&url, &python.cacert]), &healthy())?;
    check(&run([&url, "--insecure"]), &healthy())?;
    check(
        &run([&format!("{url}/down"), &python.cacert]),
        &unhealthy(["NOT_SERVING"]),
    )?;
    check(
        &run([&url, &python.cacert, "--server-name=app.example"]),
        &unhealthy(["TLS"]),
    )?;
    check(&run([&url]), &unhealthy(["127.0.0.1"]))
}

fn mixed_up(python: &Python) -> Result<(), Failed> {
    let outcome = run([&format!("grpcs://localhost:{}", python.plain), "--insecure"]);
    check(&outcome, &unhealthy(["127.0.0.1"]))?;
    check(
        &run([&format!("grpc://localhost:{}", python.secure)]),
        &unhealthy(["127.0.0.1"]),
    )
}

fn refused() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    check(
        &run([&format!("grpc://localhost:{}", reserved.port())]),
        &unhealthy(["refused"]),
    )
}

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
