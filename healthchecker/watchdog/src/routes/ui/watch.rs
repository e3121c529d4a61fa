//! The page of one watch, with what the store knows of its past.

use super::super::{Head, Routes};
use super::looker::Looker;
use super::{busy, refuse, shown, up};
use crate::dialects::Answer;
use crate::store::Wish;
use crate::ui::{self, Card, DAYS, Past};

/// A day in milliseconds.
const DAY: u64 = 86_400_000;

impl Routes {
    pub(super) async fn watch(&self, head: &Head<'_>, rest: &str, looker: &Looker) -> Answer {
        let up = up(&head.path[4..]);
        let Some(key) = ui::key(rest, head.query) else {
            return missing(&up);
        };
        let before = match before(head.query) {
            Ok(before) => before,
            Err(()) => return refuse(400, "Not understood", "before is a number.", &up),
        };
        let after = self.house.feed.last();
        let (card, now) = self.house.owner.read(|desk, now| {
            // What is not its own is not there, whether it is or not.
            let watch = desk.table.get(&key).filter(|_| looker.sees(&key));
            (watch.map(|watch| Card::new(watch, now)), now)
        });
        let Some(card) = card else {
            return missing(&up);
        };
        let server = self.server(head, now, looker);
        let reader = self.house.page.reader.clone();
        let mut wish = Wish::new(card.row.id, now.wall.saturating_sub(DAYS as u64 * DAY));
        wish.before = before;
        let made = self.house.page.make(move || {
            let history = reader.and_then(|reader| reader.history(&wish).ok());
            let past = Past {
                history,
                is_older: before.is_some(),
            };
            ui::watch(&card, &past, &server, now.wall, after, &up)
        });
        made.await.map_or_else(busy, shown)
    }
}

/// Which events are asked for.
fn before(query: &str) -> Result<Option<u64>, ()> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let Some((_, value)) = pairs.find(|(name, _)| name == "before") else {
        return Ok(None);
    };
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number.map(Some).ok_or(())
}

fn missing(up: &str) -> Answer {
    let text = "There is no watch of this name, or it is not yours to see. A kick makes one.";
    refuse(404, "No such watch", text, up)
}
