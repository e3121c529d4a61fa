//! All watches: found by name, by prefix and by uuid, and each with its timer.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::absence::Absence;
use super::command::Fresh;
use super::name::{Key, Namespace, covers};
use super::timers::Timers;
use super::watch::{Millis, NEVER, Now, Watch};

/// So many instances of services there may be: whoever makes them needs no token.
pub const MOST_INSTANCES: usize = 10_000;

/// So many bytes instances may have with them in all: whoever discovers them is sent all of that.
pub const MOST_INSTANCE_BYTES: usize = 16 * 1_024 * 1_024;

/// How many watches there may be, beside [`MOST_INSTANCES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub watches: usize,
    /// That open heartbeats have made.
    pub heartbeats: usize,
}

impl Default for Limits {
    /// A million, and a thousand of open heartbeats.
    fn default() -> Self {
        Self {
            watches: 1_000_000,
            heartbeats: 1_000,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// When the entry in the heap that counts is due; [`NEVER`]: there is none.
    armed: Millis,
    pub(super) watch: Watch,
}

/// All watches.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    names: BTreeMap<Key, u32>,
    uuids: BTreeMap<u128, u32>,
    heartbeats: usize,
    instances: usize,
    /// What they have with them in all.
    instance_bytes: usize,
    pub(super) timers: Timers,
    limits: Limits,
    /// The last time that was told to the table.
    pub(super) seen: Now,
}

impl Table {
    /// No watch yet.
    pub fn new(limits: Limits, now: Now) -> Self {
        Self::restore(limits, Vec::new(), now, &[])
    }

    /// The table as it was at `seen`, when it was last known to be alive. Absences that it had shortly
    /// before are counted again; the one since then is noticed with the first command.
    pub fn restore(
        limits: Limits,
        mut watches: Vec<Watch>,
        seen: Now,
        absences: &[Absence],
    ) -> Self {
        for watch in &mut watches {
            for absence in absences {
                absence.excuse(watch);
            }
            let heard = seen.wall_of(watch.last);
            if is_instance(watch)
                && watch.last != 0
                && let Some(extra) = watch.extra.as_deref_mut()
            {
                extra.heard = heard;
            }
        }
        let slots: Vec<_> = watches
            .into_iter()
            .map(|watch| {
                let armed = watch.due();
                Some(Slot { armed, watch })
            })
            .collect();
        let numbered = || {
            (0_u32..).zip(&slots).filter_map(|(at, slot)| {
                let slot = slot.as_ref()?;
                Some((at, slot))
            })
        };
        Self {
            free: Vec::new(),
            names: by_name(numbered().map(|(at, slot)| (at, &slot.watch.key))),
            uuids: numbered()
                .filter_map(|(at, slot)| Some((slot.watch.uuid()?, at)))
                .collect(),
            heartbeats: numbered().filter(|(_, slot)| is_open(&slot.watch)).count(),
            instances: numbered()
                .filter(|(_, slot)| is_instance(&slot.watch))
                .count(),
            instance_bytes: numbered().map(|(_, slot)| weight(&slot.watch)).sum(),
            timers: Timers::from_slots(numbered().map(|(at, slot)| (slot.armed, at))),
            slots,
            limits,
            seen,
        }
    }

    /// The watch of a name.
    pub fn get(&self, key: &Key) -> Option<&Watch> {
        self.watch(*self.names.get(key)?)
    }

    /// The watches that stand above one of this name, by whole labels, the nearest first: `dc.server2` and
    /// `dc` above `dc.server2.disk`. In other namespaces nothing stands above anything.
    pub fn above<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = &'a Watch> + use<'a> {
        key.above()
            .filter_map(|above| self.watch(*self.names.get(above)?))
    }

    /// The watch of a ping URL.
    pub fn get_by_uuid(&self, uuid: u128) -> Option<&Watch> {
        self.watch(*self.uuids.get(&uuid)?)
    }

    /// The watches whose names begin with `prefix` and that `authority` covers, by name. Costs as much
    /// as there are names with the prefix.
    pub fn select<'a>(
        &'a self,
        namespace: Namespace,
        prefix: &str,
        authority: &'a str,
    ) -> impl Iterator<Item = &'a Watch> {
        self.selected(namespace, prefix, authority)
            .filter_map(|slot| self.watch(slot))
    }

    /// The watches whose names begin with `prefix` and come after `after`, by name and whosever they
    /// are. Costs as much as is taken of it.
    pub fn after<'a>(
        &'a self,
        namespace: Namespace,
        prefix: &str,
        after: &str,
    ) -> impl Iterator<Item = &'a Watch> + use<'a> {
        let past = Key::beginning(namespace, after);
        let past = (!after.is_empty()).then_some(past);
        self.beginning(namespace, prefix, past)
            .filter_map(|(_, &slot)| self.watch(slot))
    }

    /// How many watches there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// When [`Command::Expire`](super::Command::Expire) has something to do, at the earliest.
    pub fn next_due(&self) -> Option<Millis> {
        self.timers.first().map(|(due, _)| due)
    }

    pub(super) fn selected<'a>(
        &'a self,
        namespace: Namespace,
        prefix: &str,
        authority: &'a str,
    ) -> impl Iterator<Item = u32> + 'a {
        self.beginning(namespace, prefix, None)
            .filter(move |(key, _)| covers(authority, key.name()))
            .map(|(_, &slot)| slot)
    }

    /// Those whose keys begin so, and that come after a key.
    fn beginning<'a>(
        &'a self,
        namespace: Namespace,
        prefix: &str,
        past: Option<String>,
    ) -> impl Iterator<Item = (&'a Key, &'a u32)> + use<'a> {
        let beginning = Key::beginning(namespace, prefix);
        let from = match past.as_deref().filter(|past| *past >= &*beginning) {
            Some(past) => Bound::Excluded(past),
            None => Bound::Included(&*beginning),
        };
        self.names
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(move |(key, _)| {
                let text: &str = std::borrow::Borrow::borrow(*key);
                text.starts_with(&beginning)
            })
    }

    pub(super) fn slot_of(&self, key: &Key) -> Option<u32> {
        self.names.get(key).copied()
    }

    pub(super) fn slot_of_uuid(&self, uuid: u128) -> Option<u32> {
        self.uuids.get(&uuid).copied()
    }

    /// Whether one more watch of this name may be.
    pub(super) fn has_room(&self, key: &Key) -> bool {
        let has_its_own = match key.namespace() {
            Namespace::Named => true,
            Namespace::Heartbeat => self.heartbeats < self.limits.heartbeats,
            Namespace::Registry => self.instances < MOST_INSTANCES,
        };
        has_its_own && self.len() < self.limits.watches
    }

    pub(super) fn insert(&mut self, key: Key, fresh: Fresh, now: Millis) -> u32 {
        let mut watch = Watch::new(
            fresh.id,
            key.clone(),
            fresh.kind,
            fresh.timeout,
            fresh.grace,
            now,
        );
        let at = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(uuid) = fresh.uuid {
            watch.extra().uuid = Some(uuid);
            self.uuids.insert(uuid, at);
        }
        self.heartbeats += usize::from(is_open(&watch));
        self.instances += usize::from(is_instance(&watch));
        self.names.insert(key, at);
        self.slots[at as usize] = Some(Slot {
            armed: NEVER,
            watch,
        });
        at
    }

    pub(super) fn remove(&mut self, at: u32) -> Option<Watch> {
        let watch = self.slots.get_mut(at as usize)?.take()?.watch;
        self.names.remove(&watch.key);
        if let Some(uuid) = watch.uuid() {
            self.uuids.remove(&uuid);
        }
        self.heartbeats -= usize::from(is_open(&watch));
        self.instances -= usize::from(is_instance(&watch));
        self.instance_bytes -= weight(&watch);
        self.free.push(at);
        Some(watch)
    }

    /// Whether a watch may have so many bytes with it.
    pub(super) fn has_room_for(&self, at: u32, bytes: usize) -> bool {
        let before = self.watch(at).map_or(0, weight);
        bytes <= before || self.instance_bytes - before + bytes <= MOST_INSTANCE_BYTES
    }

    /// What a watch has with it weighs so much, where it was as much as `before`.
    pub(super) fn weigh(&mut self, at: u32, before: usize) {
        self.instance_bytes = self.instance_bytes + self.weight(at) - before;
    }

    /// What a watch has with it.
    pub(super) fn weight(&self, at: u32) -> usize {
        self.watch(at).map_or(0, weight)
    }

    fn watch(&self, at: u32) -> Option<&Watch> {
        let slot = self.slots.get(at as usize)?.as_ref()?;
        Some(&slot.watch)
    }

    pub(super) fn watch_mut(&mut self, at: u32) -> Option<&mut Watch> {
        let slot = self.slots.get_mut(at as usize)?.as_mut()?;
        Some(&mut slot.watch)
    }

    /// Sees to it that the watch is looked at when it is due. Later is the entry's own business.
    pub(super) fn arm(&mut self, at: u32) {
        let Some(Some(slot)) = self.slots.get_mut(at as usize) else {
            return;
        };
        let due = slot.watch.due();
        if due < slot.armed {
            slot.armed = due;
            self.timers.push(due, at);
            if self.timers.is_stale(self.names.len()) {
                let slots = (0_u32..).zip(&self.slots);
                self.timers = Timers::from_slots(
                    slots.filter_map(|(at, slot)| Some((slot.as_ref()?.armed, at))),
                );
            }
        }
    }

    /// Takes a timer entry: its slot, if the entry counts.
    pub(super) fn disarm(&mut self, due: Millis, at: u32) -> Option<&Watch> {
        let slot = self.slots.get_mut(at as usize)?.as_mut()?;
        if slot.armed != due {
            return None;
        }
        slot.armed = NEVER;
        Some(&slot.watch)
    }
}

/// All names in their order. How each begins lies beside its slot while they are sorted: to follow both
/// to their texts for every comparison takes longer than the rest of a start.
fn by_name<'a>(keys: impl Iterator<Item = (u32, &'a Key)>) -> BTreeMap<Key, u32> {
    let mut sorted: Vec<_> = keys.map(|(at, key)| (key.begins(), at, key)).collect();
    sorted.sort_unstable_by(|(begins, _, key), (others, _, other)| {
        begins.cmp(others).then_with(|| key.cmp(other))
    });
    // What comes in order is not sorted again.
    let names = sorted.into_iter().map(|(_, at, key)| (key.clone(), at));
    names.collect()
}

/// Whether it counts among those that open heartbeats have made.
fn is_open(watch: &Watch) -> bool {
    watch.key.namespace() == Namespace::Heartbeat
}

/// What an instance has with it, in bytes; others count nothing.
fn weight(watch: &Watch) -> usize {
    if is_instance(watch) {
        watch.payload().len()
    } else {
        0
    }
}

fn is_instance(watch: &Watch) -> bool {
    watch.key.namespace() == Namespace::Registry
}
