//! What requests ask for.

use super::delivery::{Deliveries, Resend};
use super::list::Page;
use super::{body, token};
use crate::tokens::Verb;
use crate::watches::{Deed, Key, Millis, Settings};

/// What is asked.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    List(Page),
    Show(Key),
    Put {
        key: Key,
        kind: Option<body::KindWord>,
        settings: Settings,
        wants_ping_url: bool,
    },
    One {
        key: Key,
        verb: Verb,
        /// The timeout and the grace of a watch that is made for it; `None`: none is made.
        fresh: Option<(Option<Millis>, Option<Millis>)>,
        deed: Deed,
    },
    Each {
        prefix: Box<str>,
        sweep: Sweep,
    },
    Tokens {
        prefix: Box<str>,
        after: u64,
        limit: usize,
    },
    Change(token::Ask),
    Deliveries(Deliveries),
    Resend(Resend),
}

/// What is asked of many.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sweep {
    Retire,
    Clear,
    Pause {
        for_ms: Option<Millis>,
        is_maintenance: bool,
    },
    Resume,
}
