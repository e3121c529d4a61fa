//! Lines that a program writes, waited for.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;

/// After so long what is waited for never comes.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<String>,
    /// How many have been taken notice of.
    seen: usize,
    is_closed: bool,
    /// Whether anybody reads.
    is_read: bool,
}

/// The lines so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream(Arc<(Mutex<Lines>, Condvar)>);

impl Stream {
    /// Reads to the end.
    pub(crate) fn read(from: impl Read + Send + 'static) -> Self {
        let stream = Self::default();
        stream.lock().is_read = true;
        let filled = stream.clone();
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut bytes = Vec::new();
            // A terminal whose other end is closed fails with EIO.
            while from
                .read_until(b'\n', &mut bytes)
                .is_ok_and(|read| read > 0)
            {
                let line = String::from_utf8_lossy(&bytes);
                filled
                    .lock()
                    .lines
                    .push(line.trim_end_matches(['\n', '\r']).to_owned());
                filled.0.1.notify_all();
                bytes.clear();
            }
            filled.lock().is_closed = true;
            filled.0.1.notify_all();
        });
        stream
    }

    /// Waits for the next line with this text in it, after the last one that was waited for.
    pub(crate) fn next(&self, text: &str) -> Result<String, Failed> {
        let find = |lines: &mut Lines| {
            let found = lines.lines[lines.seen..]
                .iter()
                .position(|line| line.contains(text))?;
            let line = lines.lines[lines.seen + found].clone();
            lines.seen += found + 1;
            Some(line)
        };
        let mut found = None;
        let lines = self.wait(|lines| {
            found = find(lines);
            found.is_some() || lines.is_closed
        });
        found.ok_or_else(|| format!("no {text:?} in {:?}", &*lines).into())
    }

    /// Waits until so many lines have this text.
    pub(crate) fn count(&self, text: &str, least: usize) -> Result<(), Failed> {
        let count = |lines: &Lines| {
            lines
                .lines
                .iter()
                .filter(|line| line.contains(text))
                .count()
        };
        let lines = self.wait(|lines| count(lines) >= least || lines.is_closed);
        match count(&lines) >= least {
            true => Ok(()),
            false => Err(format!("{} {text:?} of {least}", count(&lines)).into()),
        }
    }

    /// Waits for the end, and gives all lines.
    pub(crate) fn all(&self) -> Result<Vec<String>, Failed> {
        let lines = self.wait(|lines| lines.is_closed);
        match lines.is_closed {
            true => Ok(lines.lines.clone()),
            false => Err(format!("still open: {:?}", &*lines).into()),
        }
    }

    pub(crate) fn is_read(&self) -> bool {
        self.lock().is_read
    }

    /// The lines so far.
    pub(crate) fn so_far(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    fn wait(&self, mut until: impl FnMut(&mut Lines) -> bool) -> MutexGuard<'_, Lines> {
        let lines = self
            .0
            .1
            .wait_timeout_while(self.lock(), BOUND, |lines| !until(lines));
        lines.expect("no reader panics").0
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.0.lock().expect("no reader panics")
    }
}
