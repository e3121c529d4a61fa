//! What is sent while a page is looked at: events as `text/event-stream` has them.

use std::fmt::Write;

use maud::Markup;

use super::row::Row;
use super::text::exact;

/// Of so many watches that were kicked is told at once.
pub(crate) const MOST_KICKS: usize = 1_000;

/// One thing that is sent.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A piece of the page, which has an id.
    Piece(Markup),
    /// A row that is there no more.
    Gone(u64),
    /// The page is to be asked for anew, in so many milliseconds.
    Resync(u32),
    /// Watches were kicked, and nothing else has changed.
    Kicks(String),
}

impl Part {
    /// As it is sent, with the number of the last event that it knows of.
    pub(crate) fn write(&self, to: &mut String, number: u64) {
        let (event, data) = match self {
            Self::Piece(markup) => ("piece", markup.0.as_str()),
            Self::Gone(id) => ("gone", &*id.to_string()),
            Self::Resync(after) => ("resync", &*after.to_string()),
            Self::Kicks(kicks) => ("kicks", &**kicks),
        };
        // A String takes all.
        let _ = write!(to, "event: {event}\nid: {number}\n");
        for line in data.split(['\n', '\r']) {
            let _ = writeln!(to, "data: {line}");
        }
        to.push('\n');
    }
}

/// Of rows when they were last kicked and when they are due: `[[id,"2026-…","2026-…"],…]`.
pub(crate) fn kicks<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Part {
    let mut text = String::from("[");
    for row in rows {
        if text.len() > 1 {
            text.push(',');
        }
        let moment = |moment: Option<_>| moment.map(exact).unwrap_or_default();
        let (last, due) = (moment(row.last), moment(row.due));
        let _ = write!(text, "[{},\"{last}\",\"{due}\"]", row.id);
    }
    text.push(']');
    Part::Kicks(text)
}
