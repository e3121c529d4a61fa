//! Faults forced upon single components, to see what the world makes of them.

use std::time::Duration;

/// What is forced upon a component.
///
/// `Slow`, `Hang` and `Panic` go through the real engine: timeout, thresholds
/// and panic containment act as they would on a real failure, and a run is
/// begun at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Unhealthy at once, as `forced`, whatever the check finds.
    Down,
    /// Every run takes this much longer.
    Slow(Duration),
    /// No run ends before its timeout.
    Hang,
    /// Every run panics.
    Panic,
}

/// The faults in force upon one component, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Empty in all but a few components of a test.
    forced: Vec<(u64, Fault)>,
}

impl Faults {
    pub(crate) fn current(&self) -> Option<Fault> {
        self.forced.last().map(|(_, fault)| *fault)
    }

    /// Puts a fault last, in place of an earlier one of the same id.
    pub(crate) fn force(&mut self, id: u64, fault: Fault) {
        self.lift(id);
        self.forced.push((id, fault));
    }

    pub(crate) fn lift(&mut self, id: u64) {
        self.forced.retain(|(other, _)| *other != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_fault_counts_and_lifting_it_brings_back_the_one_before() {
        let mut faults = Faults::default();
        assert_eq!(faults.current(), None);
        faults.force(1, Fault::Down);
        faults.force(2, Fault::Hang);
        assert_eq!(faults.current(), Some(Fault::Hang));
        faults.force(1, Fault::Panic);
        assert_eq!(faults.current(), Some(Fault::Panic));
        faults.lift(1);
        assert_eq!(faults.current(), Some(Fault::Hang));
        faults.lift(2);
        faults.lift(2);
        assert_eq!(faults.current(), None);
    }
}
