//! What has happened: signals, messages and verdicts as events.

use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};

use super::supervisor::Supervisor;
use crate::engine::{End, Event};
use crate::notify::{Message, State, Watchdog};
use crate::process::{self, Reaped};

/// Messages that are read before anything else has its turn: more than the kernel queues, so that
/// every one is read that had come before a deadline.
const AT_ONCE: usize = 64;

/// How long nothing is read when the descriptors that came along cannot be closed as fast as they come.
const CLOSING: Duration = Duration::from_millis(10);

impl Supervisor {
    pub(super) fn signalled(&mut self, signal: Signal) {
        match signal {
            Signal::SIGCHLD => self.reap(),
            Signal::SIGTERM | Signal::SIGINT | Signal::SIGQUIT => {
                self.happen(Event::Asked(signal as i32));
            }
            _ if signal == self.stop => self.happen(Event::Asked(signal as i32)),
            _ => {
                if let Some(main) = self.main {
                    if let (Signal::SIGCONT, Some(terminal)) = (signal, &self.terminal) {
                        // `fg` of what was in the background.
                        terminal.give_to(main);
                    }
                    // It may have ended without having been reaped; then it needs none.
                    let _ = kill(main, signal);
                }
            }
        }
    }

    fn reap(&mut self) {
        let Reaped {
            main,
            is_stopped,
            is_childless,
        } = process::reap(self.main);
        if let Some((code, words)) = main {
            // Its last words came before its end.
            self.read_messages();
            if let (Some(main), Some(terminal)) = (self.main, &self.terminal) {
                terminal.take_from(main);
            }
            self.ended = self.main.take();
            self.happen(Event::Exited(End { code, words }));
        } else if let (true, Some(main), Some(terminal)) = (is_stopped, self.main, &self.terminal)
            && !process::is_init()
        {
            terminal.stop_with(main);
        }
        if is_childless {
            self.happen(Event::Gone);
        } else if self.is_killing() {
            process::kill_all(self.main);
        }
    }

    /// Reads what the command has said. Whether there may be more.
    pub(super) fn read_messages(&mut self) -> bool {
        for _ in 0..AT_ONCE {
            let (Some(socket), Some((_, access))) = (&mut self.socket, &self.place) else {
                return false;
            };
            let datagram = match socket.receive() {
                Ok(Some(datagram)) => datagram,
                Ok(None) => return false,
                // The descriptors that came along are still being closed.
                Err(_) => {
                    thread::sleep(CLOSING);
                    return true;
                }
            };
            let own = std::process::id();
            let main = self.main.and_then(|main| u32::try_from(main.as_raw()).ok());
            let sender = datagram.sender;
            let is_permitted = main
                .zip(sender)
                .is_some_and(|(main, sender)| access.permits(sender, main, own));
            let message = datagram.message();
            drop(datagram);
            if !is_permitted {
                self.refuse(&match sender {
                    Some(pid) => {
                        format!("process {pid} may not speak for the command (--notify-access)")
                    }
                    None => String::from("a process from outside may not speak for the command"),
                });
                continue;
            }
            match message {
                Ok(message) => self.said(message),
                Err(refusal) => self.refuse(&refusal.to_string()),
            }
        }
        true
    }

    fn said(&mut self, message: Message) {
        if let Some(pid) = message.main_pid
            && self
                .main
                .is_none_or(|main| u32::try_from(main.as_raw()) != Ok(pid))
        {
            self.refuse(&format!("MAINPID={pid} is not the command's own process"));
        }
        if let Some(status) = message.status {
            if let Some(above) = &self.above {
                above.status(&status);
            }
            self.status = Some(status).filter(|status| !status.is_empty());
        }
        match message.state {
            Some(State::Ready) => self.happen(Event::Ready),
            Some(State::Reloading) => self.happen(Event::Reloading),
            Some(State::Stopping) => self.happen(Event::Stopping),
            None => {}
        }
        if let Some(more) = message.extend {
            if let Some(above) = &self.above {
                above.extend(more);
            }
            self.happen(Event::Extend(more));
        }
        match message.watchdog {
            Some(Watchdog::Kick) => self.happen(Event::Kick),
            Some(Watchdog::Trigger) => self.happen(Event::Trigger),
            None => {}
        }
        if let Some(period) = message.watchdog_limit {
            self.happen(Event::Period(period));
        }
    }

    fn refuse(&mut self, why: &str) {
        let now = self.now();
        if let Some(line) = self.refused.count(why, now) {
            self.say(&line);
        }
    }

    pub(super) fn collect_verdict(&mut self) {
        let verdict = self.checks.as_mut().and_then(|checks| checks.verdict());
        if let Some((round, result)) = verdict {
            self.happen(Event::Verdict { round, result });
        }
    }
}
