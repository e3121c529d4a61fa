//! Reads the repository for the tests of it: the modules of its crates, what
//! they import and what their public items name, and the Markdown of its guides.
//!
//! Nothing here is shipped. What cannot be read is a panic that names the file.

pub mod api;
pub mod links;
pub mod map;
mod modules;
pub mod rooms;
pub mod snippets;

use std::fs;
use std::path::PathBuf;

/// The repository's top directory.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The text of a file, by its path from the top.
///
/// # Panics
///
/// If it cannot be read.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
