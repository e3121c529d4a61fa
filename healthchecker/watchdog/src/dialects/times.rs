use crate::watches::{Fresh, Kind, Millis};

/// With what a watch is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From a kick to the deadline.
    pub timeout: Millis,
    /// From the deadline to the end of its being late.
    pub grace: Millis,
}

impl Times {
    pub(super) fn fresh(self, kind: Kind, id: u64, uuid: Option<u128>) -> Fresh {
        let Self { timeout, grace } = self;
        Fresh {
            id,
            uuid,
            kind,
            timeout,
            grace,
        }
    }
}
