//! The watchdog under test: which binary, how it is started, what it and its command say, what is left.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::processes::{children, processes, wait_until_within};
use crate::stream::{BOUND, Stream};

#[path = "../shared/binary.rs"]
mod binary;

use binary::binary;

/// A variable that every process of one run inherits, whatever becomes of its parents.
const MARK: &str = "WATCH_RUN";

/// What becomes PID 1 of a namespace whose end follows the test's.
const UNSHARE: &str = "unshare --user --map-root-user --pid --fork --kill-child --mount-proc --";

/// Where the watchdog runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A process as any other.
    Ordinary,
    /// PID 1 of a namespace.
    Init,
}

/// Why nothing here can be PID 1, if so.
pub(crate) fn no_namespaces() -> Option<&'static str> {
    static WHY: OnceLock<Option<String>> = OnceLock::new();
    let why = WHY.get_or_init(|| {
        let mut words = UNSHARE.split(' ').chain(["true"]);
        let output = Command::new(words.next()?).args(words).output();
        match output {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Some(format!("unshare: {error}")),
        }
    });
    why.as_deref()
}

/// A run to be.
pub(crate) struct Run {
    place: Place,
    prefix: Vec<String>,
    words: Vec<String>,
    variables: Vec<(&'static str, OsString)>,
    stdin: Stdio,
    output: Option<[Stdio; 2]>,
}

impl Run {
    /// `watchdog run OPTIONS`, where a command that begins with `act` is this program's own, and one
    /// that begins with `watchdog` the watchdog's.
    pub(crate) fn new(place: Place, line: &str) -> Self {
        let own = std::env::current_exe().expect("a path");
        let mut words = vec![String::from("run")];
        for word in line.split_whitespace() {
            if word == "act" {
                words.push(own.to_str().expect("a path in UTF-8").to_owned());
            }
            words.push(match word {
                "watchdog" => binary().to_str().expect("a path in UTF-8").to_owned(),
                _ => word.to_owned(),
            });
        }
        Self::of(place, words)
    }

    /// The watchdog with these very words.
    pub(crate) fn of(place: Place, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            place,
            prefix: Vec::new(),
            words: words.into_iter().map(Into::into).collect(),
            variables: Vec::new(),
            stdin: Stdio::null(),
            output: None,
        }
    }

    pub(crate) fn variable(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Has a program become the watchdog, which gets its words behind its own.
    pub(crate) fn through<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.prefix = words.into_iter().map(str::to_owned).collect();
        self
    }

    /// A line of shell that ends in becoming the watchdog.
    pub(crate) fn shell(self, line: &str) -> Self {
        let line = format!("{line}; exec \"$0\" \"$@\"");
        self.through(["sh", "-c", &line])
    }

    /// stdin, and both outputs, of the caller.
    pub(crate) fn with(mut self, stdin: Stdio, output: [Stdio; 2]) -> Self {
        self.stdin = stdin;
        self.output = Some(output);
        self
    }

    pub(crate) fn start(self) -> Watch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let mut words: Vec<OsString> = Vec::new();
        if self.place == Place::Init {
            words.extend(UNSHARE.split(' ').map(OsString::from));
        }
        words.extend(self.prefix.into_iter().map(OsString::from));
        words.push(binary().into());
        words.extend(self.words.into_iter().map(OsString::from));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(self.stdin);
        // Nothing of the test's own environment reaches the watchdog.
        command.env_clear().env(MARK, &mark);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.variables);
        let [output, errors] = self
            .output
            .unwrap_or_else(|| [Stdio::piped(), Stdio::piped()]);
        command.stdout(output).stderr(errors);
        let start = Instant::now();
        let mut child = command.spawn().expect("the watchdog starts");
        Watch {
            out: child.stdout.take().map(Stream::read).unwrap_or_default(),
            err: child.stderr.take().map(Stream::read).unwrap_or_default(),
            place: self.place,
            start,
            child,
            mark,
        }
    }

    /// Starts it and waits for its end.
    pub(crate) fn finish(self) -> Result<Outcome, Failed> {
        self.start().end()
    }
}

/// A watchdog that runs. On drop nothing of it is left.
pub(crate) struct Watch {
    /// What the command says.
    pub(crate) out: Stream,
    /// What the watchdog says.
    pub(crate) err: Stream,
    pub(crate) child: Child,
    place: Place,
    start: Instant,
    mark: String,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// As a shell has it.
    pub(crate) code: i32,
    pub(crate) out: Vec<String>,
    pub(crate) err: Vec<String>,
    pub(crate) elapsed: Duration,
}

impl Watch {
    /// The watchdog's process, as this one sees it. Only once it runs.
    pub(crate) fn pid(&self) -> Pid {
        let child = i32::try_from(self.child.id()).expect("a process id");
        match self.place {
            Place::Ordinary => Pid::from_raw(child),
            Place::Init => *children(Pid::from_raw(child))
                .first()
                .expect("unshare has a child"),
        }
    }

    /// The command's own process, as this one sees it: the watchdog's only child.
    pub(crate) fn command(&self) -> Result<Pid, Failed> {
        let found = children(self.pid());
        found
            .first()
            .copied()
            .ok_or_else(|| "there is no command".into())
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Failed> {
        Ok(kill(self.pid(), signal)?)
    }

    /// Waits for the end of the watchdog, and of all who could still write.
    pub(crate) fn end(self) -> Result<Outcome, Failed> {
        let left = BOUND.saturating_sub(self.start.elapsed());
        self.end_within(left.max(Duration::from_secs(10)))
    }

    pub(crate) fn end_within(mut self, bound: Duration) -> Result<Outcome, Failed> {
        let mut status = None;
        let child = &mut self.child;
        if wait_until_within(bound, || {
            status = child.try_wait().ok().flatten();
            status.is_some()
        })
        .is_err()
        {
            return Err(format!("it does not end: {:?}", self.err.so_far()).into());
        }
        let elapsed = self.start.elapsed();
        let survivors = self.processes();
        if !survivors.is_empty() {
            return Err(format!("{survivors:?} have survived").into());
        }
        let status = status.expect("it has ended");
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        Ok(Outcome {
            code: code.expect("a process exits or is ended by a signal"),
            out: self.all_of(&self.out)?,
            err: self.all_of(&self.err)?,
            elapsed,
        })
    }

    fn all_of(&self, stream: &Stream) -> Result<Vec<String>, Failed> {
        match stream.is_read() {
            true => stream.all(),
            false => Ok(Vec::new()),
        }
    }

    /// Every process of this run that lives.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        let mark = format!("{MARK}={}", self.mark).into_bytes();
        let has_mark = |pid: &Pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == mark)
        };
        let all = processes().map(|process| process.pid);
        all.filter(has_mark).collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A few rounds, for who forks meanwhile.
        for _ in 0..10 {
            let left = self.processes();
            if left.is_empty() {
                break;
            }
            for pid in left {
                let _ = kill(pid, Signal::SIGKILL);
            }
        }
        let _ = self.child.wait();
    }
}
