//! gRPC against Python's grpcio-health-checking, and against what is no gRPC at all.
//!
//! `GRPC_PYTHON` names a Python that has it; `python3` is tried otherwise.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};

use crate::places::{Place, in_time};
use crate::probe::{Need, Outcome, Run, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::{Reserved, Server, Step};
use crate::{skip, tls};

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
        Trial::test("grpc: refused", refused),
        Trial::test("grpc: an HTTP/1 server", http_1),
        Trial::test("grpc: closed at once", closed),
        Trial::test("grpc: silence", silence),
        Trial::test("grpc: settings and silence", settings),
        Trial::test("grpc: a flood of pings", pings),
        Trial::test("grpc: a flood of garbage", garbage),
        Trial::test("grpc: a flood of headers", headers),
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
        let [plain, without, secure] = ports[..] else {
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

fn run<const N: usize>(words: [&str; N]) -> Outcome {
    Run::new(words.iter().chain(&["--timeout=20s"])).finish()
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

fn at(server: &Server) -> [String; 2] {
    [
        format!("grpc://127.0.0.1:{}", server.port()),
        "--timeout=400ms".into(),
    ]
}

fn ask(script: Vec<Step>, words: &[&str]) -> Result<(), Failed> {
    let server = Server::start(script);
    let outcome = Run::new(at(&server)).finish();
    check(&outcome, &unhealthy([]))?;
    match words.iter().find(|word| !outcome.stderr.contains(**word)) {
        Some(word) => Err(format!("nothing of {word:?} in {}", outcome.stderr).into()),
        None => Ok(()),
    }
}

fn ask_in_time(script: Vec<Step>) -> Result<(), Failed> {
    let server = Server::start(script);
    let ask = || Run::new(at(&server)).finish();
    in_time(
        Duration::from_millis(400),
        ask,
        &unhealthy(["timed out", "waiting for the response"]),
    )
}

fn http_1() -> Result<(), Failed> {
    let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec();
    ask(vec![Step::Send(answer), Step::Hold], &["HTTP/2"])
}

fn closed() -> Result<(), Failed> {
    ask(vec![], &["127.0.0.1"])
}

fn silence() -> Result<(), Failed> {
    ask_in_time(vec![Step::Hold])
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

fn settings() -> Result<(), Failed> {
    ask_in_time(vec![Step::Send(frame(4, 0, 0, &[])), Step::Hold])
}

fn pings() -> Result<(), Failed> {
    let script = vec![
        Step::Send(frame(4, 0, 0, &[])),
        Step::EndlessDrip(frame(6, 0, 0, &[0; 8]), Duration::ZERO),
    ];
    ask_in_time(script)
}

fn garbage() -> Result<(), Failed> {
    ask(vec![Step::Endless(b"garbage ".to_vec())], &["HTTP/2"])
}

/// Headers that never end: a frame of HEADERS, then CONTINUATION for ever.
fn headers() -> Result<(), Failed> {
    let block = [0x00, 1, b'x', 1, b'y'].repeat(100);
    let script = vec![
        Step::Send(frame(4, 0, 0, &[])),
        Step::Pause(Duration::from_millis(50)),
        Step::Send(frame(1, 0, 1, &block)),
        Step::Endless(frame(9, 0, 1, &block)),
    ];
    ask(script, &["127.0.0.1"])
}
