//! `STATE⇥EXPIRES⇥NAME⇥CUMD_MS⇥REASON⏎`, a line for each watch.

use super::Row;

/// The rows of an answer; `Err`: the number of the first line that is none.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, usize> {
    let lines = text.lines().enumerate();
    lines.map(|(at, line)| row(line).ok_or(at + 1)).collect()
}

fn row(line: &str) -> Option<Row> {
    let mut fields = line.splitn(5, '\t');
    let [state, second, third, down, reason] = std::array::from_fn(|_| fields.next());
    let (second, third) = (second?, third?);
    // Clients disagree about the order, and so may servers: a date has blanks, a name has none.
    let is_swapped = third.contains(' ') && !second.contains(' ');
    let (expires, name) = if is_swapped {
        (third, second)
    } else {
        (second, third)
    };
    Some(Row {
        state: state?.to_owned(),
        name: name.to_owned(),
        expires: expires.to_owned(),
        down: down?.parse().ok()?,
        reason: reason?.trim().to_owned(),
    })
}
