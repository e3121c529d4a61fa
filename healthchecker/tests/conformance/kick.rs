//! `--kick`: a healthy verdict is told to a ping server, and nothing that it does changes the verdict,
//! outlasts the deadline or shows the URL.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use crate::probe::{Need, Outcome, Run, binary};
use crate::row::{check, check_line, healthy, on_time, unhealthy};
use crate::server::{Reserved, Server, Step};

const SOON: Duration = Duration::from_millis(400);

/// What no line may hold.
const SECRET: &str = "s3cret";

pub(crate) fn trials() -> Vec<Trial> {
    if !binary().can(Need::Kick) {
        return vec![Trial::test("kick: refused by name", refused_by_name)];
    }
    let mut trials = vec![
        Trial::test("kick: a healthy verdict", success),
        Trial::test(
            "kick: an unhealthy verdict is not told of",
            unhealthy_is_silent,
        ),
        Trial::test("kick: a port that is connected to", tcp),
        Trial::test("kick: refused", refused),
        Trial::test("kick: a redirect is not followed", redirect),
        Trial::test("kick: a verdict at the last moment", last_moment),
        Trial::test("kick: --wait tells when it is healthy", wait),
        Trial::test("kick: within what --wait has left", wait_limit),
        Trial::test("kick: the variable's, and the line's instead", variable),
        Trial::test("kick: misuse does not show the URL", misuse),
        Trial::test("kick: --verbose to nobody", unread),
    ];
    trials.extend(hostile().map(|(name, script, said)| {
        Trial::test(format!("kick: a server that {name}"), move || {
            hostile_server(&script, said)
        })
    }));
    trials
}

fn ok() -> Vec<Step> {
    vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ]
}

/// The words of a check of one port that kicks another.
fn words(checked: u16, kicked: u16) -> Vec<String> {
    vec![
        format!("--port={checked}"),
        format!("--kick=http://127.0.0.1:{kicked}/ping/{SECRET}?rid={SECRET}"),
    ]
}

/// Exit 0 and a line on stdout that ends with this and has nothing of the URL.
fn says(outcome: &Outcome, end: &str) -> Result<(), Failed> {
    let silent = (outcome.code, outcome.stderr.as_str()) == (Some(0), "");
    check_line(&outcome.stdout)?;
    let is_said = outcome.stdout.starts_with("healthy: ")
        && outcome.stdout.ends_with(&format!("), {end}\n"))
        && !outcome.stdout.contains(SECRET);
    if silent && is_said {
        return Ok(());
    }
    Err(format!("not {end:?}: {outcome:?}").into())
}

fn success() -> Result<(), Failed> {
    let (checked, kicked) = (Server::start(ok()), Server::start(ok()));
    let mut words = words(checked.port(), kicked.port());
    check(&Run::new(&words).finish(), &healthy())?;
    words.push("--verbose".into());
    says(&Run::new(&words).finish(), "kicked 127.0.0.1")?;
    let requests = kicked.requests();
    assert_eq!((requests.len(), kicked.connections()), (2, 2));
    for request in requests {
        let line = format!("GET /ping/{SECRET}?rid={SECRET} HTTP/1.1\r\n");
        assert!(request.starts_with(&line), "{request:?}");
        let host = format!("\r\nhost: 127.0.0.1:{}\r\n", kicked.port());
        assert!(request.to_ascii_lowercase().contains(&host), "{request:?}");
    }
    assert_eq!(checked.connections(), 2);
    Ok(())
}

fn unhealthy_is_silent() -> Result<(), Failed> {
    let kicked = Server::start(ok());
    let sick = vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ];
    for script in [sick, vec![Step::Hold], vec![Step::Reset]] {
        let checked = Server::start(script);
        let mut words = words(checked.port(), kicked.port());
        words.extend(["--timeout=300ms".into(), "--verbose".into()]);
        let outcome = Run::new(words).finish();
        check(&outcome, &unhealthy(["unhealthy: "]))?;
        assert!(!outcome.stderr.contains("kick"), "{outcome:?}");
    }
    assert_eq!(kicked.connections(), 0);
    Ok(())
}

fn tcp() -> Result<(), Failed> {
    let (checked, kicked) = (Server::start(vec![]), Server::start(ok()));
    let words = [
        format!("tcp://127.0.0.1:{}", checked.port()),
        format!("--kick=http://localhost:{}/", kicked.port()),
        "--verbose".into(),
    ];
    says(&Run::new(words).finish(), "kicked localhost")?;
    assert!(kicked.requests()[0].starts_with("GET / HTTP/1.1\r\n"));
    Ok(())
}

fn refused() -> Result<(), Failed> {
    let (checked, nobody) = (Server::start(ok()), Reserved::new()?);
    let mut words = words(checked.port(), nobody.port());
    check(&Run::new(&words).finish(), &healthy())?;
    words.push("--verbose".into());
    let end = "kick failed: 127.0.0.1: connection refused";
    says(&Run::new(&words).finish(), end)
}

fn redirect() -> Result<(), Failed> {
    let (checked, elsewhere) = (Server::start(ok()), Server::start(ok()));
    for status in [301, 302, 303, 307, 308] {
        let head = format!(
            "HTTP/1.1 {status} {SECRET}\r\nLocation: http://127.0.0.1:{}/{SECRET}\r\n\r\n",
            elsewhere.port()
        );
        let kicked = Server::start(vec![Step::Request, Step::Send(head.into_bytes())]);
        let mut words = words(checked.port(), kicked.port());
        check(&Run::new(&words).finish(), &healthy())?;
        words.push("--verbose".into());
        let end = format!("kick failed: 127.0.0.1: answered {status}");
        says(&Run::new(&words).finish(), &end)?;
    }
    assert_eq!(elsewhere.connections(), 0);
    Ok(())
}

/// What a ping server does, and what is said of it.
fn hostile() -> impl Iterator<Item = (&'static str, Vec<Step>, &'static str)> {
    let answer = |text: &str| vec![Step::Request, Step::Send(text.into())];
    let endless = |text: &str| vec![Step::Request, Step::Endless(text.into())];
    let late = "timed out after 400 ms while waiting for the response";
    [
        ("accepts and says nothing", vec![Step::Hold], late),
        (
            "reads and says nothing",
            vec![Step::Request, Step::Hold],
            late,
        ),
        (
            "stops within the head",
            vec![
                Step::Request,
                Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Step::Hold,
            ],
            late,
        ),
        (
            "drips its head",
            vec![
                Step::Request,
                Step::EndlessDrip(b"HTTP/1.1 200 y".to_vec(), Duration::from_millis(20)),
            ],
            late,
        ),
        ("floods", endless("y"), "not HTTP"),
        (
            "floods heads",
            endless("HTTP/1.1 100 Continue\r\n\r\n"),
            "head larger than 64 KiB",
        ),
        (
            "answers 500",
            answer("HTTP/1.1 500 /ping/s3cret\r\n\r\n/ping/s3cret"),
            "answered 500",
        ),
        (
            "answers no HTTP",
            answer("\x1b[31m/ping/s3cret\n"),
            "not HTTP",
        ),
        (
            "closes without an answer",
            vec![Step::Request],
            "closed without a response",
        ),
        (
            "resets",
            vec![Step::Request, Step::Reset],
            "reset while waiting for the response",
        ),
    ]
    .into_iter()
}

fn hostile_server(script: &[Step], said: &str) -> Result<(), Failed> {
    let checked = Server::start(ok());
    on_time(SOON, || {
        let kicked = Server::start(script.to_vec());
        let mut words = words(checked.port(), kicked.port());
        words.push(format!("--timeout={}ms", SOON.as_millis()));
        let silent = Run::new(&words).finish();
        check(&silent, &healthy())?;
        words.push("--verbose".into());
        let verbose = Run::new(&words).measured().finish();
        says(&verbose, &format!("kick failed: 127.0.0.1: {said}"))?;
        let resident = verbose.resident.filter(|_| binary().is_static);
        assert!(
            resident.is_none_or(|bytes| bytes <= binary().resident_limit()),
            "{verbose:?}"
        );
        Ok(silent.elapsed.max(verbose.elapsed))
    })
}

/// A server that is healthy when most of the deadline is gone, and a ping server that takes the rest.
fn last_moment() -> Result<(), Failed> {
    let kicked = Server::start(vec![Step::Hold]);
    let checked = Server::start(vec![
        Step::Request,
        Step::Pause(SOON - Duration::from_millis(100)),
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ]);
    on_time(SOON, || {
        let mut words = words(checked.port(), kicked.port());
        words.push(format!("--timeout={}ms", SOON.as_millis()));
        let outcome = Run::new(words).finish();
        check(&outcome, &healthy())?;
        Ok(outcome.elapsed)
    })
}

fn wait() -> Result<(), Failed> {
    let (reserved, kicked) = (Reserved::new()?, Server::start(ok()));
    let mut words = words(reserved.port(), kicked.port());
    words.extend(["--wait=20s".into(), "--interval=20ms".into()]);
    let waiting = std::thread::spawn(move || Run::new(words).finish());
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(kicked.connections(), 0);
    let _server = reserved.serve(ok())?;
    let outcome = waiting.join().map_err(|_| "the waiting probe panicked")?;
    check(&outcome, &healthy())?;
    assert_eq!(kicked.connections(), 1);
    Ok(())
}

/// The wait ends before the check's own timeout would, and before the check's ends that of the wait.
fn wait_limit() -> Result<(), Failed> {
    let (checked, kicked) = (Server::start(ok()), Server::start(vec![Step::Hold]));
    for (wait, timeout) in [("400ms", "10s"), ("10s", "400ms")] {
        on_time(SOON, || {
            let mut words = words(checked.port(), kicked.port());
            words.extend([format!("--wait={wait}"), format!("--timeout={timeout}")]);
            let outcome = Run::new(words).finish();
            check(&outcome, &healthy())?;
            Ok(outcome.elapsed)
        })?;
    }
    Ok(())
}

fn variable() -> Result<(), Failed> {
    let checked = Server::start(ok());
    let (variables, lines) = (Server::start(ok()), Server::start(ok()));
    let given = format!("--kick=http://127.0.0.1:{}/v", variables.port());
    let port = format!("--port={}", checked.port());
    let run = Run::new([&port]).variable("HEALTHCHECKER_ARGS", &given);
    check(&run.finish(), &healthy())?;
    let line = format!("-kick=http://127.0.0.1:{}/l", lines.port());
    let run = Run::new([&port, &line]).variable("HEALTHCHECKER_ARGS", &given);
    check(&run.finish(), &healthy())?;
    assert_eq!((variables.connections(), lines.connections()), (1, 1));
    Ok(())
}

/// Refused before anything is asked, in words that have nothing of the URL.
fn misuse() -> Result<(), Failed> {
    let checked = Server::start(ok());
    let port = format!("--port={}", checked.port());
    for (words, problem) in [
        (&["--kick"][..], "--kick: needs a value"),
        (&["--kick="], "--kick: unknown scheme"),
        (&["--kick", ""], "--kick: unknown scheme"),
        (&["--kick=s3cret"], "--kick: unknown scheme"),
        (&["--kick=htp://a.example/s3cret"], "--kick: unknown scheme"),
        (
            &["--kick= http://a.example/s3cret"],
            "--kick: unknown scheme",
        ),
        (&["--kick=http://"], "--kick: bad host"),
        (&["--kick=http:///s3cret"], "--kick: bad host"),
        (&["--kick=http://s3cret s3cret/"], "--kick: bad host"),
        (
            &["--kick=http://u:s3cret@a.example/"],
            "--kick: user and password",
        ),
        (&["--kick=http://a.example/#s3cret"], "--kick: bad path"),
        (&["--kick=http://a.example/s3cret s"], "--kick: bad path"),
        (&["--kick=http://a.example/s3cret\r\n"], "--kick: bad path"),
        (&["--kick=http://a.example:s3cret/"], "--kick: bad port"),
        (&["--kick=unix:/s3cret"], "--kick: neither http://"),
        (&["--kick=tcp://s3cret:80"], "--kick: neither http://"),
        (&["--kick=grpc://s3cret:80"], "--kick: "),
        (
            &["--kick=http://a.example/s3cret", "--kick=http://s3cret/"],
            "--kick: given twice",
        ),
    ] {
        let words = words.iter().map(|word| (*word).to_owned());
        let outcome = Run::new(words.chain([port.clone()])).finish();
        check(&outcome, &unhealthy(["healthchecker: ", problem]))?;
        assert!(!outcome.stderr.contains(SECRET), "{outcome:?}");
    }
    let long = format!("--kick=http://a.example/{}", SECRET.repeat(100_000 / 6));
    let outcome = Run::new([port, long]).finish();
    check(&outcome, &unhealthy(["--kick: a URL longer"]))?;
    assert_eq!(checked.connections(), 0);
    Ok(())
}

/// A line that nobody reads holds up neither the verdict nor the kick before it.
fn unread() -> Result<(), Failed> {
    let (checked, kicked) = (Server::start(ok()), Server::start(ok()));
    for place in ["{} >&-", "{} >/dev/full"] {
        let mut words = words(checked.port(), kicked.port());
        words.push("--verbose".into());
        check(&Run::new(words).shell(place).finish(), &healthy())?;
    }
    assert_eq!(kicked.connections(), 2);
    Ok(())
}

fn refused_by_name() -> Result<(), Failed> {
    for word in ["--kick=http://localhost/s3cret", "--kick=s3cret", "-kick="] {
        let outcome = Run::new([word, "--port=1"]).finish();
        check(&outcome, &unhealthy(["healthchecker", "kick: "]))?;
        let is_refused = ["cargo feature remote", "does not"]
            .iter()
            .any(|reason| outcome.stderr.contains(reason));
        assert!(
            is_refused && !outcome.stderr.contains(SECRET),
            "{outcome:?}"
        );
    }
    Ok(())
}
