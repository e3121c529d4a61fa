//! The command line: misuse exits 1 with a line that names it, and what it may say is said.

mod misuse;
mod waits;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use libtest_mimic::{Failed, Trial};

use self::misuse::{MISUSE, misuse};
use self::waits::{wait_in_vain, wait_to_the_end, wait_until_healthy};
use crate::probe::{Need, Run, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::{Server, Step};

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
        ("--kick=http://localhost/x", "--kick", "remote"),
    ] {
        if binary().can(Need::Missing(feature)) {
            let named = if is_nano {
                // An option's value may be a secret.
                let (name, _) = word.split_once('=').unwrap_or((word, ""));
                format!("{name}: healthchecker has it, healthchecker-nano does not")
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
