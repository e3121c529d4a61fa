//! The plan carried out, with hands and commands that follow a script, on a clock that waits for nobody.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::super::driver::{Phase, drive};
use super::*;
use crate::watches::Now;
use State::*;

/// What the hands are asked for and what they answer.
#[derive(Clone)]
struct Script {
    begun: Instant,
    log: Arc<Mutex<Vec<String>>>,
    is_lost: Arc<AtomicBool>,
    /// So many logs are still stored.
    logs: Arc<AtomicUsize>,
    panics: Arc<AtomicUsize>,
    /// What is to be stored waits so long.
    pause: Arc<Mutex<Duration>>,
    /// A permit lets a command end.
    ends: Arc<Semaphore>,
    running: Arc<AtomicUsize>,
}

impl Script {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            log: Arc::default(),
            is_lost: Arc::default(),
            logs: Arc::new(AtomicUsize::new(usize::MAX)),
            panics: Arc::default(),
            pause: Arc::default(),
            ends: Arc::new(Semaphore::new(0)),
            running: Arc::default(),
        }
    }

    fn say(&self, line: String) {
        let seconds = self.begun.elapsed().as_secs();
        self.log.lock().unwrap().push(format!("{seconds}: {line}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    fn is_stored(&self) -> bool {
        !self.is_lost.load(SeqCst)
    }
}

impl Hands for Script {
    fn now(&self) -> Now {
        let mono = u64::try_from(self.begun.elapsed().as_millis()).unwrap();
        Now { mono, wall: mono }
    }

    async fn restart(&self, key: &Key, grace: Millis) -> bool {
        tokio::task::yield_now().await;
        let panics = self
            .panics
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        assert!(panics.is_err(), "as it was told to");
        self.say(format!(
            "{} restart {grace} {}",
            key.name(),
            self.is_stored()
        ));
        self.is_stored()
    }

    async fn give_up(&self, key: &Key, reason: &str) -> bool {
        self.say(format!("{} give up: {reason}", key.name()));
        self.is_stored()
    }

    async fn log(&self, key: &Key, body: Vec<u8>) -> bool {
        let pause = *self.pause.lock().unwrap();
        sleep(pause).await;
        let left = self
            .logs
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        let body = String::from_utf8(body).unwrap();
        self.say(format!("{} log {body:?}", key.name()));
        left.is_ok() && self.is_stored()
    }

    fn tell(&self, line: &str) {
        self.say(format!("tell {line}"));
    }
}

struct Bench {
    script: Script,
    events: mpsc::Sender<Notice>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Bench {
    fn new<'a>(names: impl IntoIterator<Item = &'a str>, rule: &str) -> Self {
        let script = Script::new();
        let (events, heard) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let plan = Plan::new(&watches(names, rule));
        let hands = Arc::new(script.clone());
        let commands = script.clone();
        let runs = move |order: Order, phase: watch::Receiver<Phase>| {
            let script = commands.clone();
            async move { command(script, order, phase).await }
        };
        let task = tokio::spawn(drive(plan, heard, hands, runs, stopped));
        Self {
            script,
            events,
            stop,
            task,
        }
    }

    async fn hear(&self, name: &str, from: State, to: State) {
        self.events.send(notice(name, from, to)).await.unwrap();
    }

    /// Lets time pass, on a clock that stands when nobody waits, and says what was done.
    async fn pass(&self, seconds: u64) -> Vec<String> {
        sleep(Duration::from_secs(seconds) + Duration::from_millis(1)).await;
        self.script.take()
    }
}

/// A command that ends when it may, or is killed.
async fn command(script: Script, order: Order, mut phase: watch::Receiver<Phase>) -> Outcome {
    assert!(script.running.fetch_add(1, SeqCst) < AT_ONCE);
    script.say(format!(
        "run {} {} {:?}",
        order.name, order.attempt, order.reason
    ));
    let end = tokio::select! {
        permit = script.ends.acquire() => {
            permit.unwrap().forget();
            End::Exited(0)
        }
        _ = phase.wait_for(|phase| *phase == Phase::Kill) => End::Stopped,
    };
    script.running.fetch_sub(1, SeqCst);
    let mut outcome = Outcome::new(end, Duration::from_secs(1));
    outcome.output = b"some words\n".to_vec();
    outcome
}

#[tokio::test(start_paused = true)]
async fn it_is_stored_then_written_down_then_run() {
    let bench = Bench::new(["a"], "");
    bench.hear("a", Up, Timeout).await;
    let expected = [
        "0: a restart 30000 true",
        "0: a log \"restart 1 begins: /bin/restart\"",
        "0: tell a: restart 1 begins: /bin/restart",
        "0: run a 1 \"no kick has come in time\"",
    ];
    assert_eq!(bench.pass(0).await, expected);
    bench.script.ends.add_permits(1);
    let expected = [
        "0: tell a: restart 1: /bin/restart: exit code 0 after 1s",
        "0: a log \"restart 1: /bin/restart: exit code 0 after 1s\\nsome words\\n\"",
    ];
    assert_eq!(bench.pass(0).await, expected);
}

#[tokio::test(start_paused = true)]
async fn without_a_store_nothing_is_run_and_then_it_is() {
    let bench = Bench::new(["a"], "");
    bench.script.is_lost.store(true, SeqCst);
    bench.hear("a", Up, Timeout).await;
    let refused = [
        "0: a restart 30000 false",
        "5: a restart 30000 false",
        "10: a restart 30000 false",
    ];
    assert_eq!(bench.pass(12).await, refused);
    bench.script.is_lost.store(false, SeqCst);
    assert!(
        bench
            .pass(5)
            .await
            .contains(&"15: run a 1 \"no kick has come in time\"".to_owned())
    );

    // The store is lost between the restart and its entry.
    let bench = Bench::new(["a"], "");
    bench.script.logs.store(0, SeqCst);
    bench.hear("a", Up, Timeout).await;
    let log = bench.pass(3).await;
    assert_eq!(log.len(), 2, "{log:?}");
    assert_eq!(bench.script.running.load(SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_stored_then_told() {
    let bench = Bench::new(["a"], "max = 1");
    bench.script.ends.add_permits(100);
    bench.hear("a", Up, Timeout).await;
    bench.pass(0).await;
    bench.hear("a", Timeout, Restarting).await;
    bench.pass(29).await;
    bench.script.is_lost.store(true, SeqCst);
    bench.hear("a", Restarting, Timeout).await;
    let given_up = "a give up: 1 restart within 10m did not help";
    let log = bench.pass(7).await;
    assert_eq!(log, [format!("30: {given_up}"), format!("35: {given_up}")]);
    bench.script.is_lost.store(false, SeqCst);
    let told = "40: tell a: restarts are given up: 1 restart within 10m did not help";
    assert_eq!(
        bench.pass(5).await,
        [format!("40: {given_up}"), told.to_owned()]
    );
    assert_eq!(bench.pass(86_400).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_room_while_commands_run() {
    let names: Vec<String> = (0..20).map(|number| format!("w{number}")).collect();
    let bench = Bench::new(names.iter().map(String::as_str), "");
    for name in &names {
        bench.hear(name, Up, Timeout).await;
    }
    bench.pass(0).await;
    assert_eq!(bench.script.running.load(SeqCst), AT_ONCE);
    for round in 0..100 {
        let said = bench.hear("w0", [Up, Late][round % 2], [Late, Up][round % 2]);
        timeout(Duration::from_secs(1), said).await.unwrap();
    }
    bench.script.ends.add_permits(names.len());
    let log = bench.pass(0).await;
    assert_eq!(
        log.iter().filter(|line| line.contains(": run ")).count(),
        names.len() - AT_ONCE
    );
}

#[tokio::test(start_paused = true)]
async fn hands_that_panic_are_asked_again() {
    let bench = Bench::new(["a"], "");
    bench.script.panics.store(2, SeqCst);
    bench.hear("a", Up, Timeout).await;
    let log = bench.pass(600).await;
    assert_eq!(
        log.iter().filter(|line| line.contains(": run ")).count(),
        1,
        "{log:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_what_runs_then_kills_it_and_begins_nothing() {
    let names: Vec<String> = (0..12).map(|number| format!("w{number}")).collect();
    let bench = Bench::new(names.iter().map(String::as_str), "");
    for name in &names {
        bench.hear(name, Up, Timeout).await;
    }
    bench.pass(0).await;
    bench.script.ends.add_permits(2);
    bench.stop.send(()).unwrap();
    bench.task.await.unwrap();
    let log = bench.script.take();
    let count = |words: &str| log.iter().filter(|line| line.contains(words)).count();
    assert_eq!(count("0: tell w"), 2, "{log:?}");
    assert_eq!(count("5: tell w"), AT_ONCE - 2, "{log:?}");
    assert_eq!(
        count("since the server stops\\nsome words"),
        AT_ONCE - 2,
        "{log:?}"
    );
    assert_eq!(count("run "), 0, "{log:?}");
    assert!(bench.events.is_closed());
    assert_eq!(
        bench.script.begun.elapsed().as_secs(),
        PATIENCE_AT_STOP.as_secs()
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_being_stored_at_a_stop_is_not_run() {
    let bench = Bench::new(["a"], "");
    *bench.script.pause.lock().unwrap() = Duration::from_secs(2);
    bench.hear("a", Up, Timeout).await;
    assert_eq!(bench.pass(1).await, ["0: a restart 30000 true"]);
    bench.stop.send(()).unwrap();
    bench.task.await.unwrap();
    let written = "2: a log \"restart 1 begins: /bin/restart\"";
    assert_eq!(bench.script.take(), [written]);
}

#[tokio::test(start_paused = true)]
async fn it_stops_when_nobody_says_anything_any_more() {
    let bench = Bench::new(["a"], "");
    bench.hear("a", Up, Timeout).await;
    bench.pass(0).await;
    bench.script.ends.add_permits(1);
    drop(bench.events);
    timeout(Duration::from_secs(1), bench.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bench.script.take().len(), 2);
}

#[tokio::test]
async fn a_real_command_is_restarted_for_a_real_watch() {
    let mut configured = watches(["a"], "");
    for watch in configured.values_mut() {
        let words = [
            "/bin/sh",
            "-c",
            "echo $WATCHDOG_NAME $WATCHDOG_ATTEMPT; exit 9",
        ];
        watch.restart.as_mut().unwrap().exec = words.map(String::from).to_vec();
    }
    let script = Script::new();
    let (events, heard) = mpsc::channel(1);
    let restarts = Restarts::start(&configured, [], heard, script.clone());
    events.send(notice("a", Up, Timeout)).await.unwrap();
    let bound = Instant::now() + Duration::from_secs(60);
    while script.log.lock().unwrap().len() < 5 {
        assert!(Instant::now() < bound, "{:?}", script.take());
        tokio::task::yield_now().await;
    }
    restarts.stop().await;
    let log = script.take();
    let (first, last) = (&log[3], &log[4]);
    assert!(
        first.contains("tell a: restart 1: /bin/sh: exit code 9 after "),
        "{log:?}"
    );
    assert!(
        last.contains("exit code 9 after ") && last.ends_with("\\na 1\\n\""),
        "{log:?}"
    );
}
