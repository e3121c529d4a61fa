//! Those who are told: what each kind of sink is sent, over HTTP to addresses that it may be at, and what
//! comes of it.
//!
//! Touches `outbox` and `watches`.

use crate::outbox::{Message, Verdict};
use crate::watches::Millis;

/// Who takes messages to one sink.
pub trait Courier: Send + Sync {
    /// Tells the sink. Blocks for 15 s at most, in which it looks the host up, connects, sends and hears
    /// the answer. `attempt` counts from 1; `now_wall` is the time of this attempt.
    fn tell(&self, message: &Message, attempt: u32, now_wall: Millis) -> Verdict;
}
