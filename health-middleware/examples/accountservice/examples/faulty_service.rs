//! A service that breaks on request, to see what systemd makes of it.
//!
//! `GET /work` is what it is for, and what the watchdog asks. The faults are
//! those that a watchdog is for, and one that it is not for:
//!
//! - `/faults/runtime` blocks every thread of the runtime
//! - `/faults/path` lets `/work` hang, and nothing else
//! - `/faults/heartbeat` ends the worker whose heartbeat decides liveness
//! - the file of `--dependency` is missing: its component is unhealthy

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use health_middleware::{Check, Health, StartupGuard, heartbeat};
use pico_args::Arguments;
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};

const HELP: &str = "\
Usage: faulty_service [--port N] [--dependency FILE] [--start SECONDS]
                      [--answer-after SECONDS] [--drain SECONDS]

  --port N                port to listen on, at 127.0.0.1 [8080]
  --dependency FILE       a file that the service depends on
  --start SECONDS         how long the start takes, a step every half second [0]
  --answer-after SECONDS  when it listens, after the start is complete [0]
  --drain SECONDS         how long it goes on after SIGTERM [0]
";

/// The threads of the runtime.
const THREADS: usize = 2;

struct Options {
    port: u16,
    dependency: Option<PathBuf>,
    start: Duration,
    answer_after: Duration,
    drain: Duration,
}

#[derive(Default)]
struct Faults {
    path: AtomicBool,
    heartbeat: AtomicBool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = Arguments::from_vec(std::env::args_os().skip(1).collect());
    if words.contains("--help") {
        print!("{HELP}");
        return Ok(());
    }
    let options = Options {
        port: words.opt_value_from_str("--port")?.unwrap_or(8080),
        dependency: words.opt_value_from_str("--dependency")?,
        start: seconds(&mut words, "--start")?,
        answer_after: seconds(&mut words, "--answer-after")?,
        drain: seconds(&mut words, "--drain")?,
    };
    if let Some(word) = words.finish().first() {
        return Err(format!("unknown option {}; see --help", word.display()).into());
    }
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?
        .block_on(serve(options))
}

fn seconds(words: &mut Arguments, option: &'static str) -> Result<Duration, pico_args::Error> {
    let seconds: Option<f64> = words.opt_value_from_str(option)?;
    Ok(seconds.map_or(Duration::ZERO, Duration::from_secs_f64))
}

async fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    let faults = Arc::new(Faults::default());

    let (worker, beat) = heartbeat("worker", Duration::from_secs(1));
    let migrations = StartupGuard::new("migrations");
    let mut builder = Health::builder().liveness(worker).startup(&migrations);
    if let Some(file) = options.dependency {
        let check = Check::with("dependency", file, |file| async move {
            std::fs::metadata(file).map(drop)
        });
        builder = builder.check(check.every(Duration::from_millis(200)));
    }
    let health = builder.build()?;
    // Heard from here on, and acted upon once the start is complete.
    let drained = health.drain_on_shutdown(options.drain);
    let url = format!("http://127.0.0.1:{}/work", options.port);
    tracing::info!("{}", health.systemd(&url)?);

    let work = Arc::clone(&faults);
    tokio::spawn(async move {
        let mut pieces = interval(Duration::from_millis(100));
        while !work.heartbeat.load(Ordering::Relaxed) {
            pieces.tick().await;
            beat.beat();
        }
    });
    let step = Duration::from_millis(500);
    let mut left = options.start;
    while !left.is_zero() {
        sleep(left.min(step)).await;
        left = left.saturating_sub(step);
        migrations.progress();
    }
    migrations.done();

    sleep(options.answer_after).await;
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let app = routes(faults).layer(health.layer());
    axum::serve(listener, app)
        .with_graceful_shutdown(drained)
        .await?;
    Ok(())
}

fn routes(faults: Arc<Faults>) -> Router {
    let (path, heartbeat) = (Arc::clone(&faults), Arc::clone(&faults));
    Router::new()
        .route("/work", get(async move || work(&faults).await))
        .route("/faults/runtime", get(async || block_runtime()))
        .route(
            "/faults/path",
            get(async move || path.path.store(true, Ordering::Relaxed)),
        )
        .route(
            "/faults/heartbeat",
            get(async move || heartbeat.heartbeat.store(true, Ordering::Relaxed)),
        )
}

async fn work(faults: &Faults) -> &'static str {
    if faults.path.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    "done"
}

/// Once the answer has had time to leave.
fn block_runtime() {
    for _ in 0..THREADS {
        tokio::spawn(async {
            sleep(Duration::from_millis(200)).await;
            loop {
                std::thread::park();
            }
        });
    }
}
