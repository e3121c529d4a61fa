//! The quick start of both READMEs as a process, and what signals make of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use rustix::process::{Pid, Signal, kill_process};

/// Far beyond what anything here takes, also on a busy machine.
const BOUND: Duration = Duration::from_secs(60);
/// Which program this one is to be.
const PROGRAM: &str = "QUICKSTART_PROGRAM";

/// The READMEs', in their own words but for the two addresses.
mod readme {
    include!("program.rs");

    pub(super) fn run() -> Result<(), Box<dyn std::error::Error>> {
        main()
    }
}

/// One with more patience than anybody who waits for it.
mod patient {
    use axum::Router;
    use health_middleware::Health;

    #[tokio::main]
    pub(super) async fn run() -> Result<(), Box<dyn std::error::Error>> {
        let health = Health::builder().build()?;
        let drained = health.drain_on_shutdown(super::BOUND * 60);
        let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN")?).await?;
        let app = Router::new().layer(health.layer());
        Ok(axum::serve(listener, app)
            .with_graceful_shutdown(drained)
            .await?)
    }
}

/// One that is asked to end before it listens for that.
mod early {
    use std::time::Duration;

    use health_middleware::{Health, shutdown_signal};
    use rustix::process::{Signal, getpid, kill_process};
    use tokio::time::timeout;

    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn run() -> Result<(), Box<dyn std::error::Error>> {
        let health = Health::builder().build()?;
        let drained = health.drain_on_shutdown(Duration::ZERO);
        let asked = shutdown_signal();
        let soon = Duration::from_millis(50);
        if timeout(soon, shutdown_signal()).await.is_ok() {
            return Err("nobody has asked yet".into());
        }
        kill_process(getpid(), Signal::TERM)?;
        asked.await;
        drained.await;
        Ok(())
    }
}

fn main() -> ExitCode {
    let program = std::env::var_os(PROGRAM);
    let served = match program.as_ref().and_then(|program| program.to_str()) {
        Some("readme") => readme::run(),
        Some("patient") => patient::run(),
        Some("early") => early::run(),
        _ => {
            let trials = vec![
                Trial::test("the_program_is_that_of_both_readmes", same_text),
                Trial::test("sigterm_is_told_and_then_ends_it", sigterm),
                Trial::test("a_second_signal_ends_the_delay", second_signal),
                Trial::test("a_signal_before_the_first_poll_is_heard", early_signal),
            ];
            return libtest_mimic::run(&Arguments::from_args(), trials).exit_code();
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn same_text() -> Result<(), Failed> {
    let readmes = [
        include_str!("../../README.md"),
        include_str!("../../../README.md"),
    ];
    for readme in readmes {
        let (_, block) = readme
            .split_once("```rust,no_run\n")
            .ok_or("no quick start")?;
        let (block, _) = block.split_once("```").ok_or("no end of it")?;
        let expected = block
            .replacen("\"db:5432\"", "std::env::var(\"DATABASE\")?", 1)
            .replacen("\"0.0.0.0:6767\"", "std::env::var(\"LISTEN\")?", 1);
        assert_ne!(expected, block, "its addresses");
        assert_eq!(include_str!("program.rs"), expected);
    }
    Ok(())
}

fn sigterm() -> Result<(), Failed> {
    let database = TcpListener::bind(("127.0.0.1", 0))?;
    let mut service = Service::start("readme", database.local_addr()?)?;
    service.wait_for("/health/ready", "200 OK")?;
    service.signal(Signal::TERM)?;
    let draining = service.wait_for("/health/ready", "503 Service Unavailable")?;
    assert!(draining.contains("draining"), "{draining}");
    // The listener is open: each is a connection of its own.
    for path in ["/health/live", "/health", "/"] {
        let answer = service.get(path)?;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n"),
            "{path}: {answer}"
        );
    }
    assert!(service.child.try_wait()?.is_none(), "ended at once");
    assert_eq!(service.wait()?.code(), Some(0));
    assert!(service.get("/health/live").is_err(), "still listening");
    Ok(())
}

fn second_signal() -> Result<(), Failed> {
    for (first, second) in [
        (Signal::TERM, Signal::TERM),
        (Signal::INT, Signal::TERM),
        (Signal::TERM, Signal::INT),
    ] {
        let mut service = Service::start("patient", ([127, 0, 0, 1], 0).into())?;
        service.wait_for("/health/ready", "200 OK")?;
        service.signal(first)?;
        service.wait_for("/health/ready", "503 Service Unavailable")?;
        service.signal(second)?;
        assert_eq!(service.wait()?.code(), Some(0), "{first:?}, {second:?}");
    }
    Ok(())
}

fn early_signal() -> Result<(), Failed> {
    let status = Command::new(std::env::current_exe()?)
        .env(PROGRAM, "early")
        .status()?;
    assert_eq!(status.code(), Some(0), "{status}");
    Ok(())
}

/// This program as a service on a port of loopback. Killed when dropped.
struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    fn start(program: &str, database: SocketAddr) -> Result<Self, Failed> {
        // Somebody else may take the port before the program does.
        for _ in 0..5 {
            let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
            let child = Command::new(std::env::current_exe()?)
                .env(PROGRAM, program)
                .env("LISTEN", address.to_string())
                .env("DATABASE", database.to_string())
                .stdin(Stdio::null())
                .spawn()?;
            let mut service = Self { child, address };
            let begun = Instant::now();
            while service.child.try_wait()?.is_none() {
                if service.get("/health/live").is_ok() {
                    return Ok(service);
                }
                pause(begun)?;
            }
        }
        Err("it does not start".into())
    }

    fn get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, BOUND)?;
        stream.set_read_timeout(Some(BOUND))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn wait_for(&self, path: &str, status: &str) -> Result<String, Failed> {
        let begun = Instant::now();
        loop {
            let answer = self.get(path)?;
            if answer.starts_with(&format!("HTTP/1.1 {status}\r\n")) {
                return Ok(answer);
            }
            pause(begun).map_err(|_| answer)?;
        }
    }

    fn signal(&self, signal: Signal) -> Result<(), Failed> {
        Ok(kill_process(Pid::from_child(&self.child), signal)?)
    }

    fn wait(&mut self) -> Result<ExitStatus, Failed> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            pause(begun)?;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Between two looks at a condition.
fn pause(begun: Instant) -> Result<(), &'static str> {
    if begun.elapsed() > BOUND {
        return Err("in vain");
    }
    thread::sleep(Duration::from_millis(10));
    Ok(())
}
