//! What the plan knows of one watch.

use super::budget::Spent;
use crate::config::Restart;
use crate::watches::Millis;

/// One watch, and how far its restart is.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) rule: Restart,
    pub(super) is_silent: bool,
    pub(super) is_held: bool,
    /// How often it has fallen silent, so that an answer is not taken for one to a later silence.
    pub(super) silences: u64,
    pub(super) reason: Box<str>,
    /// No restart before: what was restarted has its time to start.
    pub(super) not_before: Millis,
    /// Whether it has been kicked since its last restart began.
    pub(super) is_kicked: bool,
    pub(super) spent: Spent,
    pub(super) stage: Stage,
}

/// What is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    /// In `due`.
    Due(Millis),
    /// In `spent`.
    Spent(Millis, String),
    Running,
    /// Its silence of this number is given up.
    GivingUp(u64),
}

impl Entry {
    pub(super) fn new(rule: Restart) -> Self {
        Self {
            rule,
            is_silent: false,
            is_held: false,
            silences: 0,
            reason: Box::default(),
            not_before: 0,
            is_kicked: true,
            spent: Spent::default(),
            stage: Stage::Idle,
        }
    }
}
