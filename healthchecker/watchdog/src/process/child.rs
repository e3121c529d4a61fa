//! Starting the command.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, ChildStdout, Command};

use nix::unistd::Pid;

/// What this process may have been given for itself and the command is not.
const OWN_VARIABLES: [&str; 6] = [
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "LISTEN_PID",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
];

/// Where the command's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdio {
    /// Where this process's own goes.
    Inherited,
    /// Through this process.
    Piped,
}

/// A command that runs.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) pid: Pid,
    /// Its output, where it is piped.
    pub(crate) output: Option<(ChildStdout, ChildStderr)>,
}

/// Why a command does not run.
#[derive(Debug)]
pub(crate) struct Failure {
    /// As shells have it: 127 for a program that is not found, 126 for one that cannot be run.
    pub(crate) code: u8,
    pub(crate) words: String,
}

/// Starts the command in a process group of its own, with further variables. Its signals are as a
/// fresh process has them: no handler outlives exec, and std sets the mask.
pub(crate) fn start(
    words: &[OsString],
    variables: &[(&OsStr, OsString)],
    stdio: Stdio,
) -> Result<Started, Failure> {
    let (program, arguments) = words.split_first().ok_or_else(|| Failure {
        code: 127,
        words: String::from("there is no command"),
    })?;
    let mut command = Command::new(program);
    command.args(arguments).process_group(0);
    for name in OWN_VARIABLES {
        command.env_remove(name);
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    if stdio == Stdio::Piped {
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
    }
    let mut child = command.spawn().map_err(|error| failure(program, &error))?;
    let pid = i32::try_from(child.id()).map_err(|_| Failure {
        code: 126,
        words: String::from("the kernel gave it no process id"),
    })?;
    let output = child.stdout.take().zip(child.stderr.take());
    Ok(Started {
        pid: Pid::from_raw(pid),
        output,
    })
}

fn failure(program: &OsStr, error: &io::Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => 127,
        _ => 126,
    };
    let program = program.to_string_lossy().escape_debug().to_string();
    Failure {
        code,
        words: format!("{program} cannot be started: {error}"),
    }
}
