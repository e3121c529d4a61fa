//! A store in memory: what a table's changes amount to.

use std::collections::BTreeMap;

use super::*;

#[derive(Default)]
pub(super) struct Shelf {
    pub(super) watches: BTreeMap<u64, Watch>,
    pub(super) absences: Vec<Absence>,
}

impl Shelf {
    pub(super) fn keep(&mut self, effects: &Effects) {
        for change in &effects.changes {
            match change {
                Change::Kick { id, at, deadline } => {
                    let watch = self.watches.get_mut(id).expect("it was put before");
                    (watch.last, watch.deadline) = (*at, *deadline);
                }
                Change::Put(watch) => drop(self.watches.insert(watch.id, (**watch).clone())),
                Change::Retire(watch) => drop(self.watches.remove(&watch.id)),
                Change::Absence(absence) => self.absences.push(*absence),
            }
        }
    }

    /// What a restart makes of it: the table as it was, but for deadlines that an absence has moved,
    /// which may be later up to its bound.
    pub(super) fn check(&self, table: &Table, now: Now) {
        let limits = Limits::default();
        let watches = self.watches.values().cloned().collect();
        let restored = Table::restore(limits, watches, now, &self.absences);
        let bound = |watch: &Watch| {
            let ends = self.absences.iter().map(|absence| absence.to);
            ends.max().unwrap_or(0) + watch.timeout.min(PATIENCE)
        };
        let all = |table: &Table| -> Vec<Watch> {
            table.select(Namespace::Named, "", "").cloned().collect()
        };
        let (live, again) = (all(table), all(&restored));
        assert_eq!(live.len(), again.len());
        for (live, mut again) in live.into_iter().zip(again) {
            assert!(again.deadline >= live.deadline);
            assert!(
                again.deadline == live.deadline
                    || again.deadline.saturating_add(live.grace) <= bound(&live) + live.grace,
                "{live:?} {again:?}"
            );
            again.deadline = live.deadline;
            assert_eq!(live, again);
        }
    }
}
