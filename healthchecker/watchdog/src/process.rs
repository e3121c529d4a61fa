//! The command as processes: started, signalled with all its descendants, reaped.
//!
//! Touches no other part of the watchdog.

mod child;
mod descendants;
mod parent;
mod reap;
mod signals;
mod terminal;

pub(crate) use child::{Failure, Stdio, start};
pub(crate) use descendants::{adopt, is_init, kill_all, signal_all};
pub(crate) use parent::parent;
pub(crate) use reap::{Reaped, reap};
pub(crate) use signals::Signals;
pub(crate) use terminal::Terminal;
