//! One command, from its start to its end: bounded in time and in what is kept of its output.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// Bytes of a command's output that are kept, the last ones.
const KEPT: usize = 10_000;

/// How long the last bytes are waited for when the command has ended: whoever else holds the other end
/// may never close it.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// How long the kernel has for ending what was killed.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// The only directories in which what is run finds programs by name.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The program's absolute path and its arguments, as the configuration has them.
    pub exec: Vec<String>,
    /// How long it may take before it is killed.
    pub time_limit: Duration,
    /// `WATCHDOG_NAME`: the watch.
    pub name: String,
    /// `WATCHDOG_REASON`: why it is down, in one line without control characters.
    pub reason: String,
    /// `WATCHDOG_ATTEMPT`: which restart it is since the last kick, from 1.
    pub attempt: u32,
}

impl Order {
    /// A command for a watch, for the first time.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::future::pending;
    /// use std::time::Duration;
    /// use health_watchdog::restarts::{End, Order, run};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let exec = ["/bin/sh", "-c", "echo \"$WATCHDOG_NAME\"; exit 3"].map(String::from);
    /// let order = Order::new(exec.to_vec(), Duration::from_secs(30), "worker");
    /// let outcome = run(&order, pending()).await;
    /// assert_eq!(outcome.end, End::Exited(3));
    /// assert_eq!(outcome.output, b"worker\n");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(exec: Vec<String>, time_limit: Duration, name: &str) -> Self {
        Self {
            exec,
            time_limit,
            name: name.to_owned(),
            reason: String::new(),
            attempt: 1,
        }
    }
}

/// How a command has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal of this number, which was not sent here.
    Signalled(i32),
    /// Its time limit had passed, and it was killed with its process group.
    TimeLimit,
    /// The server stopped, and it was killed with its process group.
    Stopped,
    /// It could not be started.
    NotStarted(String),
}

/// What has become of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How it has ended.
    pub end: End,
    /// The last 10,000 bytes of its output, stdout and stderr as they came.
    pub output: Vec<u8>,
    /// From its start to its end.
    pub took: Duration,
}

impl Outcome {
    /// An end after so long, without output.
    pub fn new(end: End, took: Duration) -> Self {
        Self {
            end,
            output: Vec::new(),
            took,
        }
    }
}

/// Runs a command until it ends, its time limit passes, or `stop` is ready. Then its process group is
/// killed; also when this future is dropped.
///
/// No shell; stdin is empty, the working directory `/`, the environment `PATH` and what [`Order`] names.
/// What it leaves behind in the background may go on, but its output is closed 1 s after the command's
/// end.
///
/// # Panics
///
/// Outside of a tokio runtime with I/O and time.
pub async fn run(order: &Order, stop: impl Future<Output = ()>) -> Outcome {
    let begun = Instant::now();
    let (mut child, pipe) = match start(order) {
        Ok(started) => started,
        Err(error) => return Outcome::new(End::NotStarted(error.to_string()), begun.elapsed()),
    };
    // After the child, so that it is dropped before: then the number is still the child's.
    let group = Group::of(&child);
    let mut tail = VecDeque::new();
    let (end, took) = {
        let mut reading = std::pin::pin!(read(pipe, &mut tail));
        let mut is_read = false;
        let mut limit = std::pin::pin!(sleep(order.time_limit));
        let mut stop = std::pin::pin!(stop);
        let end = loop {
            tokio::select! {
                biased;
                status = child.wait() => break end(status),
                () = &mut limit => break End::TimeLimit,
                () = &mut stop => break End::Stopped,
                () = &mut reading, if !is_read => is_read = true,
            }
        };
        if matches!(end, End::TimeLimit | End::Stopped) {
            drop(group);
            // What hangs in the kernel is left to the runtime, which reaps it in the end.
            let _ = timeout(LAST_BREATH, child.wait()).await;
        } else {
            group.keep();
        }
        let took = begun.elapsed();
        if !is_read {
            let _ = timeout(LAST_BYTES, reading).await;
        }
        (end, took)
    };
    let output = tail.into();
    Outcome { end, output, took }
}

fn start(order: &Order) -> io::Result<(Child, Receiver)> {
    let (program, arguments) = order
        .exec
        .split_first()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is no command"))?;
    let (pipe, output) = io::pipe()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", PATH)
        .env("WATCHDOG_NAME", &order.name)
        .env("WATCHDOG_REASON", &order.reason)
        .env("WATCHDOG_ATTEMPT", order.attempt.to_string())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0);
    let pipe = Receiver::from_owned_fd(OwnedFd::from(pipe))?;
    Ok((command.spawn()?, pipe))
}

fn end(status: io::Result<ExitStatus>) -> End {
    let status = match status {
        Ok(status) => status,
        Err(error) => return End::NotStarted(format!("it cannot be waited for: {error}")),
    };
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signalled(signal.unwrap_or(0)),
    }
}

/// Reads to the end, so that nobody who writes is held up, and keeps the last bytes.
async fn read(mut pipe: Receiver, tail: &mut VecDeque<u8>) {
    let mut bytes = vec![0; 16_384];
    while let Ok(read @ 1..) = pipe.read(&mut bytes).await {
        tail.extend(bytes.get(..read).unwrap_or_default());
        let surplus = tail.len().saturating_sub(KEPT);
        tail.drain(..surplus);
    }
}

/// A process group that is killed when this is dropped.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.filter(|&id| id > 1).map(Pid::from_raw))
    }

    /// The command has been reaped: its number may be another's by now.
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended just now.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}
