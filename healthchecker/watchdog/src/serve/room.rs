//! Room for connections: as many descriptors as they take, or fewer connections.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::listener::Limits;

/// For the database, for stderr, for the timers and for the commands that restart something.
const OTHERS: u64 = 128;

/// The limits of the listeners, for which the soft limit of open files is raised where that is allowed:
/// it is 1,024 for most, which one peer alone could take.
pub(super) fn make() -> Limits {
    let usual = Limits::default();
    let wish = usual.connections as u64 + OTHERS;
    let mut open = getrlimit(Resource::Nofile);
    if open.current.is_some_and(|current| current < wish) {
        open.current = Some(open.maximum.map_or(wish, |most| most.min(wish)));
        // The soft limit may always be raised up to the hard one: setrlimit(2).
        let _ = setrlimit(Resource::Nofile, open);
    }
    fit(usual, getrlimit(Resource::Nofile).current)
}

/// So that whoever comes later waits in the kernel's queue, and one peer takes a part and not all.
fn fit(usual: Limits, descriptors: Option<u64>) -> Limits {
    let room = descriptors.map_or(u64::MAX, |most| most.saturating_sub(OTHERS).max(most / 2));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let connections = usual.connections.min(room).max(1);
    Limits {
        connections,
        per_peer: usual.per_peer.min(connections / 4).max(1),
        ..usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_never_takes_all() {
        for (descriptors, connections, per_peer) in [
            (None, 10_000, 1_000),
            (Some(20_000), 10_000, 1_000),
            (Some(1_024), 896, 224),
            (Some(64), 32, 8),
            (Some(0), 1, 1),
        ] {
            let limits = fit(Limits::default(), descriptors);
            let found = (limits.connections, limits.per_peer);
            assert_eq!(found, (connections, per_peer), "{descriptors:?}");
        }
    }
}
