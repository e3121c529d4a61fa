//! The probe under test: which binary, what it can do, and how it is run.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

/// After this a probe hangs, whatever its deadline.
const HUNG: Duration = Duration::from_secs(30);

/// What not every build of the probe can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Contains,
    Wait,
    HeaderFile,
    /// Abstract unix sockets.
    Abstract,
    Json,
    Tls,
    Grpc,
    /// `--kick`, which builds with the feature `remote` have.
    Kick,
    /// Refuses hosts that are not this machine's, as every build without the feature `remote` does.
    LoopbackOnly,
    /// Says that a cargo feature is missing, in a build without it.
    Missing(&'static str),
}

/// What `healthchecker` can do with any features.
const EVERY_FULL_ONE: &str = "contains,wait,header-file,abstract";

pub(crate) struct Binary {
    pub(crate) path: PathBuf,
    features: Vec<String>,
    pub(crate) is_static: bool,
}

/// The binary that `PROBE` names, else this crate's own. `PROBE_FEATURES` says what that binary can
/// do beyond the smallest one: contains, wait, header-file, abstract, json, tls, grpc, remote.
pub(crate) fn binary() -> &'static Binary {
    static BINARY: OnceLock<Binary> = OnceLock::new();
    BINARY.get_or_init(|| {
        let own = Path::new(env!("CARGO_BIN_EXE_healthchecker"));
        let given = std::env::var_os("PROBE")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        let features = match (std::env::var("PROBE_FEATURES"), &given) {
            (Ok(features), _) => features,
            (Err(_), Some(_)) => EVERY_FULL_ONE.into(),
            (Err(_), None) => [
                (EVERY_FULL_ONE, true),
                ("json", cfg!(feature = "json")),
                ("tls", cfg!(feature = "tls")),
                ("grpc", cfg!(feature = "grpc")),
                ("remote", cfg!(feature = "remote")),
            ]
            .iter()
            .filter(|(_, built)| *built)
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(","),
        };
        let path = given.unwrap_or_else(|| own.to_owned());
        let path = path
            .canonicalize()
            .unwrap_or_else(|error| panic!("PROBE={}: {error}", path.display()));
        let features = features.split(',').map(str::to_owned).collect();
        let is_static = is_static(&path);
        Binary {
            path,
            features,
            is_static,
        }
    })
}

impl Binary {
    fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|name| name == feature)
    }

    pub(crate) fn can(&self, need: Need) -> bool {
        match need {
            Need::Contains => self.has("contains"),
            Need::Wait => self.has("wait"),
            Need::HeaderFile => self.has("header-file"),
            Need::Abstract => self.has("abstract"),
            Need::Json => self.has("json"),
            Need::Tls => self.has("tls"),
            Need::Grpc => self.has("grpc"),
            Need::Kick => self.has("remote"),
            Need::LoopbackOnly => !self.has("remote"),
            Need::Missing(feature) => !self.has(feature),
        }
    }

    /// Bytes that may be resident, whatever a server sends. `PROBE_RESIDENT_KB` says less for a
    /// smaller build.
    pub(crate) fn resident_limit(&self) -> u64 {
        let given = std::env::var("PROBE_RESIDENT_KB").ok();
        given.map_or(1_600_000, |text| {
            text.parse::<u64>().expect("PROBE_RESIDENT_KB") * 1024
        })
    }
}

/// Whether an ELF file asks for no dynamic loader: it has no program header of type `PT_INTERP`.
fn is_static(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("the probe can be read");
    let word = |at: usize, size: usize| {
        bytes.get(at..at + size).map_or(0, |field| {
            field
                .iter()
                .rev()
                .fold(0u64, |number, byte| number << 8 | u64::from(*byte))
        })
    };
    let (headers, size, count) = (
        word(32, 8) as usize,
        word(54, 2) as usize,
        word(56, 2) as usize,
    );
    (0..count).all(|index| word(headers + index * size, 4) != 3)
}

#[derive(Debug)]
pub(crate) struct Outcome {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    /// Bytes resident at most, where they were measured.
    pub(crate) resident: Option<u64>,
}

/// A shell that becomes the probe once it has read a line: by then it can be traced, and the
/// high-water mark of its memory begins anew.
const HELD: &str = r#"read -r _; exec "$0" "$@""#;

/// One run of the probe.
#[derive(Default)]
pub(crate) struct Run {
    words: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    /// What a shell does before it becomes the probe.
    shell: Option<String>,
    measured: bool,
}

impl Run {
    pub(crate) fn new(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        Self {
            words: words
                .into_iter()
                .map(|word| word.as_ref().to_owned())
                .collect(),
            ..Self::default()
        }
    }

    pub(crate) fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Starts the probe by a shell that runs `exec "$0" "$@"` with this after or before it:
    /// `{}` stands for the exec.
    pub(crate) fn shell(mut self, line: &str) -> Self {
        self.shell = Some(line.replace("{}", "exec \"$0\" \"$@\""));
        self
    }

    /// Notes the resident memory at its highest.
    pub(crate) fn measured(mut self) -> Self {
        self.measured = true;
        self
    }

    pub(crate) fn command(&self) -> Command {
        let held = self.measured.then(|| HELD.to_owned());
        let mut command = match held.as_ref().or(self.shell.as_ref()) {
            None => Command::new(&binary().path),
            Some(line) => {
                let mut command = Command::new("sh");
                command.arg("-c").arg(line).arg(&binary().path);
                command
            }
        };
        command
            .args(&self.words)
            .stdin(if self.measured {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Nothing of the test's own environment reaches the probe.
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    #[expect(
        clippy::zombie_processes,
        reason = "what is traced is waited for by its tracer"
    )]
    pub(crate) fn finish(&self) -> Outcome {
        let mut start = Instant::now();
        let mut child = self.command().spawn().expect("the probe starts");
        let pid = Pid::from_raw(child.id() as i32);
        let traced =
            self.measured && ptrace::seize(pid, ptrace::Options::PTRACE_O_TRACEEXIT).is_ok();
        if let Some(mut hold) = child.stdin.take() {
            start = Instant::now();
            hold.write_all(b"\n").expect("the shell reads a line");
        }
        let readers = [
            child
                .stdout
                .take()
                .map(|mut pipe| reader(move |text| pipe.read_to_end(text))),
            child
                .stderr
                .take()
                .map(|mut pipe| reader(move |text| pipe.read_to_end(text))),
        ];
        let watchdog = watchdog(pid);
        let (code, resident) = if traced {
            follow(pid)
        } else {
            (
                child.wait().expect("the probe can be waited for").code(),
                None,
            )
        };
        let elapsed = start.elapsed();
        let hung = watchdog();
        assert!(!hung, "{:?} hung for {HUNG:?}", self.words);
        let [stdout, stderr] = readers.map(|reader| {
            let bytes = reader
                .map(|reader| reader.join().expect("the pipe can be read"))
                .unwrap_or_default();
            String::from_utf8(bytes).expect("what the probe prints is UTF-8")
        });
        Outcome {
            code,
            stdout,
            stderr,
            elapsed,
            resident,
        }
    }
}

fn reader(
    mut read: impl FnMut(&mut Vec<u8>) -> std::io::Result<usize> + Send + 'static,
) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        read(&mut bytes).expect("the pipe can be read");
        bytes
    })
}

/// Kills what hangs. The returned function stops it, and says whether it had to.
fn watchdog(pid: Pid) -> impl FnOnce() -> bool {
    let (sender, receiver) = mpsc::channel::<()>();
    let thread = thread::spawn(move || match receiver.recv_timeout(HUNG) {
        Err(RecvTimeoutError::Timeout) => {
            let _ = kill(pid, Signal::SIGKILL);
            true
        }
        _ => false,
    });
    move || {
        drop(sender);
        thread.join().expect("the watchdog cannot panic")
    }
}

/// Waits for a traced process, and reads its high-water mark where it is about to exit.
fn follow(pid: Pid) -> (Option<i32>, Option<u64>) {
    let mut resident = None;
    loop {
        match waitpid(pid, None).expect("a traced process can be waited for") {
            WaitStatus::Exited(_, code) => return (Some(code), resident),
            WaitStatus::Signaled(..) => return (None, resident),
            WaitStatus::PtraceEvent(..) => {
                resident = high_water_mark(pid);
                let _ = ptrace::cont(pid, None);
            }
            WaitStatus::Stopped(_, signal) => {
                let _ = ptrace::cont(pid, signal);
            }
            _ => {}
        }
    }
}

fn high_water_mark(pid: Pid) -> Option<u64> {
    let mut status = String::new();
    File::open(format!("/proc/{pid}/status"))
        .ok()?
        .read_to_string(&mut status)
        .ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}
