//! The map of the house in `CONTRIBUTING.md`: a table for each crate, a row for
//! each room, from those that import to those that are imported.

use std::fmt;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::rooms::Room;

/// A row of the map.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The room's name.
    pub name: String,
    /// What the row says of it.
    pub room: Room,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = |words: &mut dyn Iterator<Item = &str>| {
            words
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let imports = code(&mut self.room.imports.iter().map(String::as_str));
        let files = code(
            &mut self
                .room
                .files
                .iter()
                .map(|file| file.trim_end_matches(".rs")),
        );
        write!(f, "| `{}` | … | {imports} | {files} |", self.name)
    }
}

/// The rows of the table after the heading that names a crate's sources.
///
/// The first cell of a row has the room's name, the third the rooms that it
/// imports and the fourth its files, all of them as code.
///
/// # Panics
///
/// If there is no such table.
pub fn map(text: &str, crate_dir: &str) -> Vec<Row> {
    let heading = format!("{crate_dir}/src");
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES)
        .skip_while(|event| !matches!(event, Event::Code(code) if **code == *heading))
        .skip_while(|event| *event != Event::End(TagEnd::TableHead));
    assert!(
        events.next().is_some(),
        "no table follows the heading `{heading}`"
    );
    let mut rows = Vec::new();
    let mut cell = 0;
    for event in events {
        match event {
            Event::Start(Tag::TableRow) => {
                cell = 0;
                rows.push(Row {
                    name: String::new(),
                    room: Room::default(),
                });
            }
            Event::End(TagEnd::TableCell) => cell += 1,
            Event::Code(code) => {
                let row = rows.last_mut().expect("code in a row");
                match cell {
                    0 => row.name = code.into_string(),
                    2 => drop(row.room.imports.insert(code.into_string())),
                    3 => drop(row.room.files.insert(format!("{code}.rs"))),
                    _ => {}
                }
            }
            Event::End(TagEnd::Table) => break,
            _ => {}
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "### `one/src`\n\n| room | is | imports | files |\n|---|---|---|---|\n\
        | `a` | with `b` | `b` `c` | `x` `y/z` |\n| `b` | text | | |\n\n\
        ### `two/src`\n\n| room | is | imports | files |\n|---|---|---|---|\n| `d` | text | | |\n";

    #[test]
    fn rows_are_read_and_written() {
        let rows = map(TEXT, "one");
        let written: Vec<_> = rows.iter().map(ToString::to_string).collect();
        assert_eq!(
            written,
            ["| `a` | … | `b` `c` | `x` `y/z` |", "| `b` | … |  |  |"]
        );
        assert!(rows[0].room.files.contains("y/z.rs"));
        assert_eq!(map(TEXT, "two").len(), 1);
    }

    #[test]
    #[should_panic(expected = "no table follows the heading `three/src`")]
    fn a_crate_without_a_table_is_refused() {
        map(TEXT, "three");
    }
}
