//! The account service: accounts in an embedded database, behind the health layer.
//!
//! A model to copy from. `main` maps to an exit code and `run` puts the parts
//! together; the rest is in [`options`], [`accounts`], [`database_file`] and [`api`].

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use health_middleware::{Announced, Announcer, Check, Health, Instance, Testability};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::accounts::Accounts;
use crate::options::{HELP, Options, Request};

mod accounts;
mod api;
mod database_file;
mod options;

/// The longest that a request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// How long open connections may go on after the listener closed. Docker kills
/// what is not gone 10 s after SIGTERM.
const CLOSING_LIMIT: Duration = Duration::from_secs(5);

/// How long registries may take, in the end, to take the service out.
const WITHDRAWAL_LIMIT: Duration = Duration::from_secs(2);

type BoxError = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be listening, which is no reason to panic.
            let _ = writeln!(std::io::stderr(), "accountservice: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), BoxError> {
    let options = match Request::parse(std::env::args_os().skip(1).collect())? {
        Request::Serve(options) => options,
        Request::Help => return print(HELP),
        Request::Version => {
            return print(concat!("accountservice ", env!("CARGO_PKG_VERSION"), "\n"));
        }
    };
    start_logging();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(options));
    // A check that hangs on a broken disk cannot be cancelled; it must not keep the process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serve(options: Options) -> Result<(), BoxError> {
    let accounts = Arc::new(Accounts::new(options.database));
    let health = health(Arc::clone(&accounts), options.testability)?;
    // Signals are heard from here on.
    let drained = health.drain_on_shutdown(options.drain);

    let address = SocketAddr::new(options.address, options.port);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; --address and --port say where")
    })?;
    let listening = listener.local_addr()?;
    // An application path, since one that hangs is to count. Nothing without systemd.
    health.systemd(&format!("http://{listening}/accounts/10000"))?;
    let announced = announce(&health, options.announce, options.announce_as, listening)?;
    print(&format!("listening on http://{listening}\n"))?;

    let (closing, closed) = oneshot::channel();
    let server = axum::serve(listener, app(accounts, &health)).with_graceful_shutdown(async move {
        drained.await;
        let _ = closing.send(());
    });
    tokio::select! {
        served = server => served?,
        () = limit_closing(closed) => tracing::warn!("connections were still open at the end"),
    }
    // Begun with the drain; there may have been no time for it.
    announced.withdrawn(WITHDRAWAL_LIMIT).await;
    Ok(())
}

/// What the orchestrator is told about this service.
fn health(accounts: Arc<Accounts>, testability: bool) -> Result<Health, BoxError> {
    let mut health = Health::builder().check(
        Check::blocking("database", move || accounts.verify())
            .every(Duration::from_secs(1))
            .timeout(Duration::from_secs(1)),
    );
    if testability {
        health = health.testability(Testability::new());
    }
    Ok(health.build()?)
}

/// Tells registries and ping servers of this service; nobody without a URL.
fn announce(
    health: &Health,
    mut urls: Vec<String>,
    host: Option<String>,
    listening: SocketAddr,
) -> Result<Announced, BoxError> {
    urls.extend(std::env::var("ANNOUNCE").ok().filter(|url| !url.is_empty()));
    let host = host.unwrap_or_else(|| listening.ip().to_string());
    let announcer = Announcer::new().instance(Instance::new("accounts", host, listening.port()));
    let announced = health
        .announce(urls.into_iter().fold(announcer, Announcer::to))
        .map_err(|error| format!("{error}; --announce says to whom, --announce-as which host"))?;
    tracing::info!("{announced}");
    Ok(announced)
}

/// The routes and the layers around them, innermost first.
fn app(accounts: Arc<Accounts>, health: &Health) -> Router {
    api::routes(accounts)
        .layer(
            ServiceBuilder::new()
                .layer(TraceLayer::new_for_http())
                .layer(CatchPanicLayer::new())
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::SERVICE_UNAVAILABLE,
                    REQUEST_LIMIT,
                )),
        )
        // Last, so outermost: probes pass no other layer.
        .layer(health.layer())
}

/// Ends [`CLOSING_LIMIT`] after the listener closed.
async fn limit_closing(closed: oneshot::Receiver<()>) {
    let _ = closed.await;
    tokio::time::sleep(CLOSING_LIMIT).await;
}

/// Logs to stderr, so that stdout holds only what was asked for.
fn start_logging() {
    let level = std::env::var("RUST_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::level_filters::LevelFilter::INFO);
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .init();
}

fn print(text: &str) -> Result<(), BoxError> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
