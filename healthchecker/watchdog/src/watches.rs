//! The table of watches, pure: what each command makes of it, and what is to be stored and told. No
//! I/O, no clock, no chance: times, ids and uuids come with the command, so that everything replays.
//!
//! Touches no room.

mod absence;
mod apply;
mod command;
mod deeds;
mod expire;
mod name;
mod reason;
mod settings;
mod state;
mod table;
mod timers;
mod turn;
mod watch;

pub use absence::{ABSENCE, Absence, PATIENCE};
pub use apply::apply;
pub use command::{
    Change, Command, Deed, Effects, Event, Fresh, Instance, Outcome, Settings, Sweep, Target,
};
pub use name::{Key, LONGEST_NAME, NameError, Namespace, authorities, covers};
pub use reason::{LONGEST_REASON, clean};
pub use state::{Kind, State};
pub use table::{Limits, MOST_INSTANCE_BYTES, MOST_INSTANCES, Table};
pub use watch::{
    Extra, Hold, LONGEST_TIMEOUT, Millis, NEVER, Now, Run, SHORTEST_TIMEOUT, Watch, timeout,
};

#[cfg(test)]
mod tests;
