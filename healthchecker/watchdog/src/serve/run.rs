//! The server, from its first look at the disk to its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use hyper_util::service::TowerToHyperService;
use tokio::runtime;
use tokio::sync::mpsc;
use tower_layer::Layer;

use super::ends::Ends;
use super::files;
use super::health::{health, join_systemd};
use super::letters;
use super::master::master;
use super::options::ServeOptions;
use super::restarts::{Hand, forward};
use super::room;
use super::told::{self, Told};
use crate::config::{Config, Listener};
use crate::feed::Feed;
use crate::listener::Bound;
use crate::owner::{Beginning, Owner};
use crate::probes::{Places, Probes};
use crate::restarts::{Notice, Restarts};
use crate::routes::{House, Page, Registry, Routes, Sent};
use crate::sinks::Rounds;
use crate::store::{Pace, Reader, Sqlite, Store};
use crate::tell::Format;
use crate::watches::{Event, Limits, Watch};

/// So many events are kept for whoever listens to them.
const EVENTS: usize = 4_096;

/// Serves until SIGTERM or SIGINT.
pub(super) fn run(options: ServeOptions) -> Result<(), String> {
    let mut config = files::config(options.config.as_deref())?;
    if let Some(address) = options.listen {
        config.listeners = vec![listener(&config, address)?];
    }
    files::check(&config, options.config.as_deref())?;
    let format = if options.is_json {
        Format::Json
    } else {
        Format::Text
    };
    let told = Told::start(format).map_err(|error| format!("cannot start a thread: {error}"))?;
    let told = Arc::new(told);
    let database = files::store(&config, options.store.as_deref());
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let result = runtime.block_on(serve(config, &database, &told));
    // Not even for a check that hangs.
    runtime.shutdown_background();
    if let Some(told) = Arc::into_inner(told) {
        told.finish();
    }
    result
}

/// The listener of `--listen`, which stands for all that are configured.
fn listener(config: &Config, address: SocketAddr) -> Result<Listener, String> {
    let usual = Listener::default();
    let like = config.listeners.first().cloned().unwrap_or(usual);
    let listener = Listener { address, ..like };
    listener
        .check_alone()
        .map_err(|problem| format!("--listen {problem}"))?;
    Ok(listener)
}

async fn serve(config: Config, database: &Path, told: &Arc<Told>) -> Result<(), String> {
    let mut ends = Ends::listen()?;
    // Before the database, so that whoever asks meanwhile waits and is not refused.
    let bound = Bound::bind(&config.listeners).map_err(|error| error.to_string())?;
    let addresses = bound.addresses();
    let mut store = Sqlite::open(database).map_err(|error| error.to_string())?;
    let loaded = store.load().map_err(|error| error.to_string())?;
    let named = config.tokens.master.as_deref();
    let master = master(named, database, loaded.tokens.is_empty())?;
    let has_restart = |watch: &&Watch| {
        let watch = config.watches.get(&watch.key);
        watch.is_some_and(|watch| watch.restart.is_some())
    };
    let known: Vec<Watch> = loaded.watches.iter().filter(has_restart).cloned().collect();
    let found = told::summary(&loaded.watches);
    let (happened, notices) = mpsc::unbounded_channel::<Notice>();
    let feed = Arc::new(Feed::new(events_before(), EVENTS));
    // What the store has last seen by both clocks tells when the watches went down.
    let seen = loaded.alive.unwrap_or_default();
    let rounds = {
        // Its threads may outlast the server, whose last lines wait for nobody.
        let told = Arc::downgrade(told);
        let tell = move |line| {
            if let Some(told) = told.upgrade() {
                told.line("sink", line);
            }
        };
        Rounds::start(&config.sinks, &loaded.watches, seen, tell)
    };
    let rounds = rounds.map_err(|error| error.to_string())?;
    let audience = {
        let told = Arc::clone(told);
        let feed = Arc::clone(&feed);
        let restarted: Vec<_> = config
            .watches
            .iter()
            .filter(|(_, watch)| watch.restart.is_some())
            .map(|(key, _)| key.clone())
            .collect();
        move |events: &[Event], absence| {
            for event in events
                .iter()
                .filter(|event| restarted.binary_search(&event.key).is_ok())
            {
                // At the end nobody listens any more.
                let _ = happened.send(Notice::from(event));
            }
            told.events(events, absence);
            feed.tell(events);
            rounds.happened(events);
            // After a lost store some have perhaps been given up.
            if absence.is_some() {
                feed.forget();
            }
        }
    };
    let (sinks, couriers) = letters::addressed(&config)?;
    let watches = config.watches.iter();
    let owner = Owner::begin(Beginning {
        store,
        loaded,
        pace: Pace {
            keep: config.store.retention(),
            ..Pace::default()
        },
        limits: Limits::default(),
        master,
        quota: config.tokens.quota(),
        watches: watches
            .map(|(key, watch)| (key.clone(), watch.settings()))
            .collect(),
        sinks,
        audience: Box::new(audience),
    });
    let owner = owner.map_err(|error| format!("cannot start: {error}"))?;
    let owner = Arc::new(owner);
    let restarts = Restarts::start(
        &config.watches,
        &known,
        forward(notices),
        Hand::new(Arc::clone(&owner), Arc::clone(told)),
    );
    let deliver = letters::start(couriers, &owner, told)?;
    let (health, beat) = health(&owner)?;
    let timers = {
        let owner = Arc::clone(&owner);
        tokio::spawn(async move { owner.keep_time(|| beat.beat()).await })
    };
    join_systemd(&health, &config.listeners, &addresses, told)?;
    for (listener, address) in config.listeners.iter().zip(&addresses) {
        let scheme = if listener.tls.is_some() {
            "https"
        } else {
            "http"
        };
        told.line(
            "serving",
            format!("{scheme}://{address}, {found}, {}", database.display()),
        );
    }
    let layer = health.layer_with(Sent::from);
    let places = Arc::<Places>::default();
    let probes = Probes::new(
        Arc::clone(&owner),
        Arc::clone(&feed),
        config.registry.clone(),
        Arc::clone(&places),
    );
    tokio::spawn(probes.run());
    let house = Arc::new(House {
        owner: Arc::clone(&owner),
        config,
        feed: Arc::clone(&feed),
        registry: Registry::new(places),
        page: Page::new(Some(Reader::new(database))),
    });
    let service =
        |peer| TowerToHyperService::new(layer.layer(Routes::new(Arc::clone(&house), peer)));
    let stop = async {
        let signal = ends.next().await;
        told.line("stopping", format!("asked by {signal}"));
        health.drain();
        feed.close();
    };
    let heard = Arc::clone(told);
    let report = move |notice: crate::listener::Notice| heard.line("listener", notice.to_string());
    let limits = room::make();
    if limits.connections < crate::listener::Limits::default().connections {
        let text = format!(
            "{} connections at most, for want of open files (LimitNOFILE=, ulimit -n)",
            limits.connections
        );
        told.line("limits", text);
    }
    let cut_off = bound.serve(limits, service, stop, report).await;
    if cut_off > 0 {
        told.line("stopping", format!("{cut_off} connections were cut off"));
    }
    restarts.stop().await;
    // It waits, and the timers go on meanwhile.
    let _ = tokio::task::spawn_blocking(|| deliver.stop()).await;
    timers.abort();
    // What was done is answered; this is for what the time has done.
    let kept = owner.write(|_| Ok::<_, ()>(())).await;
    told.line(
        "stopped",
        if kept.is_ok() {
            ""
        } else {
            "the store is lost"
        },
    );
    Ok(())
}

/// A number for the last event before the first: greater than those of earlier processes, unless the wall's
/// clock has gone back.
fn events_before() -> u64 {
    let wall = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(wall.as_micros()).unwrap_or_default()
}
