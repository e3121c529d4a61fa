use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::machine::Cores;

/// Beyond this it does not start, and does not say what it should.
const LONGEST: Duration = Duration::from_secs(60);

/// More than anybody asks here.
const CONFIG: &str = "[[listen]]\naddress = \"127.0.0.1:0\"\n[tokens]\nper_minute = 100000000\n";

/// `WATCHDOG` names another than this build's own, in which cargo unites the features that tests need.
fn program() -> OsString {
    std::env::var_os("WATCHDOG").unwrap_or_else(|| env!("CARGO_BIN_EXE_watchdog").into())
}

/// The program, as it serves.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<(Instant, String)>,
    pub(crate) address: SocketAddr,
    /// From its start until it served.
    pub(crate) started: Duration,
}

impl Server {
    /// Starts it on its core, upon what the directory has.
    pub(crate) fn start(cores: &Cores, directory: &Path) -> Self {
        let config = directory.join("watchdog.toml");
        fs::write(&config, CONFIG).expect("a configuration");
        let mut command = Command::new(program());
        command
            .args(["serve", "--config"])
            .arg(&config)
            .arg("--store")
            .arg(directory.join("watchdog.db"))
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let begun = Instant::now();
        let mut child = cores.there(|| command.spawn()).expect("the program");
        let stderr = BufReader::new(child.stderr.take().expect("its lines"));
        let (told, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                // Nobody may listen any more.
                let _ = told.send((Instant::now(), line));
            }
        });
        let mut server = Self {
            child,
            lines,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            started: Duration::ZERO,
        };
        let (at, line) = server.hear("watchdog: serving: http://");
        let address = line.split(',').next().and_then(|text| text.parse().ok());
        server.address = address.expect("its address");
        server.started = at - begun;
        server
    }

    /// Waits for a line that begins so: when it came, and its rest.
    pub(crate) fn hear(&self, beginning: &str) -> (Instant, String) {
        let until = Instant::now() + LONGEST;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let (at, line) = self.lines.recv_timeout(left).expect(beginning);
            if let Some(rest) = line.strip_prefix(beginning) {
                return (at, rest.to_owned());
            }
        }
    }

    /// What it has had of the processor, with what the kernel did for it.
    pub(crate) fn processor(&self) -> Duration {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("/proc");
        let (_, fields) = text.rsplit_once(") ").expect("proc_pid_stat(5)");
        let ticks = fields.split(' ').skip(11).take(2);
        // A hundred a second, whatever the kernel counts with.
        ticks
            .map(|ticks| Duration::from_millis(10 * ticks.parse::<u64>().expect("ticks")))
            .sum()
    }

    /// Its memory in MB.
    pub(crate) fn memory(&self) -> u64 {
        self.kilobytes().div_ceil(1_000)
    }

    /// Its memory in kB.
    pub(crate) fn kilobytes(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes.and_then(|text| text.parse().ok()).expect("VmRSS");
        kilobytes
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = Pid::from_raw(self.child.id() as i32);
        // It has ended by itself.
        let _ = kill(id, Signal::SIGTERM);
        let _ = self.child.wait();
    }
}
