//! Who is told of each transition, as the configuration says.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::told::Told;
use crate::config::{Config, SinkKind};
use crate::deliver::Deliver;
use crate::outbox::{Message, Notice, Sink, Verdict};
use crate::owner::Owner;
use crate::sinks::{self, Courier};
use crate::watches::Millis;

type Couriers = Vec<Arc<dyn Courier>>;

/// The sinks, and in their order who takes messages to them. Alertmanager is told what is down, again and
/// again, and not what has happened.
pub(super) fn addressed(config: &Config) -> Result<(Vec<Sink>, Couriers), String> {
    let (mut sinks, mut couriers) = (Vec::new(), Couriers::new());
    for (name, sink) in &config.sinks {
        if sink.kind == SinkKind::Alertmanager {
            continue;
        }
        let courier = sinks::courier(name, sink).map_err(|error| error.to_string())?;
        couriers.push(courier.into());
        sinks.push(Sink {
            name: (**name).into(),
            prefix: sink.prefix.clone(),
            namespaces: sink.namespaces.clone(),
            events: sink.events.clone(),
            mark: Sha256::digest(sink.url.uri().to_string()).into(),
        });
    }
    Ok((sinks, couriers))
}

/// Begins to tell.
pub(super) fn start(
    couriers: Couriers,
    owner: &Arc<Owner>,
    told: &Arc<Told>,
) -> Result<Deliver, String> {
    // Its threads may outlast the server, whose last lines wait for nobody.
    let told = Arc::downgrade(told);
    let report = move |notices: Vec<Notice>| {
        if let Some(told) = told.upgrade() {
            for notice in notices {
                told.line(notice.event, notice.text);
            }
        }
    };
    let monitor = |url: &str| match sinks::monitor(url) {
        Ok(courier) => Arc::from(courier),
        Err(error) => Arc::new(Never(error.to_string())) as Arc<dyn Courier>,
    };
    let owner = Arc::clone(owner);
    Deliver::start(owner, couriers, Box::new(monitor), Box::new(report))
        .map_err(|error| format!("cannot start a thread: {error}"))
}

/// One to whom nothing can be sent.
struct Never(String);

impl Courier for Never {
    fn tell(&self, _: &Message, _: u32, _: Millis) -> Verdict {
        Verdict::Refused {
            problem: self.0.clone(),
        }
    }
}
