//! The page for people: plain values in, HTML out. Pure, and nothing on it changes anything.
//!
//! Touches `store`, `watches` and `words`.
//!
//! | file | what it is |
//! |---|---|
//! | `ask` | what a query string asks for, and the link that asks for it again |
//! | `pick` | which watches are shown, and in which order |
//! | `list`, `tree`, `watch` | the pages; `page` is what all have |
//! | `live` | what is sent while a page is looked at |

mod ask;
mod events;
mod kick;
mod list;
mod live;
mod page;
mod pick;
mod row;
mod strip;
mod text;
mod tree;
mod watch;

pub(crate) use ask::Ask;
pub(crate) use list::{Server, counts, list, server};
pub(crate) use live::{MOST_KICKS, Part, kicks};
pub(crate) use page::{POLICY, refusal};
pub(crate) use pick::{MOST_ROWS, Pick, Picked};
pub(crate) use row::{Row, row};
pub(crate) use strip::DAYS;
pub(crate) use text::key;
pub(crate) use tree::tree;
pub(crate) use watch::{Card, Past, card, watch};

#[cfg(test)]
mod tests;
