//! How a service tells statuses: its words, and what code goes with degraded.

use http::StatusCode;

use super::Vocabulary;

/// How statuses are told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) degraded: StatusCode,
}
