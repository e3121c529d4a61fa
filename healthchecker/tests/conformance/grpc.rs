//! gRPC against Python's grpcio-health-checking, and against what is no gRPC at all.
//!
//! `GRPC_PYTHON` names a Python that has it; `python3` is tried otherwise.

mod frames;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Completion, Failed, Trial};

pub(crate) use self::frames::rows;
use crate::places::Place;
use crate::probe::{Need, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::Reserved;
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
