//! `watchdog test-sink`: whether a sink of a configuration can be told.

use std::io::{self, Write};
use std::time::UNIX_EPOCH;

use super::files;
use super::options::TestOptions;
use crate::outbox::Verdict;
use crate::sinks;
use crate::words::one_line;

/// Sends a test, and prints that it was taken.
pub(super) fn run(options: TestOptions) -> Result<(), String> {
    let config = files::config(Some(&options.config))?;
    let name = &*options.name;
    let Some(sink) = config.sinks.get(name) else {
        let known: Vec<_> = config.sinks.keys().map(|name| &**name).collect();
        let known = match &*known.join(", ") {
            "" => "has no sinks".to_owned(),
            names => format!("has {names}"),
        };
        let (name, file) = (one_line(name), options.config.display());
        return Err(format!("{name}: no such sink; {file} {known}"));
    };
    let courier = sinks::courier(name, sink).map_err(|error| error.to_string())?;
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| format!("there is no chance: {error}"))?;
    let wall = UNIX_EPOCH.elapsed().unwrap_or_default();
    let now = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
    let message = sinks::test_message(u128::from_be_bytes(id), now);
    let said = match courier.tell(&message, 1, now) {
        Verdict::Delivered => {
            let _ = writeln!(io::stdout(), "{name}: {} has taken the test", sink.url);
            return Ok(());
        }
        Verdict::Again { problem, .. } => format!("{problem} (the server would try again)"),
        Verdict::Refused { problem } => format!("{problem} (the server would not send it again)"),
        Verdict::Gone { problem } => {
            format!("{problem} (the server would send it nothing any more)")
        }
    };
    Err(format!("{name}: {said}"))
}
