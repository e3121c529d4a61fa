//! Ready-made checks, each behind a feature of its own.

#[cfg(feature = "disk")]
pub(crate) mod disk;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "tcp")]
mod tcp;
