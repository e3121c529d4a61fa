//! `watchdog serve`, the real program, on one core together with its store, and who asks it on another
//! one: what it bears, how soon it answers and notices, and what this machine lets it.
//!
//! Prints a table in Markdown, and fails where a bar is missed; of the parts `machine`, `kicks`, `million`,
//! `storm`, `page` and `watchers` those that are named, or all. `WATCHDOG_TEST_DIRECTORY` names a disk
//! other than that of the build.

mod bare;
mod disk;
mod kicks;
mod load;
mod machine;
mod million;
mod page;
mod seed;
mod server;
mod storm;
mod table;
mod watchers;

use std::process::ExitCode;

use machine::{Cores, Room};
use table::Table;

fn main() -> ExitCode {
    let cores = Cores::apart();
    let room = Room::new();
    let mut table = Table::new();
    // cargo's own words are no parts.
    let words: Vec<_> = std::env::args_os()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let is_wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    if is_wanted("machine") {
        eprintln!("what this machine lets anybody do");
        disk::measure(&room, &mut table);
        bare::measure(&cores, &mut table);
    }
    if is_wanted("kicks") {
        eprintln!("kicks");
        kicks::measure(&cores, &room, &mut table);
    }
    if is_wanted("million") {
        eprintln!("a million watches");
        million::measure(&cores, &room, &mut table);
    }
    if is_wanted("storm") {
        eprintln!("a storm");
        storm::measure(&cores, &room, &mut table);
    }
    if is_wanted("page") {
        eprintln!("the page");
        page::measure(&cores, &room, &mut table);
    }
    if is_wanted("watchers") {
        eprintln!("those who follow a service");
        watchers::measure(&cores, &room, &mut table);
    }
    table.finish()
}
