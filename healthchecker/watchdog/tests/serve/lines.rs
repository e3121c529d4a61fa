//! What a server says on stderr, waited for.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// After so long what is waited for never comes.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// The lines so far, each with when it came, and whether there will be more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<(Mutex<Said>, Condvar)>);

#[derive(Debug, Default)]
struct Said {
    lines: Vec<(Instant, String)>,
    is_over: bool,
}

impl Lines {
    pub(crate) fn read(from: impl Read + Send + 'static) -> Self {
        let lines = Self::default();
        let filled = lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(from).lines() {
                let Ok(line) = line else { break };
                filled
                    .0
                    .0
                    .lock()
                    .unwrap()
                    .lines
                    .push((Instant::now(), line));
                filled.0.1.notify_all();
            }
            filled.0.0.lock().unwrap().is_over = true;
            filled.0.1.notify_all();
        });
        lines
    }

    /// Waits for a line with this text, and says when it came.
    pub(crate) fn wait(&self, text: &str) -> (Instant, String) {
        let found = |said: &Said| {
            let mut lines = said.lines.iter();
            lines.find(|(_, line)| line.contains(text)).cloned()
        };
        let said = self.0.0.lock().unwrap();
        let is_waiting = |said: &mut Said| found(said).is_none() && !said.is_over;
        let (said, _) = self
            .0
            .1
            .wait_timeout_while(said, BOUND, is_waiting)
            .unwrap();
        found(&said).unwrap_or_else(|| panic!("no line has {text:?}: {:#?}", said.lines))
    }

    /// All until now, or, of a server that has ended, all.
    pub(crate) fn all(&self) -> Vec<String> {
        let said = self.0.0.lock().unwrap();
        said.lines.iter().map(|(_, line)| line.clone()).collect()
    }

    /// All of a server that has ended.
    pub(crate) fn to_the_end(&self) -> Vec<String> {
        let said = self.0.0.lock().unwrap();
        let is_over = |said: &mut Said| !said.is_over;
        let said = self.0.1.wait_timeout_while(said, BOUND, is_over).unwrap().0;
        assert!(
            said.is_over,
            "somebody still has its stderr: {:#?}",
            said.lines
        );
        drop(said);
        self.all()
    }

    /// How many have this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        let lines = self.all();
        lines.iter().filter(|line| line.contains(text)).count()
    }
}

/// Looks again and again, for what says nothing when it happens.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < BOUND, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
