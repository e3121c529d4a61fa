//! A row of the table: what a server does, how it is asked, and what the probe must say.

use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};

use crate::probe::{Need, Outcome, Run, binary};
use crate::server::{Server, Step};

/// By how much a deadline may be missed.
const LATENESS: Duration = Duration::from_millis(100);

/// Bytes that may be resident where gRPC or TLS is spoken, whatever a server sends.
pub(crate) const RESIDENT_WITH_TLS_OR_GRPC: u64 = 16 * 1024 * 1024;

/// Runs a check that has a deadline until it was kept three times: a machine under load may be late
/// where the probe was not, but not three times of five. `run` judges all else, each time, and says
/// how long it took.
pub(crate) fn on_time(
    deadline: Duration,
    mut run: impl FnMut() -> Result<Duration, Failed>,
) -> Result<(), Failed> {
    let (mut kept, mut late) = (0, Vec::new());
    while kept < 3 {
        let elapsed = run()?;
        if elapsed <= deadline + LATENESS {
            kept += 1;
            continue;
        }
        late.push(elapsed);
        if late.len() == 3 {
            return Err(format!("three times late for {deadline:?}: {late:?}").into());
        }
    }
    Ok(())
}

#[derive(Clone, Debug)]
pub(crate) enum Expected {
    Healthy,
    /// One line on stderr that holds each of these.
    Unhealthy(Vec<String>),
}

pub(crate) fn healthy() -> Expected {
    Expected::Healthy
}

pub(crate) fn unhealthy<const N: usize>(words: [&str; N]) -> Expected {
    Expected::Unhealthy(words.map(str::to_owned).to_vec())
}

pub(crate) struct Row {
    name: String,
    script: Vec<Step>,
    /// `{port}` stands for the server's port.
    words: Vec<String>,
    needs: Vec<Need>,
    expected: Expected,
    deadline: Option<Duration>,
    measured: bool,
    variables: Vec<(String, String)>,
    secret: Option<&'static str>,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, script: Vec<Step>, expected: Expected) -> Self {
        Self {
            name: name.into(),
            script,
            words: vec!["--port={port}".into(), "--timeout=10s".into()],
            needs: Vec::new(),
            expected,
            deadline: None,
            measured: false,
            variables: Vec::new(),
            secret: None,
        }
    }

    /// A response that is sent after the request was read; then the connection ends.
    pub(crate) fn answer(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        expected: Expected,
    ) -> Self {
        Self::new(
            name,
            vec![Step::Request, Step::Send(bytes.into())],
            expected,
        )
    }

    /// Further words of the command line.
    pub(crate) fn with<const N: usize>(mut self, words: [&str; N]) -> Self {
        self.words.extend(words.map(str::to_owned));
        self
    }

    /// The whole command line.
    pub(crate) fn words<const N: usize>(mut self, words: [&str; N]) -> Self {
        self.words = words.map(str::to_owned).to_vec();
        self
    }

    pub(crate) fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// What no message may hold.
    pub(crate) fn never_says(mut self, secret: &'static str) -> Self {
        self.secret = Some(secret);
        self
    }

    /// The deadline that is given, and must be kept.
    pub(crate) fn keeps(mut self, deadline: Duration) -> Self {
        self.words.retain(|word| !word.starts_with("--timeout"));
        self.words
            .push(format!("--timeout={}ms", deadline.as_millis()));
        self.deadline = Some(deadline);
        self
    }

    /// Holds the probe to its memory, too.
    pub(crate) fn measured(mut self) -> Self {
        self.measured = true;
        self
    }

    /// The row as a test; `None` where it is about another kind of build.
    pub(crate) fn trial(self) -> Option<Trial> {
        let other_build = |need: &Need| {
            matches!(need, Need::LoopbackOnly | Need::Missing(_)) && !binary().can(*need)
        };
        if self.needs.iter().any(other_build) {
            return None;
        }
        let name = self.name.clone();
        Some(Trial::ignorable_test(name, move || self.run()))
    }

    fn run(&self) -> Result<Completion, Failed> {
        if let Some(need) = self.needs.iter().find(|need| !binary().can(**need)) {
            return refused_by_name(self, *need);
        }
        let mut is_measured = true;
        let mut once = || {
            let (elapsed, measured) = self.run_once()?;
            is_measured &= measured;
            Ok(elapsed)
        };
        match self.deadline {
            Some(deadline) => on_time(deadline, once)?,
            None => drop(once()?),
        }
        if !is_measured {
            return crate::skip("memory is not measured: this system lets no process be traced");
        }
        Ok(Completion::Completed)
    }

    /// How long it took, and whether what was to be measured was.
    fn run_once(&self) -> Result<(Duration, bool), Failed> {
        let server = Server::start(self.script.clone());
        let outcome = self.ask(&server);
        if server.connections() > 1 {
            return Err(format!("{} connections for one check", server.connections()).into());
        }
        drop(server);
        check(&outcome, &self.expected)?;
        if let Some(secret) = self.secret
            && outcome.stderr.contains(secret)
        {
            return Err(format!("{secret} in the message: {outcome:?}").into());
        }
        if !self.measured || !binary().is_static {
            return Ok((outcome.elapsed, true));
        }
        match outcome.resident {
            Some(resident) if resident > self.resident_limit() => {
                Err(format!("{resident} bytes resident of {}", self.resident_limit()).into())
            }
            resident => Ok((outcome.elapsed, resident.is_some())),
        }
    }

    fn resident_limit(&self) -> u64 {
        let is_larger = |need: &Need| matches!(need, Need::Grpc | Need::Tls);
        if self.needs.iter().any(is_larger) {
            RESIDENT_WITH_TLS_OR_GRPC
        } else {
            binary().resident_limit()
        }
    }

    fn ask(&self, server: &Server) -> Outcome {
        let port = server.port().to_string();
        let mut run = Run::new(self.words.iter().map(|word| word.replace("{port}", &port)));
        for (name, value) in &self.variables {
            run = run.variable(name, value.replace("{port}", &port));
        }
        if self.measured {
            run.measured().finish()
        } else {
            run.finish()
        }
    }
}

/// What a build cannot do it refuses, naming the option or scheme.
fn refused_by_name(row: &Row, need: Need) -> Result<Completion, Failed> {
    let name = match need {
        Need::Contains => "--contains",
        Need::Wait => "--wait",
        Need::HeaderFile => "--header-file",
        Need::Abstract => "unix:@",
        Need::Json => "--json",
        Need::Tls => "https://",
        Need::Grpc => "grpc://",
        Need::Kick => "--kick",
        Need::LoopbackOnly | Need::Missing(_) => unreachable!("left out of the table"),
    };
    let words: Vec<_> = row
        .words
        .iter()
        .map(|word| word.replace("{port}", "1"))
        .collect();
    let outcome = Run::new(words).finish();
    check(&outcome, &unhealthy([name]))?;
    Ok(Completion::Completed)
}

/// What holds for every run: exit 0 and silence, or exit 1 and one line on stderr.
pub(crate) fn check(outcome: &Outcome, expected: &Expected) -> Result<(), Failed> {
    let fail = |problem: &str| Err(Failed::from(format!("{problem}: {outcome:?}")));
    if !outcome.stdout.is_empty() {
        return fail("stdout is not empty");
    }
    match expected {
        Expected::Healthy => {
            if outcome.code != Some(0) {
                return fail("not exit 0");
            }
            if !outcome.stderr.is_empty() {
                return fail("healthy, but not silent");
            }
        }
        Expected::Unhealthy(words) => {
            if outcome.code != Some(1) {
                return fail("not exit 1");
            }
            check_line(&outcome.stderr)?;
            if let Some(word) = words
                .iter()
                .find(|word| !outcome.stderr.contains(word.as_str()))
            {
                return fail(&format!("nothing of {word:?} in the message"));
            }
        }
    }
    Ok(())
}

/// One line that Docker keeps whole and a terminal can show.
pub(crate) fn check_line(text: &str) -> Result<(), Failed> {
    let Some(line) = text.strip_suffix('\n') else {
        return Err(format!("not a line: {text:?}").into());
    };
    if line.is_empty() || text.len() >= 4096 {
        return Err(format!("a message of {} bytes: {text:?}", text.len()).into());
    }
    if line.chars().any(char::is_control) {
        return Err(format!("control characters in the message: {text:?}").into());
    }
    Ok(())
}
