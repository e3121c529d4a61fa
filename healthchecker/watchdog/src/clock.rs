//! The server's own clock: it goes on while the process is stopped or the machine sleeps, never steps,
//! and goes on from where it was across a restart.
//!
//! Touches `watches`.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::watches::{Millis, Now};

/// The server's own clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What its time was when the kernel's was 0; the kernel's is smaller.
    origin: Millis,
}

impl Clock {
    /// The clock of a server that was last alive at `alive`, and that has stored nothing later than
    /// `latest` by its own clock. A server's first clock begins as wall time.
    pub fn resume(alive: Option<Now>, latest: Millis) -> Self {
        let mono = begin(wall(), alive).max(latest);
        Self {
            origin: mono.saturating_sub(since_boot()),
        }
    }

    /// The time.
    pub fn now(&self) -> Now {
        Now {
            mono: self.origin.saturating_add(since_boot()),
            wall: wall(),
        }
    }
}

/// Wall time, with what both clocks differed by when it was last alive: steps while it ran are no time
/// that has passed. Across a restart the wall clock is trusted, but not for going back.
fn begin(wall: Millis, alive: Option<Now>) -> Millis {
    let Some(alive) = alive else { return wall };
    if wall >= alive.wall {
        alive.mono.saturating_add(wall - alive.wall)
    } else {
        alive.mono
    }
}

fn wall() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(0)
}

fn since_boot() -> Millis {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_takes_the_wall_clocks_word_but_for_earlier_steps() {
        let alive = |mono, wall| Some(Now { mono, wall });
        for (name, wall, alive, mono) in [
            ("the first start", 500, None, 500),
            ("a minute away", 560, alive(500, 500), 560),
            (
                "an hour's step forward while it ran",
                4_160,
                alive(500, 4_100),
                560,
            ),
            (
                "an hour's step back while it ran",
                4_160,
                alive(7_700, 4_100),
                7_760,
            ),
            ("a step back across the restart", 100, alive(500, 500), 500),
        ] {
            assert_eq!(begin(wall, alive), mono, "{name}");
        }
    }

    #[test]
    fn nothing_stored_is_later_than_now() {
        let latest = wall() + 1_000_000;
        let clock = Clock::resume(None, latest);
        assert!(clock.now().mono >= latest);
        assert!(clock.now().wall < latest);
    }

    #[test]
    fn it_goes_on() {
        let clock = Clock::resume(None, 0);
        let begun = clock.now();
        let bound = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while clock.now().mono == begun.mono {
            assert!(std::time::Instant::now() < bound, "it stands still");
        }
        assert!(clock.now().mono > begun.mono);
        assert!(begun.mono.abs_diff(begun.wall) < 1_000);
    }
}
