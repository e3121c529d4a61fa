//! What idle Watch streams cost a server: its resident memory, in a process of
//! its own.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use health_middleware::{BoxError, Check, Health};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tonic::Streaming;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// Makes this program the server.
const SERVE: &str = "GRPC_MEMORY_SERVE";

fn main() -> ExitCode {
    if std::env::var_os(SERVE).is_some() {
        return match serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let mut arguments = Arguments::from_args();
    // One server at a time: the machine may be small.
    arguments.test_threads = Some(1);
    let trials = vec![
        Trial::test("a_thousand_watchers_of_five_connections", || {
            // Most of it is what hyper and h2 need for a stream.
            costs_at_most(5, 200, 8.0)
        }),
        Trial::test("watchers_with_a_connection_each", || {
            costs_at_most(250, 1, 32.0)
        }),
        Trial::test("watchers_that_come_and_go_leave_nothing", waves),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn serve() -> Result<(), Box<dyn Error>> {
    Runtime::new()?.block_on(async {
        let check = Check::from_fn("database", || async { Ok::<_, BoxError>(()) });
        let health = Health::builder().check(check).build()?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("{}", listener.local_addr()?);
        Server::builder()
            .add_service(health.grpc_service())
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
            .await?;
        Ok(())
    })
}

/// The server, until it is dropped.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(SERVE, "1")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok(Self { child, address })
    }

    /// proc_pid_status(5)
    fn resident_kilobytes(&self) -> Result<f64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.ok_or("no VmRSS")?.trim().parse()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Streams that have been told the first status.
async fn watch(
    address: SocketAddr,
    connections: usize,
    streams: usize,
) -> Result<Vec<Streaming<HealthCheckResponse>>, Box<dyn Error>> {
    let mut watches = Vec::new();
    for _ in 0..connections {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        let mut client = HealthClient::new(endpoint.connect().await?);
        for _ in 0..streams {
            let request = HealthCheckRequest::default();
            let mut stream = client.watch(request).await?.into_inner();
            timeout(Duration::from_secs(30), stream.message()).await??;
            watches.push(stream);
        }
    }
    Ok(watches)
}

fn costs_at_most(connections: usize, streams: usize, kilobytes: f64) -> Result<(), Failed> {
    let process = Process::start()?;
    let runtime = Runtime::new()?;
    // What is set up once is not a watcher's.
    drop(runtime.block_on(watch(process.address, 1, 1))?);
    let before = process.resident_kilobytes()?;
    let watches = runtime.block_on(watch(process.address, connections, streams))?;
    let after = process.resident_kilobytes()?;
    let each = (after - before) / watches.len() as f64;
    println!(
        "{} watchers on {connections} connections: {each:.1} KB each",
        watches.len()
    );
    if each > kilobytes {
        return Err(format!("{each:.1} KB each, {kilobytes} at most").into());
    }
    Ok(())
}

fn waves() -> Result<(), Failed> {
    let process = Process::start()?;
    let runtime = Runtime::new()?;
    let wave = || -> Result<f64, Box<dyn Error>> {
        let watches = runtime.block_on(watch(process.address, 5, 50))?;
        let resident = process.resident_kilobytes()?;
        drop(watches);
        Ok(resident)
    };
    // The first ones fill the allocator's pools.
    for _ in 0..2 {
        wave()?;
    }
    let before = wave()?;
    for _ in 0..5 {
        wave()?;
    }
    let grown = (wave()? - before) / 1_500.0;
    println!("1,500 watchers came and went: {grown:.2} KB each are left");
    // Forgetting a stream would cost twice that.
    if grown > 1.0 {
        return Err(format!("{grown:.2} KB of each watcher are left").into());
    }
    Ok(())
}
