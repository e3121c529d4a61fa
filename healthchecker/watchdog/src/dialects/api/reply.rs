//! What is answered to what was done.

use serde::Serialize;

use super::json::answer as json;
use super::{refusal, shown};
use crate::dialects::Answer;
use crate::watches::{Key, Now, Outcome, Table, Watch};

/// How a command that was done is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Created,
    Count,
    Watch { key: Key, shows_ping: bool },
}

#[derive(Serialize)]
struct Created {
    created: bool,
}

#[derive(Serialize)]
struct Count {
    watches: usize,
}

impl Reply {
    pub(super) fn created() -> Self {
        Self(Form::Created)
    }

    pub(super) fn count() -> Self {
        Self(Form::Count)
    }

    pub(super) fn watch(key: Key, shows_ping: bool) -> Self {
        Self(Form::Watch { key, shows_ping })
    }

    /// The answer to a command's outcome, with the table as the command has left it. It may be sent when
    /// the command's effects are stored.
    pub fn answer(&self, outcome: Outcome, table: &Table, now: Now) -> Answer {
        let is_created = outcome == Outcome::Created;
        let count = match outcome {
            Outcome::Done(count) => count,
            Outcome::Created => 1,
            Outcome::Missing => return refusal::no_watch(),
            Outcome::Full => {
                let message = "there are as many watches as there may be: retire some";
                return refusal::full(message);
            }
            Outcome::Bounds => return refusal::value("a time is out of its bounds"),
            Outcome::Unfit => return refusal::unfit("the watch's state does not allow that"),
        };
        match &self.0 {
            Form::Created => json(
                200,
                &Created {
                    created: is_created,
                },
            ),
            Form::Count => json(200, &Count { watches: count }),
            Form::Watch { key, shows_ping } => {
                let status = if is_created { 201 } else { 200 };
                match table.get(key) {
                    Some(found) => watch(status, found, *shows_ping, now),
                    None => refusal::no_watch(),
                }
            }
        }
    }
}

pub(super) fn watch(status: u16, watch: &Watch, shows_ping: bool, now: Now) -> Answer {
    json(status, &shown::Watch::new(watch, shows_ping, now))
}
