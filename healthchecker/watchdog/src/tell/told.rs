//! What has happened to a command, as a line.

use nix::sys::signal::Signal;

use super::line::Line;
use crate::engine::Told;
use crate::words;

impl Line {
    /// What is said of something that has happened; `None` for what is no event of the log.
    pub(crate) fn of(told: &Told, pid: Option<i32>) -> Option<Self> {
        let (event, text) = match told {
            Told::Alive => return None,
            Told::Started => ("started", String::new()),
            Told::Ready { after } => ("ready", format!("after {}", words::duration(*after))),
            Told::Reloading => ("reloading", String::new()),
            Told::Reloaded => ("reloaded", String::new()),
            Told::Stopping {
                asked: Some(signal),
            } => ("stopping", format!("asked by {}", name(*signal))),
            Told::Stopping { asked: None } => ("stopping", String::from("by itself: STOPPING=1")),
            Told::Silent { reason } => ("silent", reason.clone()),
            Told::Killed { after } => (
                "killed",
                format!(
                    "it had not ended {} after it was told to",
                    words::duration(*after)
                ),
            ),
            Told::Stopped { end } => ("stopped", end.words.clone()),
            Told::Restarting { number, pause } if pause.is_zero() => {
                ("restarted", format!("restart {number}"))
            }
            Told::Restarting { number, pause } => (
                "restarted",
                format!("restart {number}, in {}", words::duration(*pause)),
            ),
            Told::GaveUp { reason } => ("gave up", reason.clone()),
            Told::Exited { end, .. } => ("exited", end.words.clone()),
            Told::NotStarted { end } => ("not started", end.words.clone()),
            Told::Absent => (
                "absent",
                String::from("this process was stopped for a while; deadlines begin anew"),
            ),
        };
        Some(Self { event, pid, text })
    }
}

fn name(signal: i32) -> &'static str {
    Signal::try_from(signal).map_or("a signal", Signal::as_str)
}
