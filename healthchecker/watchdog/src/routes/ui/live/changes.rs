//! What has changed since the last time, as the pieces that are sent.

use std::collections::BTreeMap;

use super::super::gather::{gather, server};
use super::{End, Stream, Subject};
use crate::ui::{self, Ask, Card, MOST_KICKS, MOST_ROWS, Part, Pick, Picked, Row};
use crate::watches::{Key, Millis};

/// So many rows are sent at once; where more have changed, the page is asked for anew.
const MOST: usize = 200;

/// A tree of so many rows is sent anew; a larger one is asked for anew, so long after.
const TREE: usize = 1_000;
const LATER: u32 = 2_000;

/// Of so many watches the states are counted after each change, of more now and then.
const COUNTED: usize = 20_000;

impl Stream {
    /// Something has happened.
    pub(super) async fn changed(&mut self) -> Result<(), End> {
        let Some(events) = self.house.feed.since(self.number) else {
            return self.resync(0).await;
        };
        let mut changed = BTreeMap::new();
        for (number, event) in events {
            self.number = number;
            // What was only said has changed no row, and is no reason to read a page anew.
            let is_only_said = event.from == event.to && matches!(self.subject, Subject::Watch(_));
            if self.looker.sees(&event.key) && !is_only_said {
                changed
                    .entry(event.key.clone())
                    .or_insert_with(Vec::new)
                    .push(event.id);
            }
        }
        if !self.may_go_on() {
            return Err(End);
        }
        let ask = match &self.subject {
            Subject::Watch(key) => {
                return match changed.contains_key(key) {
                    true => self.resync(0).await,
                    false => Ok(()),
                };
            }
            Subject::List(ask) => ask.clone(),
        };
        if changed.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        if ask.is_tree {
            let picked = gather(&self.house, ask.clone(), &self.looker.authority, MOST_ROWS).await;
            if picked.rows.len() > TREE {
                return self.resync(LATER).await;
            }
            parts.push(Part::Piece(ui::tree(&picked, self.house.owner.now().wall)));
        } else if changed.len() > MOST {
            return self.resync(0).await;
        } else {
            self.rows(&ask, &changed, &mut parts);
        }
        if self.house.owner.read(|desk, _| desk.table.len()) <= COUNTED {
            let picked = gather(&self.house, ask, &self.looker.authority, 1).await;
            self.count(ui::counts(&picked), &mut parts);
        }
        self.tell(&parts).await
    }

    /// The rows that have changed, as they are now.
    fn rows(&self, ask: &Ask, changed: &BTreeMap<Key, Vec<u64>>, parts: &mut Vec<Part>) {
        let mut rows = Vec::new();
        let now = self.house.owner.read(|desk, now| {
            for (key, ids) in changed {
                let row = desk.table.get(key).map(|watch| Row::new(watch, now));
                let row = row.filter(|row| Pick::matches(ask, row));
                let shown = row.as_ref().map(|row| row.id);
                let gone = ids.iter().filter(|id| shown != Some(**id));
                parts.extend(gone.map(|&id| Part::Gone(id)));
                rows.extend(row);
            }
            now
        });
        let pieces = rows
            .iter()
            .map(|row| Part::Piece(ui::row(row, ask, now.wall)));
        parts.extend(pieces);
    }

    /// What changes without an event; whether anything was sent.
    pub(super) async fn look(&mut self) -> Result<bool, End> {
        if !self.may_go_on() {
            return Err(End);
        }
        let now = self.house.owner.now();
        let mut parts = Vec::new();
        let server = server(&self.house, now, String::new(), &self.looker.authority);
        let server = ui::server(&server, now.wall);
        if self.server != server.0 {
            self.server.clone_from(&server.0);
            parts.push(Part::Piece(server));
        }
        match &self.subject {
            Subject::Watch(key) => {
                let card = self
                    .house
                    .owner
                    .read(|desk, now| desk.table.get(key).map(|watch| Card::new(watch, now)));
                if let Some(card) = card {
                    let card = ui::card(&card, now.wall);
                    if self.card != card.0 {
                        self.card.clone_from(&card.0);
                        parts.push(Part::Piece(card));
                    }
                }
            }
            Subject::List(ask) if ask.is_tree => {}
            Subject::List(ask) => {
                let ask = ask.clone();
                let picked = gather(&self.house, ask, &self.looker.authority, MOST_ROWS).await;
                self.count(ui::counts(&picked), &mut parts);
                self.reason(&picked, now.wall, &mut parts);
                let mut kicked: Vec<_> = picked
                    .rows
                    .iter()
                    .filter(|row| row.was_kicked_after(self.kicked))
                    .collect();
                kicked.sort_unstable_by_key(|row| row.last_kick());
                kicked.truncate(MOST_KICKS);
                if let Some(last) = kicked.last() {
                    self.kicked = last.last_kick();
                    parts.push(ui::kicks(kicked));
                }
            }
        }
        self.tell(&parts).await?;
        Ok(!parts.is_empty())
    }

    /// The rows whose reason is another one than it was.
    fn reason(&mut self, picked: &Picked, now: Millis, parts: &mut Vec<Part>) {
        let rows = picked.rows.iter().filter(|row| !row.reason().is_empty());
        if let Some(before) = &self.reasons {
            let is_other =
                |row: &&Row| before.get(&row.id).is_none_or(|old| **old != *row.reason());
            let others = rows.clone().filter(is_other).take(MOST);
            parts.extend(others.map(|row| Part::Piece(ui::row(row, &picked.ask, now))));
        }
        let reasons = rows.map(|row| (row.id, row.reason().into()));
        self.reasons = Some(reasons.collect());
    }

    fn count(&mut self, counts: maud::Markup, parts: &mut Vec<Part>) {
        if self.counts != counts.0 {
            self.counts.clone_from(&counts.0);
            parts.push(Part::Piece(counts));
        }
    }
}
