//! What there is, looked at in pieces, between which requests are answered.

use tokio::task::yield_now;

use super::OF_LATE;
use crate::routes::House;
use crate::ui::{Ask, Pick, Picked, Server};
use crate::watches::{Namespace, Now, covers};

/// So many watches are looked at in one piece.
const PIECE: usize = 2_000;

/// All that is asked for and seen.
pub(super) async fn gather(house: &House, ask: Ask, authority: &str, most: usize) -> Picked {
    let namespaces: &[_] = if authority.is_empty() {
        &[Namespace::Named, Namespace::Heartbeat, Namespace::Registry]
    } else {
        &[Namespace::Named]
    };
    // Nothing else is even looked at.
    let prefix = if authority.starts_with(&ask.prefix) {
        Some(authority.to_owned())
    } else {
        ask.prefix
            .starts_with(authority)
            .then(|| ask.prefix.clone())
    };
    let mut pick = Pick::new(ask, most);
    for &namespace in namespaces {
        let Some(prefix) = &prefix else { break };
        let mut after = String::new();
        loop {
            let is_last = house.owner.read(|desk, now| {
                let mut seen = 0;
                for watch in desk.table.after(namespace, prefix, &after).take(PIECE) {
                    let name = watch.key.name();
                    if covers(authority, name) {
                        pick.add(watch, now);
                    }
                    seen += 1;
                    if seen == PIECE {
                        name.clone_into(&mut after);
                    }
                }
                seen < PIECE
            });
            if is_last {
                break;
            }
            yield_now().await;
        }
    }
    pick.finish()
}

/// How the server fares, for whoever has this authority.
pub(super) fn server(house: &House, now: Now, base: String, authority: &str) -> Server {
    let owner = &house.owner;
    let is_of_late = |to| now.mono.saturating_sub(to) < OF_LATE;
    let absence = owner
        .absence()
        .filter(|(absence, _)| is_of_late(absence.to));
    Server {
        is_lost: owner.is_lost() || owner.standing().lost.is_some(),
        absence: absence.map(|(absence, moved)| {
            let moved = authority.is_empty().then_some(moved);
            (now.wall_of(absence.from), now.wall_of(absence.to), moved)
        }),
        base,
    }
}
