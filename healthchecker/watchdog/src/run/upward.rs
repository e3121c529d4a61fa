//! Who has started this process and wants to hear of it: systemd, or Podman for it.

use std::env;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::engine::Told;
use crate::notify::Upward;

/// How soon a message that found the queue full is sent again.
const AGAIN: Duration = Duration::from_millis(100);

/// The socket above, and what is owed there.
#[derive(Debug)]
pub(super) struct Above {
    socket: Upward,
    /// From one WATCHDOG=1 to the next: half of what is allowed.
    every: Option<Duration>,
    next: Duration,
    /// What must not be lost, and when it is sent if it could not be.
    owed: Vec<&'static str>,
    again: Duration,
}

impl Above {
    /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID: sd_notify(3), sd_watchdog_enabled(3).
    pub(super) fn find() -> Option<Self> {
        let socket = Upward::from_environment(env::var_os("NOTIFY_SOCKET").as_deref())?;
        let number = |name| env::var(name).ok()?.parse::<u64>().ok();
        let is_ours = env::var_os("WATCHDOG_PID").is_none()
            || number("WATCHDOG_PID") == Some(std::process::id().into());
        let every = number("WATCHDOG_USEC").filter(|&limit| is_ours && limit > 1);
        let every = every.map(|limit| Duration::from_micros(limit / 2));
        Some(Self {
            socket,
            every,
            next: Duration::ZERO,
            owed: Vec::new(),
            again: Duration::ZERO,
        })
    }

    /// When something is to be said.
    pub(super) fn due(&self) -> Option<Duration> {
        let kick = self.every.map(|_| self.next);
        let again = (!self.owed.is_empty()).then_some(self.again);
        [kick, again].into_iter().flatten().min()
    }

    /// Says what is owed, and that this process lives, if that is due.
    pub(super) fn speak(&mut self, now: Duration) {
        if let Some(every) = self.every
            && now >= self.next
        {
            self.owe("WATCHDOG=1");
            self.next = now + every;
        }
        self.pay();
        self.again = now + AGAIN;
    }

    fn owe(&mut self, message: &'static str) {
        if !self.owed.contains(&message) {
            self.owed.push(message);
        }
        self.pay();
    }

    fn pay(&mut self) {
        while let Some(message) = self.owed.first()
            && self.socket.tell(message)
        {
            self.owed.remove(0);
        }
    }

    pub(super) fn status(&self, status: &str) {
        self.socket.tell(&format!("STATUS={status}"));
    }

    /// The command asks for more time, and who waits for it is to wait as long.
    pub(super) fn extend(&self, more: Duration) {
        let more = more.as_micros();
        self.socket.tell(&format!("EXTEND_TIMEOUT_USEC={more}"));
    }

    /// `Type=notify-reload` wants the time of it: sd_notify(3).
    fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let now = i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1000;
        self.socket
            .tell(&format!("RELOADING=1\nMONOTONIC_USEC={now}"));
    }

    pub(super) fn tell(&mut self, told: &Told) {
        match told {
            Told::Ready { .. } | Told::Reloaded => self.owe("READY=1"),
            Told::Reloading => self.reloading(),
            Told::Stopping { .. } => self.owe("STOPPING=1"),
            Told::Silent { reason } => self.status(&format!("restarting: {reason}")),
            Told::GaveUp { reason } => self.status(&format!("gave up: {reason}")),
            _ => {}
        }
    }
}
