//! `watchdog` notices silence: it restarts, inside a container, what hangs there.

#[cfg(feature = "run")]
mod checks;
pub mod command;
pub mod engine;
pub mod notify;
mod options;
mod output;
mod pings;
mod process;
mod run;
mod tell;
mod words;
