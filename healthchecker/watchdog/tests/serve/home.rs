//! A server and its directory: how it is started, how it ends, what is left.

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::client::Client;
use crate::lines::{Lines, until};
use crate::proof;

#[path = "../shared/binary.rs"]
mod binary;

pub(crate) use binary::binary;

/// The watchdog with these words, run to its end.
pub(crate) fn run<'a>(words: impl IntoIterator<Item = &'a str>) -> Output {
    let mut child = Command::new(binary());
    let child = child.args(words).stdin(Stdio::null());
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the watchdog starts");
    let mut status = None;
    let read = |from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe");
        bytes
    };
    until("it ends by itself", || {
        status = child.try_wait().expect("a child");
        status.is_some()
    });
    Output {
        status: status.expect("it has ended"),
        stdout: read(child.stdout.as_mut().expect("a pipe")),
        stderr: read(child.stderr.as_mut().expect("a pipe")),
    }
}

/// That it has ended with 1 and one line on stderr, which is returned.
pub(crate) fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("watchdog: "), "{said}");
    said
}

/// A directory of its own, with a database, a master key and, perhaps, a configuration in it.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) path: PathBuf,
}

impl Home {
    pub(crate) fn new(config: &str) -> Self {
        Self::beneath(&std::env::temp_dir(), config)
    }

    fn beneath(beneath: &Path, config: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("watchdog-serve-{}-{number}", std::process::id());
        let path = beneath.join(name);
        fs::create_dir(&path).expect("a directory");
        let home = Self { path };
        home.configure(config);
        home
    }

    /// One where nobody else may write, nor above it, as restarts demand it.
    pub(crate) fn safe() -> Option<Self> {
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let own = std::env::var_os("HOME").map(PathBuf::from);
        let is_safe = |path: &PathBuf| {
            let mut all = path.ancestors().map(fs::metadata);
            all.all(|found| found.is_ok_and(|found| found.permissions().mode() & 0o022 == 0))
        };
        let mut places = [Some(target), own].into_iter().flatten();
        places.find(is_safe).map(|place| Self::beneath(&place, ""))
    }

    pub(crate) fn configure(&self, config: &str) {
        fs::write(self.file("watchdog.toml"), config).expect("a configuration");
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.file(name)
            .to_str()
            .expect("a path in UTF-8")
            .to_owned()
    }

    /// How a server is started here.
    pub(crate) fn words(&self) -> Vec<String> {
        let words = ["serve", "--listen", "127.0.0.1:0", "--config"];
        let mut words: Vec<_> = words.map(str::to_owned).into();
        words.push(self.text("watchdog.toml"));
        words.push("--store".into());
        words.push(self.text("watchdog.db"));
        words
    }

    pub(crate) fn start(&self) -> Server {
        let mut command = Command::new(binary());
        command.args(self.words());
        self.start_by(command)
    }

    pub(crate) fn start_by(&self, mut command: Command) -> Server {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the watchdog starts");
        let err = Lines::read(child.stderr.take().expect("a pipe"));
        let (_, line) = err.wait("serving: ");
        let address = line
            .split_once("://")
            .and_then(|(_, rest)| rest.split(',').next())
            .and_then(|address| address.parse().ok());
        Server {
            address: address.unwrap_or_else(|| panic!("no address: {line}")),
            err,
            child,
        }
    }

    pub(crate) fn root(&self) -> String {
        proof::root(&self.file("master.key"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A server that runs. On drop it is killed.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) err: Lines,
    pub(crate) child: Child,
}

impl Server {
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("a process that lives");
    }

    /// Waits for its end: its exit code, 128 and more for a signal.
    pub(crate) fn end(&mut self) -> i32 {
        let mut status = None;
        until("the server ends", || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        let status = status.expect("it has ended");
        let code = status.code();
        code.or(status.signal().map(|signal| 128 + signal))
            .expect("an end")
    }

    pub(crate) fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        assert_eq!(self.end(), 137);
    }

    pub(crate) fn term(mut self) -> Vec<String> {
        self.signal(Signal::SIGTERM);
        let code = self.end();
        let said = self.err.to_the_end();
        assert_eq!(code, 0, "{said:#?}");
        said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As long as a deadline of the shortest timeout.
pub(crate) const SECOND: Duration = Duration::from_secs(1);
