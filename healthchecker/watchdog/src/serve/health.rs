//! The server's own health, by the layer that it recommends to others.

use std::sync::Arc;
use std::time::Duration;

use health_middleware::{BoxError, Check, Health, Heartbeat, Outcome, heartbeat};

use crate::owner::Owner;

/// Without a turn of the timers' loop for so long the server does not live.
const TIME_TO_LIVE: Duration = Duration::from_secs(10);

/// Timers that were later than this are worth a word, in milliseconds.
const LATE: u64 = 1_000;

/// What is asked of it, and what the timers' loop beats.
pub(super) fn health(owner: &Arc<Owner>) -> Result<(Health, Heartbeat), String> {
    let (timers, beat) = heartbeat("timers", TIME_TO_LIVE);
    let health = Health::builder()
        .liveness(timers)
        .check(store(owner))
        .check(lag(owner))
        .build()
        .map_err(|error| error.to_string())?;
    Ok((health, beat))
}

fn store(owner: &Arc<Owner>) -> Check {
    let owner = Arc::clone(owner);
    let check = Check::from_fn("store", move || {
        let standing = owner.standing();
        async move {
            match (standing.lost, standing.untidy) {
                (Some(lost), _) => Err(BoxError::from(lost)),
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
        let lag = owner.lag().last;
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
