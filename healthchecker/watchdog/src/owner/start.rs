use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, Semaphore};

use super::desk::{Desk, Turn};
use super::lag::Lags;
use super::post::Post;
use super::vigil::Vigil;
use super::{Audience, Owner, places};
use crate::clock::Clock;
use crate::outbox::{self, Outbox, Sink};
use crate::store::{Loaded, Pace, Store, Writer};
use crate::tokens::{Master, Quota, Quotas, Tokens};
use crate::watches::{
    Absence, Command, Deed, Fresh, Key, Kind, Limits, NEVER, Outcome, Settings, Table, Target,
};

/// How often an address may fail to prove anything.
const FAILURES: Quota = Quota {
    per_minute: 100,
    burst: 100,
};

/// How often a ping URL may be asked: who has one has no token whose requests are counted.
const PINGS: Quota = Quota {
    per_minute: 6_000,
    burst: 600,
};

/// With what an owner begins.
pub(crate) struct Beginning<S> {
    /// What is kept, and was loaded from it.
    pub(crate) store: S,
    pub(crate) loaded: Loaded,
    pub(crate) pace: Pace,
    pub(crate) limits: Limits,
    pub(crate) master: Master,
    /// How many requests each token may make.
    pub(crate) quota: Quota,
    /// The watches that the configuration has.
    pub(crate) watches: Vec<(Key, Settings)>,
    /// Who is told of each transition, each with a pool of threads of its own.
    pub(crate) sinks: Vec<Sink>,
    pub(crate) audience: Audience,
}

impl Owner {
    /// Begins where the store has left off: what was due meanwhile is excused, and the configuration
    /// applied. That is handed to the store, and nothing waits for it.
    ///
    /// # Errors
    ///
    /// If there can be no thread for the store, or no room for a watch that the configuration has.
    pub(crate) fn begin<S: Store + 'static>(beginning: Beginning<S>) -> io::Result<Self> {
        let Beginning {
            store,
            loaded,
            pace,
            limits,
            master,
            quota,
            watches,
            sinks,
            audience,
        } = beginning;
        let clock = Clock::resume(loaded.alive, loaded.latest);
        let now = clock.now();
        let seen = loaded.alive.unwrap_or(now);
        let table = Table::restore(limits, loaded.watches, seen, &loaded.absences);
        let mut outbox = Outbox::new(outbox::Limits::default(), sinks);
        for monitor in &loaded.monitors {
            outbox.add_monitor(monitor.id, &monitor.prefix, &monitor.authority);
        }
        let monitors = loaded.monitors.into_iter();
        let desk = Desk {
            table,
            tokens: Tokens::new(master, loaded.tokens, now.wall)
                .numbered_from(now.wall.saturating_mul(1_000)),
            monitors: monitors
                .map(|monitor| (monitor.id, monitor))
                .collect::<BTreeMap<_, _>>(),
            outbox,
            requests: Quotas::new(quota),
            pings: Quotas::new(PINGS),
            failures: Quotas::new(FAILURES),
            next_id: loaded.next_id,
            armed: NEVER,
            turns: 0,
        };
        let owner = Self {
            desk: Mutex::new(desk),
            writer: Writer::start(store, pace)?,
            clock,
            places: Arc::new(Semaphore::new(places(&pace))),
            sooner: Notify::new(),
            post: Arc::new(Post::default()),
            vigil: Arc::new(Vigil::new(seen)),
            lags: Lags::default(),
            begun: now.mono,
            audience: Arc::new(audience),
        };
        {
            let mut desk = owner.lock();
            let mut turn = Turn::new(&mut desk, now);
            // However short: kicks that came meanwhile were refused. Before anything is configured.
            if let Some(alive) = loaded.alive {
                let (from, to) = (alive.mono, now.mono);
                turn.apply(Command::Absent(Absence { from, to }));
            }
            let (rows, gone) = (loaded.deliveries, loaded.gone);
            turn.outbox(|outbox, look| outbox.resume(rows, gone, look));
            for (key, settings) in watches {
                configure(&mut turn, key, settings)?;
            }
            owner.submit(turn, |_| {});
        }
        Ok(owner)
    }
}

fn configure(turn: &mut Turn<'_>, key: Key, settings: Settings) -> io::Result<()> {
    let name = key.name().to_owned();
    let fresh = Fresh {
        id: turn.id(),
        uuid: None,
        kind: Kind::Kick,
        timeout: settings.timeout.unwrap_or_default(),
        grace: settings.grace.unwrap_or_default(),
    };
    let outcome = turn.apply(Command::One {
        target: Target::Key(key),
        fresh: Some(fresh),
        deed: Deed::Configure(settings),
    });
    match outcome {
        Outcome::Full => Err(io::Error::other(format!(
            "watch.{name}: there are as many watches as there may be; retire some first"
        ))),
        _ => Ok(()),
    }
}
