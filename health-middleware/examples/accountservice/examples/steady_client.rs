//! A client that asks at a steady rate and forgives nothing.
//!
//! For rolling updates: each request has a connection of its own, to one address,
//! and nothing is tried twice, so that every request that an update loses is
//! counted. Requests begin on schedule whether or not the earlier ones have ended.
//! It ends after `--seconds`, or on SIGTERM, with one line of JSON on stdout, and
//! exits 0 whatever the figures say.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pico_args::Arguments;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

const HELP: &str = "\
Usage: steady_client --to HOST:PORT [OPTIONS]

  --to HOST:PORT   whom to ask, its addresses in turn
  --keep N         keep the addresses of a name for N seconds, as clients do;
                   0 resolves it for each request [0]
  --path PATH      what to ask for [/]
  --rate N         requests a second, 1 to 1000 [200]
  --seconds N      for how long, 1 to 600 [60]
";

/// A request without its whole answer after this time has failed.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// Far above any answer that is asked for here.
const ANSWER_LIMIT: usize = 64 * 1024;

type BoxError = Box<dyn Error + Send + Sync>;

/// How one request ended: by whom it was answered, or the reason that it failed for.
type Ending = Result<IpAddr, String>;

#[derive(Debug, Default)]
struct Tally {
    requests: u64,
    /// By the address that answered.
    answered: BTreeMap<String, u64>,
    /// By reason.
    failures: BTreeMap<String, u64>,
    slowest: Duration,
}

impl Tally {
    fn add(&mut self, ending: Ending, took: Duration) {
        self.requests += 1;
        self.slowest = self.slowest.max(took);
        match ending {
            Ok(address) => *self.answered.entry(address.to_string()).or_default() += 1,
            Err(reason) => *self.failures.entry(reason).or_default() += 1,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut words = Arguments::from_env();
    if words.contains("--help") {
        print!("{HELP}");
        return Ok(());
    }
    let target: String = words.value_from_str("--to")?;
    let keep: u64 = words.opt_value_from_str("--keep")?.unwrap_or(0);
    let path: String = words.opt_value_from_str("--path")?.unwrap_or("/".into());
    let rate: u32 = words.opt_value_from_str("--rate")?.unwrap_or(200);
    let seconds: u64 = words.opt_value_from_str("--seconds")?.unwrap_or(60);
    if !words.finish().is_empty() || !(1..=1000).contains(&rate) || !(1..=600).contains(&seconds) {
        return Err(HELP.into());
    }

    let mut terminate = signal(SignalKind::terminate())?;
    let begun = Instant::now();
    let end = async {
        tokio::select! {
            _ = terminate.recv() => {}
            () = sleep(Duration::from_secs(seconds)) => {}
        }
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n");
    let name = Name::new(target, Duration::from_secs(keep));
    let tally = ask_steadily(name, request, rate, end).await;
    let failed: u64 = tally.failures.values().sum();
    println!(
        "{}",
        json!({
            "requests": tally.requests,
            "failed": failed,
            "seconds": begun.elapsed().as_secs_f64(),
            "slowest_ms": tally.slowest.as_millis() as u64,
            "answered": tally.answered,
            "failures": tally.failures,
        })
    );
    Ok(())
}

/// A host and port, and the addresses that it was resolved to.
#[derive(Debug)]
struct Name {
    name: String,
    keep: Duration,
    /// When they were found, and how many of them were given out.
    found: Mutex<Option<(Instant, Vec<SocketAddr>, usize)>>,
}

impl Name {
    fn new(name: String, keep: Duration) -> Self {
        Self {
            name,
            keep,
            found: Mutex::new(None),
        }
    }

    /// The next address in turn.
    async fn address(&self) -> Result<SocketAddr, std::io::Error> {
        // Held while resolving, so that those who wait share the answer.
        let mut found = self.found.lock().await;
        if let Some((at, addresses, given)) = &mut *found
            && at.elapsed() < self.keep
        {
            *given += 1;
            return Ok(addresses[*given % addresses.len()]);
        }
        let addresses: Vec<_> = tokio::net::lookup_host(&self.name).await?.collect();
        let first = *addresses.first().ok_or(std::io::ErrorKind::NotFound)?;
        *found = Some((Instant::now(), addresses, 0));
        Ok(first)
    }
}

/// Begins `rate` requests a second until `end`, then waits for those under way.
async fn ask_steadily(
    name: Name,
    request: String,
    rate: u32,
    end: impl Future<Output = ()>,
) -> Tally {
    let (name, request) = (Arc::new(name), Arc::<str>::from(request));
    let mut tally = Tally::default();
    let mut requests = JoinSet::new();
    let mut schedule = interval(Duration::from_secs(1) / rate);
    // A late tick is made up for: the rate is what counts.
    schedule.set_missed_tick_behavior(MissedTickBehavior::Burst);
    tokio::pin!(end);
    loop {
        tokio::select! {
            _ = schedule.tick() => {
                let (name, request) = (Arc::clone(&name), Arc::clone(&request));
                requests.spawn(async move {
                    let begun = Instant::now();
                    let ending = timeout(REQUEST_LIMIT, ask(&name, &request))
                        .await
                        .unwrap_or_else(|_| Err("timed out".into()));
                    (ending, begun.elapsed())
                });
            }
            Some(done) = requests.join_next() => {
                let (ending, took) = done.expect("a request neither panics nor is aborted");
                tally.add(ending, took);
            }
            () = &mut end => break,
        }
    }
    while let Some(done) = requests.join_next().await {
        let (ending, took) = done.expect("a request neither panics nor is aborted");
        tally.add(ending, took);
    }
    tally
}

/// One request over a connection of its own.
async fn ask(name: &Name, request: &str) -> Ending {
    let address = name
        .address()
        .await
        .map_err(|error| format!("resolve: {error}"))?;
    let answer = exchange(address, request.as_bytes())
        .await
        .map_err(|(phase, error)| format!("{phase} {}: {error}", address.ip()))?;
    match judge(&answer) {
        Ok(()) => Ok(address.ip()),
        Err(reason) => Err(format!("answer of {}: {reason}", address.ip())),
    }
}

/// Sends the request and reads until the server closes.
async fn exchange(
    address: SocketAddr,
    mut request: &[u8],
) -> Result<Vec<u8>, (&'static str, std::io::Error)> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| ("connect", error))?;
    while !request.is_empty() {
        stream.writable().await.map_err(|error| ("send", error))?;
        match stream.try_write(request) {
            Ok(sent) => request = &request[sent..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(("send", error)),
        }
    }
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while answer.len() < ANSWER_LIMIT {
        stream.readable().await.map_err(|error| ("read", error))?;
        match stream.try_read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(("read", error)),
        }
    }
    Ok(answer)
}

/// Whether the answer is a 200 whose body is all there.
fn judge(answer: &[u8]) -> Result<(), String> {
    let answer = String::from_utf8_lossy(answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return Err(format!(
            "ends after {} bytes, within its head",
            answer.len()
        ));
    };
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200") {
        return Err(status.to_owned());
    }
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    if length != Some(body.len()) {
        return Err(format!(
            "{} bytes of body where {length:?} were announced",
            body.len()
        ));
    }
    Ok(())
}
