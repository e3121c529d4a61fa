//! What a thousand background checks cost, and that probes cause no run.

mod table;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use health_middleware::{BoxError, Check, Health};
use http::Request;
use table::{Table, cpu_seconds};
use tower::ServiceExt;

const CHECKS: usize = 1000;
const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(15);

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.expect("VmRSS").parse().expect("KiB")
}

fn builder(runs: &Arc<AtomicU64>, every: Duration) -> health_middleware::HealthBuilder {
    let mut builder = Health::builder();
    for index in 0..CHECKS {
        let check = Check::with(
            format!("check-{index:04}"),
            Arc::clone(runs),
            |runs| async move {
                runs.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok::<_, BoxError>(())
            },
        );
        builder = builder.check(check.every(every));
    }
    builder
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut table = Table::new("The engine, 1,000 checks every second on one thread");
    tokio::time::sleep(Duration::from_millis(10)).await;

    let runs = Arc::new(AtomicU64::new(0));
    let before = resident_kib();
    let health = builder(&runs, Duration::from_secs(1))
        .build()
        .expect("a health");
    tokio::time::sleep(WARM_UP).await;
    let (begun, cpu, first) = (Instant::now(), cpu_seconds(), runs.load(Ordering::Relaxed));
    tokio::time::sleep(MEASURED).await;
    let share = (cpu_seconds() - cpu) / begun.elapsed().as_secs_f64() * 100.0;
    let run = runs.load(Ordering::Relaxed) - first;
    let memory = (resident_kib() - before) as f64 / 1024.0;
    let rate = run as f64 / begun.elapsed().as_secs_f64();
    table.note("runs", &format!("{rate:.0} /s"));
    table.check(
        "share of one core",
        &format!("{share:.2} %"),
        "2 %",
        share <= 2.0,
    );
    table.check(
        "resident memory",
        &format!("{memory:.2} MiB"),
        "4 MB",
        memory <= 3.81,
    );
    drop(health);

    let runs = Arc::new(AtomicU64::new(0));
    let health = builder(&runs, Duration::from_secs(3600))
        .build()
        .expect("a health");
    let mut subscription = health.subscribe();
    while !health.report().ready().is_healthy() {
        subscription.changed().await;
    }
    let first = runs.load(Ordering::Relaxed);
    let begun = Instant::now();
    let mut probes = tokio::task::JoinSet::new();
    for _ in 0..10_000 {
        let service = health.clone().into_service();
        probes.spawn(async move {
            tokio::task::yield_now().await;
            service
                .oneshot(Request::get("/health").body(()).expect("a request"))
                .await
        });
    }
    while let Some(answer) = probes.join_next().await {
        let answer = answer.expect("no panic").expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    let caused = runs.load(Ordering::Relaxed) - first;
    table.note(
        "10,000 simultaneous probes, tasks and all",
        &format!("{took:.1} ms"),
    );
    table.check(
        "runs of checks that they cause",
        &caused.to_string(),
        "0",
        caused == 0,
    );
    table.finish()
}
