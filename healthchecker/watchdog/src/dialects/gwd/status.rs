//! Watches as lines: what the clients read, and not a byte else.

use std::fmt::Write;

use super::{Refusal, Zone};
use crate::watches::{NEVER, Now, State, Watch, clean};

/// So many watches one answer shows.
pub const MOST_LINES: usize = 100_000;

/// How watches are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Whether a line comes first that says what the fields are.
    pub is_headed: bool,
    /// Whether the name comes before the expiry.
    pub is_name_first: bool,
    /// In which zone moments are.
    pub zone: Zone,
}

/// The lines, each with its end.
pub(super) fn lines<'a>(
    watches: impl Iterator<Item = &'a Watch>,
    listing: Listing,
    now: Now,
) -> Result<String, Refusal> {
    let mut lines = String::new();
    if listing.is_headed {
        lines.push_str(if listing.is_name_first {
            "STATE\tNAME\tEXPIRES\tCUMD\tREASON\n"
        } else {
            "STATE\tEXPIRES\tNAME\tCUMD\tREASON\n"
        });
    }
    // One that was never kicked is not known to this dialect.
    let watches = watches.filter(|watch| watch.state != State::New);
    for (at, watch) in watches.enumerate() {
        if at == MOST_LINES {
            return Err(Refusal::ManyLines);
        }
        line(&mut lines, watch, listing, now);
    }
    Ok(lines)
}

fn line(lines: &mut String, watch: &Watch, listing: Listing, now: Now) {
    let word = match watch.shown() {
        State::Fault => "FAULT",
        State::Timeout | State::Restarting | State::GaveUp => "TMOUT",
        _ => "KGOOD",
    };
    let is_fault = word == "FAULT";
    let moment = if is_fault || watch.deadline == NEVER {
        watch.since
    } else {
        watch.deadline
    };
    let expires = listing.zone.show(now.wall_of(moment));
    let name = watch.key.name();
    let (second, third) = if listing.is_name_first {
        (name, &*expires)
    } else {
        (&*expires, name)
    };
    let down = watch.down(now.mono);
    let reason = if is_fault {
        format!("FAULT:{}", clean(watch.reason()))
    } else {
        "K".to_owned()
    };
    writeln!(lines, "{word}\t{second}\t{third}\t{down}\t{reason}").expect("a String takes all");
}
