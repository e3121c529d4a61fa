//! What is to be done: processes started and signalled, everybody told, the end.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::supervisor::Supervisor;
use crate::engine::{Effect, End, Event, Phase, Told};
use crate::notify::Socket;
use crate::output::Output;
use crate::process::{self, Failure, Stdio};
use crate::tell::Line;

/// How long the rest of a command that has ended is killed and waited for.
const REST: Duration = Duration::from_secs(1);

impl Supervisor {
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Start => {
                let event = match self.start_command() {
                    Ok(()) => Event::Started,
                    Err(Failure { code, words }) => Event::NotStarted(End { code, words }),
                };
                self.happen(event);
            }
            Effect::Check { round } => {
                if let Some(checks) = &mut self.checks {
                    checks.begin(round);
                }
            }
            Effect::Stop => process::signal_all(self.stop, self.main),
            Effect::Abort => self.send(Signal::SIGABRT),
            Effect::Kill => process::kill_all(self.main),
            Effect::Forward(signal) => {
                if let Ok(signal) = Signal::try_from(signal) {
                    self.send(signal);
                }
            }
            Effect::Tell(told) => self.tell(&told),
            Effect::Exit(code) => self.exit = Some(code),
        }
    }

    fn send(&self, signal: Signal) {
        if let Some(main) = self.main {
            // It may have ended without having been reaped.
            let _ = kill(main, signal);
            let _ = kill(main, Signal::SIGCONT);
        }
    }

    pub(super) fn is_killing(&self) -> bool {
        self.machine.phase() == Phase::Killing
    }

    fn start_command(&mut self) -> Result<(), Failure> {
        self.socket = None;
        self.status = None;
        let mut variables: Vec<(&OsStr, OsString)> = Vec::new();
        if let Some((place, _)) = &self.place {
            let problem = |error: &dyn std::fmt::Display| Failure {
                code: 126,
                words: format!("there is no socket for its messages: {error}"),
            };
            let socket = Socket::open(place).map_err(|error| problem(&error))?;
            self.listen(&socket).map_err(|error| problem(&error))?;
            variables.push((OsStr::new("NOTIFY_SOCKET"), socket.name().to_owned()));
            let watchdog = self.machine.watchdog().as_micros();
            if watchdog > 0 {
                variables.push((OsStr::new("WATCHDOG_USEC"), watchdog.to_string().into()));
            }
            self.socket = Some(socket);
        }
        let has_output = self.is_job && self.pings.is_some();
        let stdio = if has_output {
            Stdio::Piped
        } else {
            Stdio::Inherited
        };
        let started = process::start(&self.command, &variables, stdio)?;
        self.main = Some(started.pid);
        if let Some(terminal) = &self.terminal {
            terminal.give_to(started.pid);
        }
        if let Some((output, errors)) = started.output {
            // Without the threads the job would wait for a reader; it hears of the closed pipes.
            self.output = Output::pass_on(output, errors).ok();
        }
        Ok(())
    }

    fn tell(&mut self, told: &Told) {
        let pid = match told {
            Told::Exited { .. } | Told::Stopped { .. } => self.ended,
            _ => self.main,
        };
        let mut line = Line::of(told, pid.map(nix::unistd::Pid::as_raw));
        if let (Some(line), Told::Silent { .. }, Some(status)) = (&mut line, told, &self.status) {
            line.text.push_str(&format!("; it last said: {status}"));
        }
        if let Some(line) = &line {
            self.say(line);
        }
        if let Some(above) = &mut self.above {
            above.tell(told);
        }
        if let Some(pings) = &mut self.pings {
            let output = &self.output;
            pings.tell(told, || {
                output.as_ref().map(Output::tail).unwrap_or_default()
            });
        }
    }

    pub(super) fn say(&mut self, line: &Line) {
        self.teller.tell(line);
    }

    /// Ends this process, and what is left of the command with it. As PID 1 the kernel does the latter.
    pub(super) fn end(mut self, code: u8) -> ExitCode {
        let start = Instant::now();
        while !process::is_init() && start.elapsed() < REST {
            if process::reap(None).is_childless {
                break;
            }
            process::kill_all(self.main);
            let patience = Timespec {
                tv_sec: 0,
                tv_nsec: 10_000_000,
            };
            let _ = poll(
                &mut [PollFd::new(&self.signals, PollFlags::IN)],
                Some(&patience),
            );
            self.signals.take();
        }
        if let Some(pings) = self.pings {
            pings.finish();
        }
        self.teller.finish();
        ExitCode::from(code)
    }
}
