//! Faults that are forced upon components, and lifted.

use std::fmt;
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::Shared;
use crate::checks::{Slot, Source};
use crate::error::{ForceError, ForceErrorKind};
use crate::state::Fault;

/// Keeps a [`Fault`] in force; dropping it lifts the fault.
///
/// Several may be in force upon one component: the latest counts.
#[must_use = "the fault is lifted as soon as the guard is dropped"]
pub struct FaultGuard {
    engine: Weak<Shared>,
    index: usize,
    id: u64,
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.upgrade() {
            engine.lift_fault(self.index, self.id);
        }
    }
}

impl fmt::Debug for FaultGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultGuard").finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn force(
        self: &Arc<Self>,
        name: &str,
        fault: Fault,
    ) -> Result<FaultGuard, ForceError> {
        let index = self
            .index_of(name)
            .ok_or_else(|| ForceError::new(ForceErrorKind::UnknownComponent, name))?;
        let id = self.lock().next_fault();
        self.force_as(index, id, fault)?;
        Ok(FaultGuard {
            engine: Arc::downgrade(self),
            index,
            id,
        })
    }

    /// Forces a fault under an id, in place of an earlier one of that id.
    pub(crate) fn force_as(&self, index: usize, id: u64, fault: Fault) -> Result<(), ForceError> {
        let slot = &self.slots[index];
        if fault != Fault::Down && !matches!(slot.source, Source::Active { .. }) {
            return Err(ForceError::new(ForceErrorKind::NotApplicable, &slot.name));
        }
        let now = Instant::now();
        self.change(now, |state| {
            state.change_faults(slot, index, now, |faults| faults.force(id, fault));
        });
        self.rerun(slot);
        Ok(())
    }

    pub(crate) fn lift_fault(&self, index: usize, id: u64) {
        let slot = &self.slots[index];
        let now = Instant::now();
        self.change(now, |state| {
            state.change_faults(slot, index, now, |faults| faults.lift(id));
        });
        self.rerun(slot);
    }

    pub(super) fn fault(&self, index: usize) -> Option<Fault> {
        self.lock().fault(index)
    }

    fn rerun(&self, slot: &Slot) {
        if let Source::Active { rerun, .. } = &slot.source {
            rerun.notify_one();
        }
    }
}
