//! Panics of others: caught, and dropped without harm. Touches no room.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls what others have written; `None` where it panics.
///
/// Nothing that it has touched is looked at again after a panic, but by its own
/// owner.
pub(crate) fn contain<T>(call: impl FnOnce() -> T) -> Option<T> {
    try_call(call).map_err(discard).ok()
}

/// The same, with what was thrown.
pub(crate) fn try_call<T>(call: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(call))
}

/// Drops what was thrown. That may panic in its turn, and so may what is thrown
/// then, for ever: the second is leaked.
pub(crate) fn discard(thrown: Box<dyn Any + Send>) {
    if let Err(again) = try_call(|| drop(thrown)) {
        std::mem::forget(again);
    }
}
