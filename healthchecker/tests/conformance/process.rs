//! The process around a check: closed descriptors, full pipes, signals, limits.

mod resets;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::process::Stdio;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::places::full_backlog;
use crate::probe::{Run, binary};
use crate::row::{check, on_time, unhealthy};
use crate::server::{Server, Step};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("closed descriptors change no verdict", closed_descriptors),
        Trial::test("no file of the probe's own is a standard stream", own_files),
        Trial::test("a closed pipe for stderr changes no verdict", closed_pipe),
        Trial::test("a full pipe for stderr changes no verdict", full_pipe),
        Trial::test("full outputs change no verdict", full_device),
        Trial::test(
            "stopped and continued, the answer still counts",
            stopped_then_answered,
        ),
        Trial::test(
            "stopped and continued, the deadline still holds",
            stopped_then_late,
        ),
        Trial::test(
            "stopped while connecting, the deadline still holds",
            stopped_then_connected,
        ),
        Trial::test("SIGTERM ends a check, and never with exit 0", terminated),
    ];
    trials.extend(resets::trials());
    // A dynamic loader needs descriptors of its own.
    if binary().is_static {
        trials.push(Trial::test("no descriptor left is exit 1", no_descriptors));
    }
    trials
}

fn healthy() -> Server {
    Server::start(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])
}

fn sick() -> Server {
    Server::start(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ])
}

fn port(server: &Server) -> String {
    format!("--port={}", server.port())
}

fn closed_descriptors() -> Result<(), Failed> {
    let (healthy, sick) = (healthy(), sick());
    for redirections in [
        "<&-",
        ">&-",
        "2>&-",
        "<&- >&-",
        "<&- 2>&-",
        ">&- 2>&-",
        "<&- >&- 2>&-",
    ] {
        let line = format!("{{}} {redirections}");
        for (words, code) in [
            (vec![port(&healthy)], 0),
            (vec![port(&healthy), "--verbose".into()], 0),
            (vec![port(&sick)], 1),
            (vec!["--prot".into()], 1),
        ] {
            let outcome = Run::new(&words).shell(&line).finish();
            assert_eq!(
                outcome.code,
                Some(code),
                "{words:?} {redirections}: {outcome:?}"
            );
        }
    }
    Ok(())
}

/// Where a standard stream is closed, its number is free, and what is written there would go to
/// whatever takes it.
fn own_files() -> Result<(), Failed> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let words = [
        format!("--port={}", listener.local_addr()?.port()),
        "--timeout=20s".into(),
    ];
    for redirections in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let mut child = Run::new(&words)
            .shell(&format!("{{}} {redirections}"))
            .command()
            .spawn()?;
        let (mut connection, _) = listener.accept()?;
        read_request(&mut connection)?;
        for number in 0..3 {
            let file = std::fs::read_link(format!("/proc/{}/fd/{number}", child.id()));
            let file = file.unwrap_or_default().display().to_string();
            assert!(
                !file.starts_with("socket:") && !file.starts_with("anon_inode:"),
                "{redirections}: {number} is {file}"
            );
        }
        drop(connection);
        assert_eq!(child.wait()?.code(), Some(1), "{redirections}");
    }
    Ok(())
}

fn closed_pipe() -> Result<(), Failed> {
    let sick = sick();
    let mut child = Run::new([port(&sick)])
        .command()
        .stderr(Stdio::piped())
        .spawn()?;
    drop(child.stderr.take());
    assert_eq!(child.wait()?.code(), Some(1));

    let healthy = healthy();
    let mut child = Run::new([port(&healthy), "--verbose".into()])
        .command()
        .spawn()?;
    drop(child.stdout.take());
    assert_eq!(child.wait()?.code(), Some(0));
    Ok(())
}

fn full_pipe() -> Result<(), Failed> {
    let (reader, writer) = std::io::pipe()?;
    let filling = writer.try_clone()?;
    let flags = rustix::fs::fcntl_getfl(filling.as_fd())?;
    rustix::fs::fcntl_setfl(filling.as_fd(), flags | rustix::fs::OFlags::NONBLOCK)?;
    while (&filling).write(&[b'x'; 4096]).is_ok() {}
    rustix::fs::fcntl_setfl(filling.as_fd(), flags)?;
    let sick = sick();
    let start = Instant::now();
    let status = Run::new([port(&sick)]).command().stderr(writer).status()?;
    assert_eq!(status.code(), Some(1));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "held up by {:?}",
        start.elapsed()
    );
    drop(reader);
    Ok(())
}

fn full_device() -> Result<(), Failed> {
    let (healthy, sick) = (healthy(), sick());
    assert_eq!(
        Run::new([port(&healthy), "--verbose".into()])
            .shell("{} >/dev/full")
            .finish()
            .code,
        Some(0)
    );
    assert_eq!(
        Run::new([port(&sick)])
            .shell("{} 2>/dev/full")
            .finish()
            .code,
        Some(1)
    );
    assert_eq!(
        Run::new(["--help"]).shell("{} >/dev/full").finish().code,
        Some(1)
    );
    Ok(())
}

fn no_descriptors() -> Result<(), Failed> {
    let healthy = healthy();
    let outcome = Run::new([port(&healthy)]).shell("ulimit -n 3; {}").finish();
    check(
        &outcome,
        &unhealthy(["No file descriptors available (os error 24) while connecting"]),
    )?;
    let outcome = Run::new([port(&healthy)]).shell("ulimit -n 5; {}").finish();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    Ok(())
}

fn read_request(connection: &mut TcpStream) -> Result<(), Failed> {
    let mut byte = [0];
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte)?;
        request.extend(byte);
    }
    Ok(())
}

/// Stops and continues a probe that waits for its answer: a system call with a timeout ends early
/// then (signal(7)), though no handler is there.
fn interrupted(
    timeout: &str,
    answer: Option<&[u8]>,
) -> Result<(Option<i32>, String, Duration), Failed> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let words = [
        format!("--port={}", listener.local_addr()?.port()),
        format!("--timeout={timeout}"),
    ];
    let start = Instant::now();
    let mut child = Run::new(words).command().spawn()?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let (mut connection, _) = listener.accept()?;
    read_request(&mut connection)?;
    for _ in 0..5 {
        kill(pid, Signal::SIGSTOP)?;
        std::thread::sleep(Duration::from_millis(10));
        kill(pid, Signal::SIGCONT)?;
        std::thread::sleep(Duration::from_millis(10));
    }
    if let Some(answer) = answer {
        connection.write_all(answer)?;
    }
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut stderr)?;
    Ok((child.wait()?.code(), stderr, start.elapsed()))
}

fn stopped_then_answered() -> Result<(), Failed> {
    let (code, stderr, _) = interrupted("20s", Some(b"HTTP/1.1 200 OK\r\n\r\n"))?;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    Ok(())
}

fn stopped_then_late() -> Result<(), Failed> {
    on_time(Duration::from_millis(500), || {
        let (code, stderr, taken) = interrupted("500ms", None)?;
        assert_eq!(code, Some(1));
        assert!(stderr.contains("timed out"), "{stderr:?}");
        Ok(taken)
    })
}

/// Stopped while it connects, and continued when it is connected and late.
fn stopped_then_connected() -> Result<(), Failed> {
    let (listener, port, waiting) = full_backlog(Ipv4Addr::LOCALHOST.into())?;
    let words = [format!("tcp://127.0.0.1:{port}"), "--timeout=300ms".into()];
    let mut child = Run::new(words).command().spawn()?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let sleeps = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let (name, state) = stat.rsplit_once(") ").unwrap_or_default();
        name.contains("(healthchecker") && state.starts_with('S')
    };
    wait_until(sleeps)?;
    kill(pid, Signal::SIGSTOP)?;
    // The kernel asks for a place again, after a second, and connects without the probe.
    let listener = TcpListener::from(listener);
    let mut accepted = Vec::new();
    while accepted.len() <= waiting.len() {
        accepted.push(listener.accept()?);
    }
    kill(pid, Signal::SIGCONT)?;
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().expect("piped");
    pipe.read_to_string(&mut stderr)?;
    assert_eq!(child.wait()?.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("timed out after 300 ms while connecting"),
        "{stderr}"
    );
    Ok(())
}

fn wait_until(condition: impl Fn() -> bool) -> Result<(), Failed> {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > Duration::from_secs(20) {
            return Err("waited in vain".into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn terminated() -> Result<(), Failed> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let words = [
        format!("--port={}", listener.local_addr()?.port()),
        "--timeout=20s".into(),
    ];
    let mut child = Run::new(words).command().spawn()?;
    let connection = listener.accept()?;
    kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM)?;
    assert_ne!(child.wait()?.code(), Some(0));
    drop(connection);
    Ok(())
}
