mod feeding;
mod starting;
mod telling;

use tokio::task::JoinHandle;

use super::super::tests::fakes::{Answering, FakeUrl, Manager};
use super::*;
use crate::builder::HealthBuilder;
use crate::checks::{Check, StartupGuard, heartbeat, reporter};
use crate::error::BoxError;
use crate::health::Health;

const SECOND: Duration = Duration::from_secs(1);
/// The watchdog's interval in most of these tests.
const WATCHDOG: Duration = Duration::from_secs(3);

/// A service that has joined, and what it has told since the start.
struct Service {
    health: Option<Health>,
    url: FakeUrl,
    manager: Manager,
    task: JoinHandle<()>,
    begun: Instant,
    told: Vec<(Duration, String)>,
}

impl Service {
    fn start(builder: HealthBuilder, watchdog: Option<Duration>, answering: Answering) -> Self {
        let health = builder.build().unwrap();
        let manager = Manager::new();
        let url = FakeUrl::new(answering);
        let task = Task::new(
            Arc::clone(health.shared()),
            Notifier::new(manager.address()),
            watchdog,
            url.clone(),
            Details::Summary,
        );
        Self {
            health: Some(health),
            url,
            manager,
            task: tokio::spawn(task.run()),
            begun: Instant::now(),
            told: Vec::new(),
        }
    }

    fn health(&self) -> &Health {
        self.health.as_ref().unwrap()
    }

    /// Lets time pass, and notes what is told meanwhile, to the 50 ms.
    async fn run_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            sleep(Duration::from_millis(50)).await;
            let now = self.begun.elapsed();
            for message in self.manager.received() {
                for line in message.lines() {
                    self.told.push((now, line.to_owned()));
                }
            }
        }
    }

    /// When this was told.
    fn times(&self, line: &str) -> Vec<Duration> {
        let same = |(at, told): &(Duration, String)| (told == line).then_some(*at);
        self.told.iter().filter_map(same).collect()
    }

    fn count(&self, line: &str) -> usize {
        self.times(line).len()
    }

    fn statuses(&self) -> Vec<&str> {
        let status = |(_, told): &'_ (Duration, String)| told.starts_with("STATUS=");
        let status = self.told.iter().filter(|told| status(told));
        status.map(|(_, told)| &told["STATUS=".len()..]).collect()
    }

    /// The longest time without a sign of life, from READY to now.
    fn longest_hunger(&self) -> Duration {
        let mut times = self.times("READY=1");
        times.extend(self.times("WATCHDOG=1"));
        times.push(self.begun.elapsed());
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.max().unwrap()
    }
}

fn well(name: &str) -> Check {
    Check::from_fn(name, || async { Ok::<_, BoxError>(()) })
}

fn broken(name: &str) -> Check {
    Check::from_fn(name, || async { Err::<(), _>("gone") })
}

fn extension() -> String {
    "EXTEND_TIMEOUT_USEC=30000000".to_owned()
}
