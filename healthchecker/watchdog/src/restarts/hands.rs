//! What restarts hear of the table, and what they ask of whoever owns it.

use crate::watches::{Event, Key, Millis, Now, State};

/// A watch has come from one state into another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// Which.
    pub key: Key,
    /// As it was shown before.
    pub from: State,
    /// As it is shown now.
    pub to: State,
    /// Why, in the table's own words.
    pub reason: Box<str>,
}

impl From<&Event> for Notice {
    fn from(event: &Event) -> Self {
        Self {
            key: event.key.clone(),
            from: event.from,
            to: event.to,
            reason: event.reason.clone(),
        }
    }
}

/// What restarts ask of whoever owns the table.
///
/// Each answer comes when what was asked for is on disk, and is `false` if it is not, or if the table
/// has refused it: then nothing is run.
pub trait Hands: Send + Sync + 'static {
    /// The time by the server's own clock.
    fn now(&self) -> Now;

    /// The restart of a watch begins, and a kick is awaited for `grace`:
    /// [`Deed::Restart`](crate::watches::Deed::Restart).
    fn restart(&self, key: &Key, grace: Millis) -> impl Future<Output = bool> + Send;

    /// A watch's restarts are spent: [`Deed::GiveUp`](crate::watches::Deed::GiveUp). The reason is clean.
    fn give_up(&self, key: &Key, reason: &str) -> impl Future<Output = bool> + Send;

    /// What has been done for a watch, for the audit: [`Deed::Log`](crate::watches::Deed::Log). At most
    /// 10,000 bytes.
    fn log(&self, key: &Key, body: Vec<u8>) -> impl Future<Output = bool> + Send;

    /// One line for stderr, without its end. It must not wait.
    fn tell(&self, line: &str);
}
