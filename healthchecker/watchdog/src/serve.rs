//! `watchdog serve`: from a configuration to a server, and to its end.
//!
//! Touches `confidential`, `config`, `deliver`, `feed`, `listener`, `outbox`, `owner`, `probes`, `restarts`, `routes`, `sinks`, `store`, `tell`, `tokens`, `watches` and `words`.

mod ends;
mod files;
mod health;
mod letters;
mod master;
mod options;
mod restarts;
mod room;
mod run;
mod test_sink;
mod told;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) use options::{BACKUP_OPTIONS, OPTIONS};
use options::{BackupOptions, CheckOptions, ServeOptions, TestOptions};

/// `watchdog serve`: returns when it was told to end.
pub(crate) fn serve(words: Vec<OsString>) -> ExitCode {
    end(ServeOptions::read(words).and_then(run::run))
}

/// `watchdog check-config`: whether a server could start with it.
pub(crate) fn check_config(words: Vec<OsString>) -> ExitCode {
    end(CheckOptions::read(words).and_then(|options| {
        let shown = options.config.display().to_string();
        let config = files::config(Some(&options.config))?;
        files::check(&config, Some(&options.config))?;
        crate::listener::check(&config.listeners).map_err(|error| error.to_string())?;
        let _ = writeln!(io::stdout(), "{shown}: nothing is wrong with it");
        Ok(())
    }))
}

/// `watchdog test-sink`: whether a sink can be told.
pub(crate) fn test_sink(words: Vec<OsString>) -> ExitCode {
    end(TestOptions::read(words).and_then(test_sink::run))
}

/// `watchdog backup`: a copy of the database, while a server uses it or not.
pub(crate) fn backup(words: Vec<OsString>) -> ExitCode {
    end(BackupOptions::read(words).and_then(|options| {
        let config = files::config(options.config.as_deref())?;
        let store = files::store(&config, options.store.as_deref());
        crate::store::backup(&store, &options.copy).map_err(|error| error.to_string())?;
        Ok(())
    }))
}

fn end(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "watchdog: {problem}");
            ExitCode::FAILURE
        }
    }
}
