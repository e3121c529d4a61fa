//! The server's own health, by the layer that it recommends to others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use health_middleware::{BoxError, Check, Health, Heartbeat, Outcome, heartbeat};

use super::told::Told;
use crate::config::Listener;
use crate::owner::Owner;

/// Without a turn of the timers' loop for so long the server does not live.
const TIME_TO_LIVE: Duration = Duration::from_secs(10);

/// A store that has kept nothing for so long hangs, in milliseconds.
const HUNG: u64 = 6_000;

/// Timers that were later than this are worth a word, in milliseconds.
const LATE: u64 = 1_000;

/// What has waited for so long to be told is worth a word, and for so long a new dead letter, in
/// milliseconds.
const WAITED: u64 = 15 * 60 * 1_000;
const NEW: u64 = 60 * 60 * 1_000;

/// What is asked of it, and what the timers' loop beats.
pub(super) fn health(owner: &Arc<Owner>) -> Result<(Health, Heartbeat), String> {
    let (timers, beat) = heartbeat("timers", TIME_TO_LIVE);
    let health = Health::builder()
        .liveness(timers)
        .check(store(owner))
        .check(lag(owner))
        .check(outbox(owner))
        .build()
        .map_err(|error| error.to_string())?;
    Ok((health, beat))
}

fn store(owner: &Arc<Owner>) -> Check {
    let owner = Arc::clone(owner);
    let check = Check::from_fn("store", move || {
        let standing = owner.standing();
        let unkept = owner.unkept();
        async move {
            match (standing.lost, standing.untidy) {
                (Some(lost), _) => Err(BoxError::from(lost)),
                (None, _) if unkept > HUNG => {
                    Err(format!("it has kept nothing for {unkept} ms: its disk hangs").into())
                }
                (None, Some(untidy)) => Ok(Outcome::degraded(untidy.to_string())),
                (None, None) => Ok(Outcome::Healthy),
            }
        }
    });
    check.every(Duration::from_secs(1))
}

fn lag(owner: &Arc<Owner>) -> Check {
    let owner = Arc::clone(owner);
    let check = Check::from_fn("timer_lag", move || {
        let lag = owner.lag().most;
        async move {
            if lag > LATE {
                let reason = format!("what was due was noticed {lag} ms later");
                return Ok::<_, BoxError>(Outcome::degraded(reason));
            }
            Ok(Outcome::Healthy)
        }
    });
    check.every(Duration::from_secs(5))
}

/// That others cannot be told makes nobody turn away from this server: whoever kicks it is heard.
fn outbox(owner: &Arc<Owner>) -> Check {
    let owner = Arc::clone(owner);
    let check = Check::from_fn("outbox", move || {
        let trouble = owner.read(|desk, now| {
            let fares = desk.outbox.fares(now);
            let waited = fares.iter().max_by_key(|(_, fare)| fare.oldest);
            let last = desk.outbox.last_dead();
            let is_new = last.is_some_and(|last| now.mono.saturating_sub(last) < NEW);
            match waited {
                Some((sink, fare)) if fare.oldest > WAITED => Some(format!(
                    "{sink} has not been told for {} min",
                    fare.oldest / 60_000
                )),
                _ if is_new => {
                    Some("there are new dead letters: watchdog deliveries --dead".to_owned())
                }
                _ => None,
            }
        });
        async move {
            let outcome = trouble.map_or(Outcome::Healthy, Outcome::degraded);
            Ok::<_, BoxError>(outcome)
        }
    });
    check.every(Duration::from_secs(5))
}

/// Joins systemd, where it has started this process: readiness, state, and its watchdog.
pub(super) fn join_systemd(
    health: &Health,
    listeners: &[Listener],
    addresses: &[SocketAddr],
    told: &Told,
) -> Result<(), String> {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return Ok(());
    }
    let plain = listeners
        .iter()
        .zip(addresses)
        .find(|(listener, _)| listener.tls.is_none());
    let Some((_, address)) = plain else {
        return Err(
            "systemd's Type=notify needs a listener without TLS, by which the server asks itself; add \
             [[listen]] with address = \"127.0.0.1:8500\", or use Type=exec"
                .to_owned(),
        );
    };
    let joined = health.systemd(&format!("http://{address}/metrics"));
    let joined = joined.map_err(|error| error.to_string())?;
    for problem in joined.problems() {
        told.line("systemd", problem);
    }
    Ok(())
}
