#![doc = include_str!("../README.md")]

#[cfg(feature = "run")]
mod checks;
#[cfg(feature = "serve")]
pub mod clock;
pub mod command;
#[cfg(feature = "serve")]
pub mod config;
#[cfg(feature = "serve")]
pub mod dialects;
#[cfg(feature = "run")]
pub mod engine;
#[cfg(feature = "run")]
pub mod notify;
#[cfg(feature = "run")]
mod options;
#[cfg(feature = "run")]
mod output;
#[cfg(feature = "run")]
mod pings;
#[cfg(feature = "run")]
mod process;
#[cfg(feature = "run")]
mod run;
#[cfg(feature = "serve")]
mod span;
#[cfg(feature = "serve")]
pub mod store;
#[cfg(feature = "run")]
mod tell;
#[cfg(feature = "run")]
mod threads;
#[cfg(feature = "serve")]
pub mod tokens;
#[cfg(feature = "serve")]
pub mod watches;
mod words;

#[doc = include_str!("../docs/run.md")]
pub mod running {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/watches.md")]
pub mod watching {}
