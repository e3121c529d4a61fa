//! Checks of instances that ask for them: the server asks whether they are healthy, at most 64 at once. A
//! check that passes is a beat; so many failures in a row as the instance has named and it is down.
//!
//! Touches `dialects`, `feed`, `owner` and `watches`.

mod places;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use healthchecker::Probe;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval_at};

use crate::dialects::registry::{Check, Place, Rules, Service};
use crate::feed::Feed;
use crate::owner::Owner;
use crate::watches::{Command, Deed, Key, Namespace, State, Target, clean};

pub(crate) use places::Places;

/// So many are asked at once, each by a thread.
const AT_ONCE: usize = 64;

/// Those who are asked.
#[derive(Debug)]
pub(crate) struct Probes {
    owner: Arc<Owner>,
    feed: Arc<Feed>,
    rules: Rules,
    places: Arc<Places>,
    threads: Arc<Semaphore>,
    asked: HashMap<Key, Asked>,
}

/// One that is asked, until it is dropped.
#[derive(Debug)]
struct Asked {
    payload: Arc<str>,
    task: AbortHandle,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Probes {
    pub(crate) fn new(
        owner: Arc<Owner>,
        feed: Arc<Feed>,
        rules: Rules,
        places: Arc<Places>,
    ) -> Self {
        Self {
            owner,
            feed,
            rules,
            places,
            threads: Arc::new(Semaphore::new(AT_ONCE)),
            asked: HashMap::new(),
        }
    }

    /// Asks whoever wants to be asked, until the feed is closed.
    pub(crate) async fn run(mut self) {
        // No instance can have come to want it.
        if self.rules.networks.is_empty() {
            return;
        }
        let mut listening = self.feed.listen();
        loop {
            // The number first: what is not seen here comes after it.
            let mut after = self.feed.last();
            self.look();
            while let Some(events) = self.feed.since(after) {
                for (number, event) in events {
                    after = number;
                    if let Some(instance) = &event.instance {
                        if event.to == State::Retired {
                            self.forget(&event.key);
                        } else {
                            self.know(&event.key, &instance.payload);
                        }
                    }
                }
                if !listening.after(after).await {
                    return;
                }
            }
        }
    }

    /// Takes up all that there are.
    fn look(&mut self) {
        let found: HashMap<Key, Arc<str>> = self.owner.read(|desk, _| {
            let all = desk.table.after(Namespace::Registry, "", "");
            let all = all.filter_map(|watch| {
                let payload = &watch.extra.as_deref()?.payload;
                Some((watch.key.clone(), Arc::clone(payload)))
            });
            all.collect()
        });
        self.asked.retain(|key, _| found.contains_key(key));
        self.places.keep(|key| found.contains_key(key));
        for (key, payload) in &found {
            self.know(key, payload);
        }
    }

    fn forget(&mut self, key: &Key) {
        self.asked.remove(key);
        self.places.leave(key);
    }

    fn know(&mut self, key: &Key, payload: &Arc<str>) {
        let known = self.asked.get(key);
        if known.is_some_and(|asked| *asked.payload == **payload) {
            return;
        }
        let service = Service::from_payload(payload);
        let wish = service.as_ref().and_then(|service| {
            let check = service.check.as_ref()?;
            let place = Place {
                address: &service.address,
                port: service.port,
            };
            // What may be asked is what may be now.
            let probe = check.probe(&place, &self.rules).ok()?;
            Some((check, probe))
        });
        let Some((check, probe)) = wish else {
            return self.forget(key);
        };
        self.places.take(key, check.share());
        let one = One {
            owner: Arc::clone(&self.owner),
            threads: Arc::clone(&self.threads),
            key: key.clone(),
            payload: Arc::clone(payload),
            probe,
        };
        let task = tokio::spawn(one.ask(check.clone())).abort_handle();
        let payload = Arc::clone(payload);
        self.asked.insert(key.clone(), Asked { payload, task });
    }
}

/// One that is asked.
struct One {
    owner: Arc<Owner>,
    threads: Arc<Semaphore>,
    key: Key,
    payload: Arc<str>,
    probe: Probe,
}

impl One {
    async fn ask(self, check: Check) {
        let every = Duration::from_millis(check.every_ms);
        // All who are there at a start are not asked at the same moment.
        let begin = every.mul_f64(f64::from(chance()) / f64::from(u32::MAX));
        let mut turns = interval_at(tokio::time::Instant::now() + begin, every);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failures = 0;
        loop {
            turns.tick().await;
            let Ok(thread) = Arc::clone(&self.threads).acquire_owned().await else {
                return;
            };
            let probe = self.probe.clone();
            let asked = spawn_blocking(move || {
                let verdict = probe.check();
                drop(thread);
                verdict
            });
            let Ok(verdict) = asked.await else {
                continue;
            };
            if verdict.is_healthy() {
                failures = 0;
                self.tell(kick()).await;
                continue;
            }
            failures = check.failures.min(failures + 1);
            if failures == check.failures {
                let reason = clean(&verdict.to_string()).into();
                let body = Box::default();
                self.tell(Deed::Fault { reason, body }).await;
            }
        }
    }

    /// What was found counts for the one that was asked, and not for another that has come in its place.
    async fn tell(&self, deed: Deed) {
        let done = self.owner.write(|turn| {
            let watch = turn.desk.table.get(&self.key);
            let watch = watch.filter(|watch| watch.payload() == &*self.payload);
            let is_known = matches!(deed, Deed::Fault { .. });
            // That it still fails is no news.
            if watch.is_none_or(|watch| is_known && watch.state == State::Fault) {
                return Err(());
            }
            turn.apply(Command::One {
                target: Target::Key(self.key.clone()),
                fresh: None,
                deed,
            });
            Ok(())
        });
        // A lost store is told elsewhere.
        let _ = done.await;
    }
}

fn kick() -> Deed {
    Deed::Kick {
        timeout: None,
        grace: None,
        rid: None,
        body: Box::default(),
    }
}

fn chance() -> u32 {
    let mut bytes = [0; 4];
    // Without any, all begin at once.
    let _ = getrandom::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

#[cfg(test)]
mod tests;
