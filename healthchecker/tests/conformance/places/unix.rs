//! Unix sockets: answered, missing, stale, full, denied.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::{Completion, Failed};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

use super::{Place, answer, in_time, run, the_request, value};
use crate::probe::{Run, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::{Server, Step};
use crate::skip;

pub(super) fn unix_healthy() -> Result<(), Failed> {
    let place = Place::new();
    let server = Server::on_socket(&place.file("app.sock"), answer())?;
    let path = server.socket().display();
    check(&run([format!("unix:{path}:/health?x=y")]), &healthy())?;
    let (line, headers) = the_request(&server);
    assert_eq!(line, "GET /health?x=y HTTP/1.1");
    assert_eq!(value(&headers, "host"), ["localhost"]);
    Ok(())
}

pub(super) fn unix_unhealthy() -> Result<(), Failed> {
    let place = Place::new();
    let script = vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\nwhy".to_vec()),
    ];
    let server = Server::on_socket(&place.file("app.sock"), script)?;
    let path = server.socket().display();
    check(
        &run([format!("unix:{path}")]),
        &unhealthy([&path.to_string(), "503 Sick", "why"]),
    )
}

pub(super) fn unix_missing() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("none.sock").display().to_string();
    check(
        &run([format!("unix:{path}:/health")]),
        &unhealthy([&path, "no such"]),
    )
}

pub(super) fn unix_stale() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("stale.sock");
    drop(std::os::unix::net::UnixListener::bind(&path)?);
    check(
        &run([format!("unix:{}", path.display())]),
        &unhealthy([": connection refused ("]),
    )
}

pub(super) fn unix_file() -> Result<(), Failed> {
    let place = Place::new();
    let path = place.file("file");
    std::fs::write(&path, "no socket")?;
    check(
        &run([format!("unix:{}", path.display())]),
        &unhealthy(["refused"]),
    )
}

/// A socket's path where no connection more is taken, until what is returned is dropped.
fn full_socket(place: &Place) -> Result<(PathBuf, impl Sized), Failed> {
    let path = place.file("full.sock");
    let listener = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    bind(&listener, &SocketAddrUnix::new(&path)?)?;
    listen(&listener, 0)?;
    // A backlog of 0 has room for one.
    let waiting = UnixStream::connect(&path)?;
    Ok((path, (listener, waiting)))
}

pub(super) fn unix_backlog() -> Result<(), Failed> {
    let place = Place::new();
    let (path, _full) = full_socket(&place)?;
    let ask = || {
        run([
            format!("unix:{}:/health", path.display()),
            "--timeout=300ms".into(),
        ])
    };
    in_time(
        Duration::from_millis(300),
        ask,
        &unhealthy(["timed out", "connecting"]),
    )
}

pub(super) fn unix_idle() -> Result<(), Failed> {
    let place = Place::new();
    let (path, _full) = full_socket(&place)?;
    let mut child = Run::new([format!("unix:{}", path.display()), "--timeout=1s".into()])
        .command()
        .spawn()?;
    // Ended, and still there to be looked at.
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    waitid(Id::Pid(pid), flags)?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    assert_eq!(child.wait()?.code(), Some(1));
    // Fields 14 and 15, behind a name in parentheses, in hundredths of a second (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in parentheses")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    assert!(ticks < 20, "{ticks} hundredths of a second busy");
    Ok(())
}

/// Somebody who is nobody in particular, where the test may do everything.
const NOBODY: u32 = 65_534;

pub(super) fn unix_denied() -> Result<Completion, Failed> {
    let place = Place::new();
    // The probe itself may lie where nobody has access.
    let probe = place.file("probe");
    std::fs::copy(&binary().path, &probe)?;
    let directory = place.file("closed");
    std::fs::create_dir(&directory)?;
    let path = directory.join("app.sock");
    let _listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&directory, Permissions::from_mode(0o000))?;
    let mut command = Command::new(&probe);
    command.arg(format!("unix:{}:/health", path.display()));
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output();
    // So that it can be removed.
    std::fs::set_permissions(&directory, Permissions::from_mode(0o700))?;
    let output = match output {
        Err(error) => return skip(format!("the probe does not start as nobody: {error}")),
        Ok(output) => output,
    };
    let stderr = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let expected = format!(
        "unhealthy: {} /health: Permission denied (os error 13) while connecting (",
        path.display()
    );
    assert!(stderr.starts_with(&expected), "{stderr}");
    Ok(Completion::Completed)
}
