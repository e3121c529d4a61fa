//! Doing what a request asks for.

use std::time::Duration;

use super::command::{Command, Condition, PASSIVE, Refusal};
use crate::checks::Source;
use crate::engine::Shared;
use crate::state::{Fault, Switch};

/// Does what is asked for, and says so.
pub(super) fn obey(shared: &Shared, command: Command<'_>) -> Result<String, Refusal> {
    match command {
        Command::Healthy(well) => {
            shared.switch(Switch::Sick, !well);
            Ok(format!("{{\"healthy\":{well}}}"))
        }
        Command::Ready(well) => {
            shared.switch(Switch::SickReady, !well);
            Ok(format!("{{\"ready\":{well}}}"))
        }
        Command::Live(well) => {
            shared.switch(Switch::SickLive, !well);
            Ok(format!("{{\"live\":{well}}}"))
        }
        Command::Component { name, state } => {
            let index = shared.index_of(name).ok_or(Refusal::NotFound)?;
            let source = shared.source(index);
            match fault(state, source) {
                Some(fault) => shared
                    .force_as(index, ID, fault)
                    .map_err(|_| Refusal::Invalid(PASSIVE))?,
                None => shared.lift_fault(index, ID),
            }
            // Names need no escapes: the builder sees to that.
            Ok(format!(
                "{{\"component\":\"{name}\",\"forced\":\"{}\"}}",
                state.as_str()
            ))
        }
    }
}

/// The id under which requests force faults; guards count from one.
const ID: u64 = 0;

fn fault(state: Condition, source: &Source) -> Option<Fault> {
    match state {
        Condition::Up => None,
        Condition::Down => Some(Fault::Down),
        Condition::Hang => Some(Fault::Hang),
        Condition::Panic => Some(Fault::Panic),
        Condition::Slow => Some(Fault::Slow(match source {
            Source::Active { timing, .. } => timing.timeout * 3 / 4,
            _ => Duration::ZERO,
        })),
    }
}
