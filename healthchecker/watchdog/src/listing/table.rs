//! Rows as text: the layout of the Global Watch Dog's own `wd`.

use std::fmt::Write;

use super::Row;
use crate::words;

/// How the table looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) is_headed: bool,
    pub(crate) is_coloured: bool,
    /// Whether only a tab stands between fields.
    pub(crate) is_tabbed: bool,
    /// Whether what is down comes first.
    pub(crate) is_bad_first: bool,
}

const HEADER: [&str; 5] = ["STATE", "NAME", "EXPIRES", "CUMD", "REASON"];
const RED: &str = "\u{1b}[1;31m";
const GREEN: &str = "\u{1b}[1;32m";
const RESET: &str = "\u{1b}[0m";

/// The table, each line with its end.
pub(crate) fn table(mut rows: Vec<Row>, look: Look) -> String {
    if look.is_bad_first {
        rows.sort_by_key(|row| !row.is_down());
    }
    let rows: Vec<_> = rows.iter().map(cells).collect();
    let names = rows.iter().map(|(_, cells)| cells[1].chars().count());
    let widest = names.max().unwrap_or(0).max(4);
    let mut text = String::new();
    if look.is_headed {
        line(&mut text, &HEADER.map(str::to_owned), widest, look);
        text.push('\n');
    }
    for (is_down, cells) in &rows {
        if look.is_coloured {
            text.push_str(if *is_down { RED } else { GREEN });
        }
        line(&mut text, cells, widest, look);
        if look.is_coloured {
            text.push_str(RESET);
        }
        text.push('\n');
    }
    text
}

/// Nothing in them ends a field or acts on a terminal.
fn cells(row: &Row) -> (bool, [String; 5]) {
    let cells = [
        words::one_line(&row.state),
        words::one_line(&row.name),
        words::one_line(&row.expires),
        go_duration(row.down),
        words::one_line(&row.reason),
    ];
    (row.is_down(), cells)
}

fn line(text: &mut String, cells: &[String; 5], widest: usize, look: Look) {
    let [state, name, expires, down, reason] = cells;
    let _ = if look.is_tabbed {
        write!(text, "{state}\t{name}\t{expires}\t{down}\t{reason}")
    } else {
        write!(
            text,
            "{state:>4} {name:widest$} {expires:32} {down:8} {reason}"
        )
    };
}

/// Milliseconds as Go's `time.Duration` has them, cut to seconds: `1h2m3s`, `2m0s`, `0s`.
fn go_duration(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}
