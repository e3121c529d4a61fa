//! What the service manager has told in environment variables.
//!
//! Read once, and taken apart by a pure function: sd_notify(3) for
//! `NOTIFY_SOCKET`, sd_watchdog_enabled(3) for the other two. Nothing in here
//! can stop a service: what makes no sense is named as a problem and left out.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::SocketAddr;
use std::time::Duration;

use super::rhythm::Rhythm;

/// The variables as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(crate) notify_socket: Option<OsString>,
    pub(crate) watchdog_usec: Option<OsString>,
    pub(crate) watchdog_pid: Option<OsString>,
    pub(crate) own_pid: u32,
}

impl Environment {
    pub(crate) fn read() -> Self {
        Self {
            notify_socket: std::env::var_os("NOTIFY_SOCKET"),
            watchdog_usec: std::env::var_os("WATCHDOG_USEC"),
            watchdog_pid: std::env::var_os("WATCHDOG_PID"),
            own_pid: std::process::id(),
        }
    }
}

/// What the variables mean.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// Where messages go; `None` outside of systemd.
    pub(crate) socket: Option<SocketAddr>,
    /// How long the service manager waits for a sign of life.
    pub(crate) watchdog: Option<Duration>,
    /// What was left out, and why.
    pub(crate) problems: Vec<String>,
}

impl Setup {
    pub(crate) fn new(environment: &Environment) -> Self {
        let mut setup = Self::default();
        let socket = match environment.notify_socket.as_deref() {
            None => return setup,
            // What a unit or a wrapper leaves behind that clears the variable.
            Some(name) if name.is_empty() => return setup,
            Some(name) => socket_address(name).map_err(|problem| {
                format!(
                    "NOTIFY_SOCKET={}: {problem}: nothing is sent to systemd",
                    shown(name)
                )
            }),
        };
        match socket {
            Ok(socket) => setup.socket = Some(socket),
            Err(problem) => {
                setup.problems.push(problem);
                return setup;
            }
        }
        match watchdog(environment) {
            Ok(watchdog) => setup.watchdog = watchdog,
            Err(problem) => setup
                .problems
                .push(format!("{problem}: the watchdog is not fed")),
        }
        if let Some(short) = setup
            .watchdog
            .filter(|watchdog| *watchdog < Rhythm::SHORTEST)
        {
            setup.problems.push(format!(
                "WATCHDOG_USEC={}: less than {:?} cannot be kept: the watchdog is fed as if \
                 it were that",
                short.as_micros(),
                Rhythm::SHORTEST
            ));
        }
        setup
    }
}

/// A path, or a name in Linux's abstract namespace after an `@`.
fn socket_address(name: &OsStr) -> Result<SocketAddr, String> {
    let address = match name.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(name),
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] if !name.is_empty() => {
            use std::os::linux::net::SocketAddrExt;
            SocketAddr::from_abstract_name(name)
        }
        _ => return Err("a path, or @ and an abstract name, is accepted".to_owned()),
    };
    address.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => "longer than the address of a socket can be".to_owned(),
        _ => error.to_string(),
    })
}

/// How long the service manager waits for this process, if it does at all.
fn watchdog(environment: &Environment) -> Result<Option<Duration>, String> {
    let Some(usec) = environment.watchdog_usec.as_deref() else {
        return Ok(None);
    };
    if let Some(pid) = environment.watchdog_pid.as_deref() {
        match number(pid) {
            Some(pid) if pid == u64::from(environment.own_pid) => {}
            // Meant for the process that has started this one.
            Some(pid) if pid > 0 => return Ok(None),
            _ => {
                return Err(format!(
                    "WATCHDOG_PID={}: a process id is accepted",
                    shown(pid)
                ));
            }
        }
    }
    match number(usec) {
        // The largest number stands for infinity.
        Some(usec) if usec > 0 && usec < u64::MAX => Ok(Some(Duration::from_micros(usec))),
        _ => Err(format!(
            "WATCHDOG_USEC={}: a number of microseconds above 0 is accepted",
            shown(usec)
        )),
    }
}

/// Digits alone: `parse` would take a sign as well.
fn number(text: &OsStr) -> Option<u64> {
    let text = text.to_str()?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// A value for a message: on one line, and not without end.
fn shown(value: &OsStr) -> String {
    const LONGEST: usize = 40;
    let text = value.to_string_lossy();
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

#[cfg(test)]
mod tests;
