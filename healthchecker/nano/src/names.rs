//! The names of the options, and which of them a word gives.

use healthchecker_core::cursor::Cursor;

/// The names of all options, a line each; their places here are their numbers below. The first
/// stands for the positional argument.
pub(crate) const NAMES: &str = "url
--port
--timeout
--help
--version
--verbose
--port-env
--host
--path
--method
--header
--status
--contains
--json
--wait
--interval
--cacert
--server-name
--insecure
-p
-t
-h
";

/// An option's place in [`NAMES`].
pub(crate) type Name = usize;

pub(crate) const URL: Name = 0;
pub(crate) const PORT: Name = 1;
pub(crate) const TIMEOUT: Name = 2;
pub(crate) const HELP: Name = 3;
pub(crate) const VERSION: Name = 4;
pub(crate) const VERBOSE: Name = 5;
pub(crate) const PORT_ENV: Name = 6;
pub(crate) const HOST: Name = 7;
pub(crate) const PATH: Name = 8;
pub(crate) const METHOD: Name = 9;
pub(crate) const HEADER: Name = 10;
pub(crate) const STATUS: Name = 11;
/// The first of those that `healthchecker` has and this program lacks.
pub(crate) const LACKED: Name = 12;
/// The first of the short ones, in the order of the long ones from [`PORT`].
pub(crate) const SHORT: Name = 19;

/// The option that a word names, with two dashes or, as Go's flags have it, one.
pub(crate) fn known(word: &[u8]) -> Option<Name> {
    let mut name = URL;
    loop {
        let text = nth(NAMES, name);
        if text == word || text.get(1..)? == word {
            break;
        }
        name += 1;
    }
    Some(if name < SHORT {
        name
    } else {
        name - SHORT + PORT
    })
}

/// One of the lines that a text holds, by its number. Empty after the last.
#[inline(never)]
pub(crate) fn nth(lines: &'static str, number: usize) -> &'static [u8] {
    let mut cursor = Cursor::new(lines.as_bytes());
    for _ in 0..number {
        cursor.until(b'\n');
        cursor.eat(b'\n');
    }
    cursor.until(b'\n')
}

/// Passes over the first of some lines that comes next in any case, and gives its number.
#[inline(never)]
pub(crate) fn eat_one_of(lines: &'static str, cursor: &mut Cursor<'_>) -> Option<usize> {
    let mut number = 0;
    loop {
        let line = nth(lines, number);
        if line.is_empty() {
            return None;
        }
        if cursor.eat_in_any_case(line) {
            return Some(number);
        }
        number += 1;
    }
}
