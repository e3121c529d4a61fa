//! What tokens promise.

use super::*;
use crate::store::Token;
use crate::watches::{Millis, NEVER, NameError};

mod check;
mod mint;
mod quotas;
mod secret;

const NOON: Millis = 1_000_000_000;

fn master() -> Master {
    Master::new(&[7; 32]).unwrap()
}

fn none() -> Tokens {
    Tokens::new(master(), Vec::new(), NOON)
}

fn wish(prefix: &str) -> Wish<'_> {
    Wish {
        prefix,
        verbs: Verbs::USUAL,
        expires: NEVER,
        note: "",
    }
}

fn signature(minted: &Minted, name: &str) -> Proof {
    Proof::Signature(minted.secret.signature(name))
}

/// The rows as a store would give them back.
fn again(tokens: &Tokens, master: Master) -> Tokens {
    Tokens::new(master, tokens.rows().cloned().collect(), NOON)
}
