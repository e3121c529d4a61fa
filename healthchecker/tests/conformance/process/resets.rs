//! Servers that end a connection before the probe goes on.
//!
//! Each case is made to happen: the probe is held where its connect(2) returns, until the server has
//! accepted the connection, sent what it sends and ended it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use nix::libc;
use nix::sys::ptrace;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use rustix::net::sockopt;

use crate::places::Place;
use crate::probe::{Outcome, Run};
use crate::row::{Expected, check, healthy, unhealthy};
use crate::skip;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
const SICK: &[u8] = b"HTTP/1.1 503 Sick\r\n\r\nwhy";

pub(crate) fn trials() -> Vec<Trial> {
    let sending = || unhealthy(["reset while sending the request"]);
    let mut trials: Vec<_> = [
        ("tcp: reset at once is healthy", "tcp", &b""[..], healthy()),
        ("tcp: reset after bytes is healthy", "tcp", OK, healthy()),
        ("http: reset at once", "http", b"", sending()),
        (
            "http: reset within the head",
            "http",
            b"HTTP/1.1 2",
            sending(),
        ),
        ("http: 200, then reset at once", "http", OK, healthy()),
        (
            "http: 503, then reset at once",
            "http",
            SICK,
            unhealthy(["503 Sick", "why"]),
        ),
    ]
    .into_iter()
    .map(|(name, scheme, bytes, expected)| {
        Trial::ignorable_test(name, move || reset(scheme, bytes, &expected))
    })
    .collect();
    for (name, bytes, expected) in [
        ("unix: closed at once", &b""[..], sending()),
        ("unix: 200, then closed at once", OK, healthy()),
    ] {
        trials.push(Trial::ignorable_test(name, move || {
            closed(bytes, &expected)
        }));
    }
    trials.push(Trial::test("resets again and again", again_and_again));
    trials
}

/// Ends a connection with a reset.
fn end_with_reset(connection: TcpStream) -> Result<(), Failed> {
    sockopt::set_socket_linger(connection.as_fd(), Some(Duration::ZERO))?;
    Ok(())
}

fn reset(scheme: &str, bytes: &[u8], expected: &Expected) -> Result<Completion, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    held(&format!("{scheme}://127.0.0.1:{port}"), expected, || {
        let (mut connection, _) = listener.accept()?;
        connection.write_all(bytes)?;
        end_with_reset(connection)
    })
}

fn closed(bytes: &[u8], expected: &Expected) -> Result<Completion, Failed> {
    let place = Place::new();
    let path = place.file("app.sock");
    let listener = UnixListener::bind(&path)?;
    held(&format!("unix:{}:/", path.display()), expected, || {
        let (mut connection, _) = listener.accept()?;
        Ok(connection.write_all(bytes)?)
    })
}

/// Checks a URL with the probe held after it has connected, until the server has done its part.
fn held(
    url: &str,
    expected: &Expected,
    serve: impl FnOnce() -> Result<(), Failed>,
) -> Result<Completion, Failed> {
    let run = Run::new([url]).measured();
    let mut child = run.command().spawn()?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let options = ptrace::Options::PTRACE_O_TRACESYSGOOD | ptrace::Options::PTRACE_O_EXITKILL;
    if ptrace::seize(pid, options).is_err() {
        child.kill()?;
        child.wait()?;
        return skip("this system lets no process be traced");
    }
    ptrace::interrupt(pid)?;
    // The shell reads a line, and becomes the probe.
    child.stdin.take().expect("piped").write_all(b"\n")?;
    follow_to_connect(pid)?;
    serve()?;
    ptrace::detach(pid, None)?;
    check(&outcome(child)?, expected)?;
    Ok(Completion::Completed)
}

/// Lets a process that is about to stop go on to where its first connect(2) returns.
fn follow_to_connect(pid: Pid) -> Result<(), Failed> {
    let connect = libc::SYS_connect.to_string();
    let mut stops = 0;
    loop {
        let signal = match waitpid(pid, None)? {
            WaitStatus::PtraceSyscall(_) => {
                let call = std::fs::read_to_string(format!("/proc/{pid}/syscall"))?;
                stops += u32::from(call.split(' ').next() == Some(&connect));
                if stops == 2 {
                    return Ok(());
                }
                None
            }
            WaitStatus::Stopped(_, signal) => Some(signal),
            WaitStatus::PtraceEvent(..) => None,
            ended => return Err(format!("never connected: {ended:?}").into()),
        };
        ptrace::syscall(pid, signal)?;
    }
}

fn outcome(child: Child) -> Result<Outcome, Failed> {
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output()?;
    Ok(Outcome {
        code: status.code(),
        stdout: String::from_utf8(stdout)?,
        stderr: String::from_utf8(stderr)?,
        elapsed: Duration::ZERO,
        resident: None,
    })
}

/// However the two happen to meet.
fn again_and_again() -> Result<(), Failed> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let server = scope.spawn(|| -> Result<(), Failed> {
            while !over.load(Ordering::Acquire) {
                end_with_reset(listener.accept()?.0)?;
            }
            Ok(())
        });
        let checked = (0..200).try_for_each(|_| {
            let tcp = Run::new([format!("tcp://{address}")]).finish();
            check(&tcp, &healthy())?;
            let http = Run::new([format!("http://{address}")]).finish();
            check(&http, &unhealthy(["reset while"]))
        });
        over.store(true, Ordering::Release);
        // The last of them ends the wait for it.
        drop(TcpStream::connect(address));
        server.join().map_err(|_| "the server panicked")??;
        checked
    })
}
