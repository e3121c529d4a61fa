//! The binary under test.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The binary that `WATCHDOG` names, else this crate's own.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let given = std::env::var_os("WATCHDOG").filter(|path| !path.is_empty());
        let path = given.map_or_else(
            || PathBuf::from(env!("CARGO_BIN_EXE_watchdog")),
            PathBuf::from,
        );
        path.canonicalize()
            .unwrap_or_else(|error| panic!("WATCHDOG={}: {error}", path.display()))
    })
}
