//! A running account service, asked over its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Far beyond what anything here takes, also on a busy machine.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// A directory of a test's own, removed in the end.
pub(crate) struct Room(PathBuf);

impl Room {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("accountservice-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with these words, not yet started.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accountservice"));
    command
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A service on a free port of loopback. Killed when dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Service {
    /// Starts it over this database and waits until it listens.
    pub(crate) fn start(database: &Path, words: &[&str]) -> Self {
        Self::start_logging_to(Stdio::inherit(), database, words)
    }

    /// The same, with its log going somewhere.
    pub(crate) fn start_logging_to(log: Stdio, database: &Path, words: &[&str]) -> Self {
        let mut child = command(words)
            .arg("--port=0")
            .arg("--database")
            .arg(database)
            .stderr(log)
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = send.send(line);
        });
        let line = receive.recv_timeout(BOUND).unwrap();
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            panic!("the service did not say where it listens, but: {line:?}");
        };
        Self { child, address }
    }

    /// Starts it and waits until every component is healthy.
    pub(crate) fn start_healthy(database: &Path, words: &[&str]) -> Self {
        let service = Self::start(database, words);
        service.wait_for("/health/ready", 200);
        service
    }

    /// Status, head and body of a GET.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub(crate) fn try_get(&self, path: &str) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect_timeout(&self.address, BOUND)?;
        stream.set_read_timeout(Some(BOUND))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        Ok(Answer {
            status: head[9..12].parse().expect("a status code"),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        })
    }

    /// Waits until a GET has this status.
    pub(crate) fn wait_for(&self, path: &str, status: u16) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.get(path);
            if answer.status == status {
                return answer;
            }
            assert!(
                begun.elapsed() < BOUND,
                "{path} stays {} instead of {status}: {}",
                answer.status,
                answer.body
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        assert!(
            self.head.contains("\r\ncontent-type: application/json"),
            "{}",
            self.head
        );
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Exit code, stdout and stderr of a run that is expected to end by itself.
pub(crate) fn run(words: &[&str]) -> (Option<i32>, String, String) {
    let mut child = command(words).spawn().unwrap();
    let status = wait(&mut child);
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.unwrap().read_to_string(&mut stdout).unwrap();
    child.stderr.unwrap().read_to_string(&mut stderr).unwrap();
    (status.code(), stdout, stderr)
}

fn wait(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > BOUND {
            let _ = child.kill();
            panic!("the service does not end");
        }
        thread::sleep(Duration::from_millis(20));
    }
}
