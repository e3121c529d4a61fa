use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::restarts;
use crate::sinks;

/// The longest configuration, in bytes.
const LONGEST: u64 = 10_000_000;

/// The configuration of a file, or the defaults.
pub(super) fn config(file: Option<&Path>) -> Result<Config, String> {
    let Some(file) = file else {
        return Config::parse("").map_err(|error| error.to_string());
    };
    let shown = file.display();
    let problem = |error: io::Error| {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => "; name the configuration's file",
            io::ErrorKind::PermissionDenied => "; let the watchdog's user read it",
            _ => "",
        };
        format!("{shown}: {error}{remedy}")
    };
    let length = fs::metadata(file).map_err(problem)?.len();
    if length > LONGEST {
        return Err(format!("{shown}: is longer than a configuration, 10 MB"));
    }
    let text = fs::read_to_string(file).map_err(problem)?;
    Config::parse(&text).map_err(|error| format!("{shown}: {error}"))
}

/// What the configuration names in turn, and must be as it says.
pub(super) fn check(config: &Config, file: Option<&Path>) -> Result<(), String> {
    // Without a file there is nothing to restart, and nobody to be told.
    let Some(file) = file else {
        return Ok(());
    };
    restarts::check(&config.watches, file).map_err(|error| error.to_string())?;
    sinks::check(&config.sinks).map_err(|error| format!("{}: {error}", file.display()))
}

/// The database: as the command line says, or the configuration, or systemd, or here.
pub(super) fn store(config: &Config, option: Option<&Path>) -> PathBuf {
    let named = option.map(Path::to_owned).or(config.store.path.clone());
    named.unwrap_or_else(|| {
        let directory = env::var_os("STATE_DIRECTORY").filter(|value| !value.is_empty());
        // Of several, the first one: systemd.exec(5).
        let first = directory
            .as_deref()
            .and_then(|value| env::split_paths(value).next());
        first.unwrap_or_default().join("watchdog.db")
    })
}
