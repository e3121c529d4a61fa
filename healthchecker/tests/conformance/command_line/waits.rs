//! `--wait`: until healthy, and no longer than the time given.

use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::probe::Run;
use crate::row::{check, healthy, on_time, unhealthy};
use crate::server::{Reserved, Server, Step};

pub(super) fn wait_until_healthy() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let waiting = std::thread::spawn(move || {
        Run::new([
            format!("--port={port}"),
            "--wait=20s".into(),
            "--interval=20ms".into(),
        ])
        .finish()
    });
    std::thread::sleep(Duration::from_millis(200));
    let server = reserved.serve(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])?;
    let outcome = waiting.join().map_err(|_| "the waiting probe panicked")?;
    check(&outcome, &healthy())?;
    assert_eq!(server.connections(), 1);
    Ok(())
}

/// Waits in vain, and says how many checks were made. All of the time is used, and no more.
fn wait_for(wait: Duration, words: &[&str], script: &[Step], said: &str) -> Result<usize, Failed> {
    let mut checks = 0;
    on_time(wait, || {
        let server = Server::start(script.to_vec());
        let mut run = vec![
            format!("--port={}", server.port()),
            format!("--wait={}ms", wait.as_millis()),
        ];
        run.extend(words.iter().map(|word| (*word).to_owned()));
        let outcome = Run::new(run).finish();
        check(&outcome, &unhealthy([said]))?;
        if outcome.elapsed < wait.mul_f64(0.95) {
            return Err(format!("gave up after {:?} of {wait:?}", outcome.elapsed).into());
        }
        checks = server.connections();
        Ok(outcome.elapsed)
    })?;
    Ok(checks)
}

pub(super) fn wait_in_vain() -> Result<(), Failed> {
    let sick = [
        Step::Request,
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ];
    let (short, long) = (Duration::from_millis(400), Duration::from_secs(1));
    let checks = wait_for(short, &["--interval=50ms"], &sick, "503 Sick")?;
    assert!((6..=16).contains(&checks), "{checks} checks");
    // An interval as long as the wait, or longer.
    for interval in ["--interval=400ms", "--interval=1m"] {
        let checks = wait_for(short, &[interval], &sick, "503 Sick")?;
        assert!((2..=12).contains(&checks), "{checks} checks");
    }
    let checks = wait_for(long, &[], &sick, "503 Sick")?;
    assert!((3..=14).contains(&checks), "{checks} checks");
    assert_eq!(wait_for(short, &[], &[Step::Hold], "timed out after")?, 1);
    // What the last check had no time for is not what is said.
    let slow = [
        Step::Request,
        Step::Pause(Duration::from_millis(100)),
        Step::Send(b"HTTP/1.1 503 Sick\r\n\r\n".to_vec()),
    ];
    wait_for(short, &["--interval=50ms"], &slow, "503 Sick").map(drop)
}

/// Up after more than the first check and the first interval, within the wait.
pub(super) fn wait_to_the_end() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let port = reserved.port();
    let begun = Instant::now();
    let waiting = std::thread::spawn(move || {
        Run::new([format!("--port={port}"), "--wait=1s".into()]).finish()
    });
    std::thread::sleep(Duration::from_millis(600).saturating_sub(begun.elapsed()));
    let _server = reserved.serve(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])?;
    let outcome = waiting.join().map_err(|_| "the waiting probe panicked")?;
    check(&outcome, &healthy())
}
