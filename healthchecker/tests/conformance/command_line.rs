//! The command line: misuse exits 1 with a line that names it, and what it may say is said.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

use crate::probe::{Need, Run, binary};
use crate::row::{check, healthy, on_time, unhealthy};
use crate::server::{Reserved, Server, Step};

/// Words, the value of `HEALTHCHECKER_ARGS`, and what of the message tells it from others.
type Misuse = (&'static [&'static str], &'static str, &'static str);

const MISUSE: &[Misuse] = &[
    // Unknown, stray, empty.
    (&["--prot=80"], "", "--prot=80: unknown option"),
    (&["--prot", "80"], "", "--prot: unknown option"),
    (&["-x"], "", "-x: unknown option"),
    (&["-p80"], "", "-p80: unknown option"),
    (&["-"], "", "-: unknown option"),
    (&["--"], "", "--: unknown option"),
    (&["---port=80"], "", "---port=80: unknown option"),
    (&["--PORT=80"], "", "--PORT=80: unknown option"),
    (&[""], "", "\"\": an empty word"),
    (&["80"], "", "\"80\""),
    (&["stray"], "", "\"stray\""),
    (&["http://localhost/", "stray"], "", "\"stray\""),
    (&["help"], "", "\"help\""),
    // Values that are missing or bad.
    (&["--port"], "", "--port: needs a value"),
    (&["-p"], "", "-p: needs a value"),
    (&["-port"], "", "-port: needs a value"),
    (&["--port="], "", "--port: bad value \"\""),
    (&["--port", ""], "", "--port: bad value \"\""),
    (&["--port=0"], "", "--port: bad value \"0\""),
    (&["--port=65536"], "", "--port: bad value \"65536\""),
    (&["--port=-1"], "", "--port: bad value \"-1\""),
    (&["--port", "-1"], "", "--port: needs a value, not -1"),
    (&["--port=http"], "", "--port: bad value \"http\""),
    (&["--port=80 "], "", "--port: bad value \"80 \""),
    (&["--port=+80"], "", "--port: bad value \"+80\""),
    (&["--port=${PORT}"], "", "--port: bad value \"${PORT}\""),
    (
        &["--port=tcp://10.0.0.1:80"],
        "",
        "--port: bad value \"tcp://10.0.0.1:80\"",
    ),
    (&["--path"], "", "--path: needs a value"),
    (
        &["--path", "--verbose"],
        "",
        "--path: needs a value, not --verbose",
    ),
    (&["--path="], "", "--path: bad value \"\""),
    (&["--path=health"], "", "--path: bad value \"health\""),
    (&["--path=/a b"], "", "--path: bad value \"/a b\""),
    (
        &["--path=/a\r\nX: y"],
        "",
        "--path: bad value \"/a\\r\\nX: y\"",
    ),
    (&["--path=/a#b"], "", "--path: bad value \"/a#b\""),
    (&["--path=/caf\u{e9}"], "", "--path: bad value \"/caf"),
    (&["--path=/${X}"], "", "--path: bad value \"/${X}\""),
    (&["--host="], "", "--host: bad value \"\""),
    (&["--host=a b"], "", "--host: bad value \"a b\""),
    (
        &["--host=localhost:80"],
        "",
        "--host: bad value \"localhost:80\"",
    ),
    (
        &["--host=http://localhost"],
        "",
        "--host: bad value \"http://localhost\"",
    ),
    (&["--host=::10000"], "", "--host: bad value \"::10000\""),
    (
        &["--host=fe80::1%lo"],
        "",
        "--host: bad value \"fe80::1%lo\"",
    ),
    (&["--timeout=0"], "", "--timeout: bad value \"0\""),
    (&["--timeout=0s"], "", "--timeout: bad value \"0s\""),
    (&["--timeout=2"], "", "--timeout: bad value \"2\""),
    (&["--timeout=2h"], "", "--timeout: bad value \"2h\""),
    (&["--timeout=-2s"], "", "--timeout: bad value \"-2s\""),
    (&["--timeout=1.5"], "", "--timeout: bad value \"1.5\""),
    (&["--timeout=.5s"], "", "--timeout: bad value \".5s\""),
    (
        &["--timeout=1.0005s"],
        "",
        "--timeout: bad value \"1.0005s\"",
    ),
    (&["--timeout=1.5ms"], "", "--timeout: bad value \"1.5ms\""),
    (&["--timeout=500us"], "", "--timeout: bad value \"500us\""),
    (&["--timeout=1m 30s"], "", "--timeout: bad value \"1m 30s\""),
    (&["--timeout=59m61s"], "", "--timeout: bad value \"59m61s\""),
    (&["--timeout=999m"], "", "--timeout: bad value \"999m\""),
    (&["-t", "soon"], "", "--timeout: bad value \"soon\""),
    (&["-t"], "", "-t: needs a value"),
    (&["--method=POST"], "", "--method: bad value \"POST\""),
    (&["--method=get"], "", "--method: bad value \"get\""),
    (&["--header=K"], "", "accepted: 'Name: value'"),
    (&["--header=: V"], "", "accepted: 'Name: value'"),
    (&["--header=K K: V"], "", "accepted: 'Name: value'"),
    (&["--header=K: a\r\nX: b"], "", "accepted: 'Name: value'"),
    (
        &["--header=Content-Length: 1"],
        "",
        "accepted: 'Name: value'",
    ),
    (&["--header=Host: a", "--header=host: b"], "", "twice"),
    (&["--header=Host: caf\u{e9}"], "", "--header: "),
    (&["--status="], "", "--status: bad value \"\""),
    (&["--status=2xx"], "", "--status: bad value \"2xx\""),
    (&["--status=299-200"], "", "--status: bad value \"299-200\""),
    (&["--status=100-599"], "", "--status: bad value \"100-599\""),
    (&["--status=200,"], "", "--status: bad value \"200,\""),
    (&["--status=600"], "", "--status: bad value \"600\""),
    (&["--contains="], "", "--contains"),
    (&["--json=status"], "", "--json"),
    (&["--json=status=UP"], "", "--json"),
    (&["--wait=0s"], "", "--wait"),
    (&["--wait"], "", "--wait"),
    (&["--verbose=true"], "", "--verbose=true: takes no value"),
    (&["--insecure=1"], "", "--insecure"),
    (&["--cacert="], "", "--cacert"),
    // Repeats and contradictions.
    (&["--port=80", "--port=80"], "", "--port: given twice"),
    (&["-p", "80", "-port=81"], "", "--port: given twice"),
    (&["--verbose", "--verbose"], "", "--verbose: given twice"),
    (&["--timeout=1s", "-t", "1s"], "", "--timeout: given twice"),
    (
        &["http://localhost/", "http://localhost/"],
        "",
        "\"http://localhost/\"",
    ),
    (
        &["http://localhost/", "--port=80"],
        "",
        "--port: excluded by",
    ),
    (
        &["http://localhost/", "--port-env=PORT"],
        "",
        "--port-env: excluded by",
    ),
    (
        &["http://localhost/", "--host=localhost"],
        "",
        "--host: excluded by",
    ),
    (
        &["http://localhost/", "--path=/"],
        "",
        "--path: excluded by",
    ),
    (
        &["--port=80", "--port-env=PORT"],
        "",
        "--port-env: excluded by --port",
    ),
    (
        &["tcp://localhost:80", "--status=200"],
        "",
        "--status: has no meaning for tcp://",
    ),
    (
        &["tcp://localhost:80", "--method=GET"],
        "",
        "--method: has no meaning for tcp://",
    ),
    (
        &["tcp://localhost:80", "--header=K: V"],
        "",
        "--header: has no meaning for tcp://",
    ),
    (&["tcp://localhost:80", "--contains=x"], "", "--contains"),
    (&["--method=HEAD", "--contains=x"], "", "--contains"),
    (&["--interval=1s"], "", "--interval"),
    (&["--cacert=/x"], "", "--cacert"),
    (&["--insecure"], "", "--insecure"),
    (&["--server-name=x"], "", "--server-name"),
    // URLs.
    (&["ftp://localhost/"], "", "\"ftp://localhost/\""),
    (&["localhost:80"], "", "\"localhost:80\""),
    (&["/health"], "", "\"/health\""),
    (&["http://"], "", "\"http://\""),
    (&["http://:80/"], "", "\"http://:80/\""),
    (&["http://localhost:/"], "", "\"http://localhost:/\""),
    (&["http://localhost:0/"], "", "\"http://localhost:0/\""),
    (
        &["http://localhost:${PORT}/"],
        "",
        "\"http://localhost:${PORT}/\"",
    ),
    (
        &["http://user:word@localhost/"],
        "",
        "\"http://user:word@localhost/\"",
    ),
    (&["http://::1/"], "", "\"http://::1/\""),
    (&["http://[::10000]/"], "", "\"http://[::10000]/\""),
    (&["http://[::1/"], "", "\"http://[::1/\""),
    (&["http://localhost/a b"], "", "\"http://localhost/a b\""),
    (&["http://localhost/#x"], "", "\"http://localhost/#x\""),
    (&["tcp://localhost"], "", "\"tcp://localhost\""),
    (&["tcp://localhost:80/x"], "", "\"tcp://localhost:80/x\""),
    (&["unix:app.sock"], "", "\"unix:app.sock\""),
    (&["unix:"], "", "\"unix:\""),
    (&["grpc://localhost"], "", "grpc://localhost"),
    // Where help would be an exit 0.
    (
        &["--help", "--port=80"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["--port=80", "--help"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["--version", "--verbose"],
        "",
        "--version: only as the command line's sole word",
    ),
    (
        &["--help", "--help"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["-h", "--port=80"],
        "",
        "-h: only as the command line's sole word",
    ),
    (&["--help=yes"], "", "--help=yes: takes no value"),
    // The variable.
    (
        &[],
        "--help",
        "--help: only as the command line's sole word",
    ),
    (
        &[],
        "--version",
        "--version: only as the command line's sole word",
    ),
    (
        &["--verbose"],
        "--help",
        "--help: only as the command line's sole word",
    ),
    (&[], "--prot=80", "--prot=80: unknown option"),
    (&[], "stray", "\"stray\""),
    (
        &[],
        "'--port=80",
        "HEALTHCHECKER_ARGS: a quote is not closed",
    ),
    (
        &[],
        "--port=80 \"",
        "HEALTHCHECKER_ARGS: a quote is not closed",
    ),
    (&[], "--port=80 --port=81", "--port: given twice"),
    (&[], "--port", "--port: needs a value"),
    (&[], "''", "\"\": an empty word"),
    // Words that quotes should have held together, beside a URL that would replace one of them.
    (&["http://localhost/"], "stray", "\"stray\""),
    (
        &["http://localhost/"],
        "--header Authorization: Bearer",
        "\"Bearer\"",
    ),
    (
        &["http://localhost/"],
        "http://localhost/a http://localhost/b",
        "\"http://localhost/b\"",
    ),
    (&["http://localhost/"], "--port=80", "--port: excluded by"),
    (&["--port-env=PORT"], "--port=80", "--port-env: "),
];

fn misuse(words: &[&str], variable: &str, expected: &str) -> Result<(), Failed> {
    if expected.len() < 3 || messages().iter().all(|message| message.contains(expected)) {
        return Err(format!("{expected:?} tells no message from others").into());
    }
    let mut run = Run::new(words);
    if !variable.is_empty() {
        run = run.variable("HEALTHCHECKER_ARGS", variable);
    }
    let outcome = run.finish();
    check(&outcome, &unhealthy([expected]))?;
    if outcome.stderr.starts_with("unhealthy") {
        return Err(format!("taken for a check: {}", outcome.stderr).into());
    }
    Ok(())
}

/// Messages that have as little in common as messages of this program may.
fn messages() -> &'static [String; 3] {
    static MESSAGES: OnceLock<[String; 3]> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        [&["-x"][..], &["--status=2xx"], &["--port"]].map(|words| Run::new(words).finish().stderr)
    })
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = MISUSE
        .iter()
        .map(|(words, variable, expected)| {
            let shown = words.join(" ").escape_debug().to_string();
            let shown = if variable.is_empty() {
                shown
            } else {
                format!("{variable} + {shown}")
            };
            Trial::test(format!("misuse: {shown:?}"), move || {
                misuse(words, variable, expected)
            })
        })
        .collect();
    trials.push(Trial::test("misuse: words that are not UTF-8", not_utf8));
    trials.push(Trial::test("misuse: a very long word", long_word));
    trials.push(Trial::test("every spelling of the port", spellings));
    trials.push(Trial::test("durations as Go writes them", durations));
    trials.push(Trial::test("the variable's words come first", variable));
    trials.push(Trial::test("--port-env", port_env));
    trials.push(Trial::test("--verbose says so", verbose));
    trials.push(Trial::test("--help and --version", help));
    if binary().can(Need::Wait) {
        trials.push(Trial::test(
            "--wait checks until healthy",
            wait_until_healthy,
        ));
        trials.push(Trial::test("--wait ends when the time is up", wait_in_vain));
        trials.push(Trial::test("--wait uses all of its time", wait_to_the_end));
    }
    let is_nano = !binary().can(Need::Missing("nano"));
    for (word, named, feature) in [
        ("https://localhost/", "https://", "tls"),
        ("grpc://localhost:50051", "grpc://", "grpc"),
        ("grpcs://localhost:50051", "grpcs://", "grpc"),
        ("unix:@name", "unix:@", "abstract"),
        ("unix:@name:/health", "unix:@", "abstract"),
        ("--cacert=x", "--cacert", "tls"),
        ("--cert=x", "--cert", "tls"),
        ("--key=x", "--key", "tls"),
        ("--server-name=x", "--server-name", "tls"),
        ("--insecure", "--insecure", "tls"),
        ("--header-file=K=/x", "--header-file", "header-file"),
        ("--json=/a=b", "--json", "json"),
        ("--contains=x", "--contains", "contains"),
        ("--wait=1s", "--wait", "wait"),
        ("--interval=1s", "--interval", "wait"),
    ] {
        if binary().can(Need::Missing(feature)) {
            let named = if is_nano {
                format!("{word}: healthchecker has it, healthchecker-nano does not")
            } else {
                named.to_owned()
            };
            let name = format!("refused by name: {word}");
            trials.push(Trial::test(name, move || misuse(&[word], "", &named)));
        }
    }
    if binary().can(Need::LoopbackOnly) {
        trials.push(Trial::test("names are refused", || {
            misuse(&["http://example.com/"], "", "example.com")
        }));
    }
    trials
}

fn server() -> Server {
    Server::start(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])
}

fn not_utf8() -> Result<(), Failed> {
    for word in [
        &b"--port=\xff"[..],
        b"--\xff",
        b"\xff\xfe",
        b"--path=/\xff",
        b"http://localhost/\xff",
        b"--header=\xff: x",
    ] {
        check(
            &Run::new([OsString::from_vec(word.to_vec())]).finish(),
            &unhealthy([]),
        )?;
    }
    let variable = OsString::from_vec(b"--port=\xff".to_vec());
    let outcome = Run::new([""; 0])
        .variable("HEALTHCHECKER_ARGS", variable)
        .finish();
    check(&outcome, &unhealthy(["--port"]))
}

fn long_word() -> Result<(), Failed> {
    for start in [
        "--port=",
        "--",
        "http://localhost/\u{e9}",
        "",
        "--header=",
        "--path=/ ",
    ] {
        check(
            &Run::new([format!("{start}{}", "x".repeat(100_000))]).finish(),
            &unhealthy([]),
        )?;
    }
    Ok(())
}

fn spellings() -> Result<(), Failed> {
    let server = server();
    let port = server.port().to_string();
    for words in [
        &["--port=P"][..],
        &["--port", "P"],
        &["-port=P"],
        &["-port", "P"],
        &["-p", "P"],
        &["-p=P"],
        &["-path=/x", "-port", "P", "-timeout=3s"],
        &["http://localhost:P/health"],
    ] {
        let words = words.iter().map(|word| word.replace('P', &port));
        check(&Run::new(words).finish(), &healthy())?;
    }
    Ok(())
}

fn durations() -> Result<(), Failed> {
    let server = server();
    for duration in ["1.5s", "1m30s", "1h", "0.5m", "1h0m0s", "0.25h", "2000ms"] {
        let words = [
            format!("--port={}", server.port()),
            format!("--timeout={duration}"),
        ];
        check(&Run::new(words).finish(), &healthy())?;
    }
    let silent = Server::start(vec![Step::Hold]);
    let words = [
        format!("--port={}", silent.port()),
        "--timeout=0.1s50ms".into(),
    ];
    check(
        &Run::new(words).finish(),
        &unhealthy(["timed out after 150 ms"]),
    )
}

fn variable() -> Result<(), Failed> {
    let server = server();
    let port = server.port();
    let none: [String; 0] = [];
    let ask = |words: &[String], variable: String| {
        Run::new(words)
            .variable("HEALTHCHECKER_ARGS", variable)
            .finish()
    };
    check(&ask(&none, format!("--port={port}")), &healthy())?;
    check(
        &ask(&none, format!(" --port '{port}'\t--path=\"/a\"'?b' ")),
        &healthy(),
    )?;
    check(
        &ask(&none, format!("http://localhost:{port}/x")),
        &healthy(),
    )?;
    check(
        &ask(&[format!("--port={port}")], "--port=1 --port=2".into()),
        &healthy(),
    )?;
    check(
        &ask(
            &[format!("http://localhost:{port}/")],
            "http://localhost:1/".into(),
        ),
        &healthy(),
    )?;
    check(&ask(&[format!("-p={port}")], String::new()), &healthy())?;
    check(
        &ask(
            &["--header=B: 2".into()],
            format!("--port={port} --header='A: 1'"),
        ),
        &healthy(),
    )?;
    let requests = server.requests();
    assert!(
        requests[1].starts_with("GET /a?b HTTP/1.1\r\n"),
        "{:?}",
        requests[1]
    );
    let last = requests[6].to_ascii_lowercase();
    assert!(
        last.contains("\r\nb: 2\r\n") && !last.contains("\r\na: 1\r\n"),
        "{last:?}"
    );
    // What Kubernetes puts beside a service of this name is nothing to the probe.
    let outcome = Run::new([format!("--port={port}")])
        .variable("HEALTHCHECKER_PORT", "tcp://10.0.0.1:80")
        .variable("HEALTHCHECKER_SERVICE_HOST", "10.0.0.1")
        .finish();
    check(&outcome, &healthy())
}

fn port_env() -> Result<(), Failed> {
    let server = server();
    let ask = |value: &OsStr| {
        Run::new(["--port-env", "APP_PORT"])
            .variable("APP_PORT", value)
            .finish()
    };
    check(&ask(server.port().to_string().as_ref()), &healthy())?;
    for (value, fault) in [
        (&b""[..], "empty"),
        (b" ", "not a number"),
        (b"http", "not a number"),
        (b"tcp://10.20.30.40:8080", "not a number"),
        (b"8080 ", "not a number"),
        (b"-8080", "not a number"),
        (b"+8080", "not a number"),
        (b"0x1f90", "not a number"),
        (b"8080\xff", "not a number"),
        (b"hunter2-S3cr3t", "not a number"),
        (b"0", "out of range"),
        (b"65536", "out of range"),
        (b"4072061911", "out of range"),
        (b"99887766554433221100", "out of range"),
    ] {
        let outcome = ask(OsStr::from_bytes(value));
        let line = format!("--port-env: the variable APP_PORT is {fault}; accepted: 1 to 65535\n");
        check(&outcome, &unhealthy([line.as_str()]))?;
        // It may be a secret, under a name that was mistaken: no part of it is said.
        let before = outcome.stderr.strip_suffix(&line);
        assert!(
            matches!(before, Some("healthchecker: " | "healthchecker-nano: ")),
            "{outcome:?}"
        );
    }
    check(
        &Run::new(["--port-env=APP_PORT"]).finish(),
        &unhealthy(["--port-env: the variable APP_PORT is not set\n"]),
    )?;
    // A variable `A` may begin as a variable `A=B` would.
    let value = format!("B={}", server.port());
    for name in ["", "A=B"] {
        let outcome = Run::new([format!("--port-env={name}")])
            .variable("A", &value)
            .finish();
        let line = format!(
            "--port-env: bad value \"{name}\"; accepted: the name of a variable, such as PORT\n"
        );
        check(&outcome, &unhealthy([line.as_str()]))?;
    }
    Ok(())
}

fn verbose() -> Result<(), Failed> {
    let server = server();
    let outcome = Run::new([format!("--port={}", server.port()), "--verbose".into()]).finish();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let start = format!("healthy: 127.0.0.1:{} /health: 200 OK (", server.port());
    assert!(
        outcome.stdout.starts_with(&start) && outcome.stdout.ends_with(")\n"),
        "{:?}",
        outcome.stdout
    );
    Ok(())
}

fn help() -> Result<(), Failed> {
    for words in [["--help"], ["-help"], ["-h"], ["--version"], ["-version"]] {
        let outcome = Run::new(words)
            .variable("HEALTHCHECKER_ARGS", "--nonsense '")
            .finish();
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (Some(0), ""),
            "{words:?}"
        );
        assert!(outcome.stdout.ends_with('\n'));
        // A screen of 100 columns and 40 lines.
        assert!(
            outcome
                .stdout
                .lines()
                .all(|line| line.chars().count() <= 100)
        );
        assert!(outcome.stdout.lines().count() <= 40);
    }
    let version = Run::new(["--version"]).finish().stdout;
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version:?}");
    Ok(())
}

fn wait_until_healthy() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let waiting = std::thread::spawn(move || {
        Run::new([
            format!("--port={port}"),
            "--wait=20s".into(),
            "--interval=20ms".into(),
        ])
        .finish()
    });
    std::thread::sleep(Duration::from_millis(200));
    let server = reserved.serve(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])?;
    let outcome = waiting.join().map_err(|_| "the waiting probe panicked")?;
    check(&outcome, &healthy())?;
    assert_eq!(server.connections(), 1);
    Ok(())
}

/// Waits in vain, and says how many checks were made. All of the time is used, and no more.
fn wait_for(wait: Duration, words: &[&str], script: &[Step], said: &str) -> Result<usize, Failed> {
    let mut checks = 0;
    on_time(wait, || {
        let server = Server::start(script.to_vec());
        let mut run = vec![
            format!("--port={}", server.port()),
            format!("--wait={}ms", wait.as_millis()),
        ];
        run.extend(words.iter().map(|word| (*word).to_owned()));
        let outcome = Run::new(run).finish();
        check(&outcome, &unhealthy([said]))?;
        if outcome.elapsed < wait.mul_f64(0.95) {
            return Err(format!("gave up after {:?} of {wait:?}", outcome.elapsed).into());
        }
        checks = server.connections();
        Ok(outcome.elapsed)
    })?;
    Ok(checks)
}

fn wait_in_vain() -> Result<(), Failed> {
    let sick = [
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ];
    let (short, long) = (Duration::from_millis(400), Duration::from_secs(1));
    let checks = wait_for(short, &["--interval=50ms"], &sick, "503 Sick")?;
    assert!((6..=16).contains(&checks), "{checks} checks");
    // An interval as long as the wait, or longer.
    for interval in ["--interval=400ms", "--interval=1m"] {
        let checks = wait_for(short, &[interval], &sick, "503 Sick")?;
        assert!((2..=12).contains(&checks), "{checks} checks");
    }
    let checks = wait_for(long, &[], &sick, "503 Sick")?;
    assert!((3..=14).contains(&checks), "{checks} checks");
    assert_eq!(wait_for(short, &[], &[Step::Hold], "timed out after")?, 1);
    // What the last check had no time for is not what is said.
    let slow = [
        Step::Request,
        Step::Pause(Duration::from_millis(100)),
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ];
    wait_for(short, &["--interval=50ms"], &slow, "503 Sick").map(drop)
}

/// Up after more than the first check and the first interval, within the wait.
fn wait_to_the_end() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let begun = Instant::now();
    let waiting = std::thread::spawn(move || {
        Run::new([format!("--port={port}"), "--wait=1s".into()]).finish()
    });
    std::thread::sleep(Duration::from_millis(600).saturating_sub(begun.elapsed()));
    let _server = reserved.serve(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])?;
    let outcome = waiting.join().map_err(|_| "the waiting probe panicked")?;
    check(&outcome, &healthy())
}
