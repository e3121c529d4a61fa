//! Tokens: who may do what to which names, how that is proved, and how often. Pure: no I/O, no clock,
//! no chance.
//!
//! Touches `secret`, `store`, `watches`.

mod check;
mod mint;
mod quota;
mod secret;
mod verbs;

pub use check::{Denied, Grant, Tokens};
pub use mint::{MOST_OF_A_PREFIX, MOST_TOKENS, MintError, Minted, Wish};
pub use quota::{Quota, Quotas};
pub use secret::{Master, MasterError, Proof};
pub use verbs::{Verb, Verbs};

pub use crate::secret::Secret;

#[cfg(test)]
mod tests;
