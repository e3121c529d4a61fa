#![doc = include_str!("../README.md")]

#[cfg(feature = "run")]
mod checks;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "serve")]
pub mod clock;
pub mod command;
#[cfg(feature = "serve")]
mod confidential;
#[cfg(feature = "serve")]
pub mod config;
#[cfg(feature = "serve")]
mod deliver;
#[cfg(feature = "serve")]
pub mod dialects;
#[cfg(feature = "run")]
pub mod engine;
#[cfg(feature = "serve")]
mod feed;
#[cfg(feature = "client")]
mod grammar;
#[cfg(feature = "serve")]
pub mod listener;
#[cfg(feature = "client")]
mod listing;
#[cfg(feature = "run")]
pub mod notify;
#[cfg(feature = "run")]
mod options;
#[cfg(feature = "serve")]
pub mod outbox;
#[cfg(feature = "run")]
mod output;
#[cfg(feature = "serve")]
mod owner;
#[cfg(feature = "run")]
mod pings;
#[cfg(feature = "serve")]
mod probes;
#[cfg(feature = "run")]
mod process;
#[cfg(feature = "serve")]
pub mod restarts;
#[cfg(feature = "serve")]
mod routes;
#[cfg(feature = "run")]
mod run;
#[cfg(feature = "client")]
#[cfg_attr(
    not(feature = "serve"),
    expect(unreachable_pub, reason = "`tokens` passes it on")
)]
mod secret;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
pub mod sinks;
#[cfg(feature = "client")]
mod span;
#[cfg(feature = "serve")]
pub mod store;
#[cfg(any(feature = "run", feature = "serve"))]
mod tell;
#[cfg(any(feature = "run", feature = "serve"))]
mod threads;
#[cfg(feature = "serve")]
pub mod tokens;
#[cfg(feature = "serve")]
mod ui;
#[cfg(feature = "serve")]
pub mod watches;
mod words;

#[doc = include_str!("../docs/run.md")]
pub mod running {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/moving.md")]
pub mod moving {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/restarts.md")]
pub mod restarting {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/serve.md")]
pub mod serving {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/watches.md")]
pub mod watching {}

#[cfg(feature = "serve")]
#[doc = include_str!("../docs/serve-benchmarks.md")]
pub mod serving_figures {}
