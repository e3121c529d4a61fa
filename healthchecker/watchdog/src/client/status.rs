//! `status`: asked once or again and again, and shown.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use super::ask::Client;
use super::call::Failure;
use super::errand::Status;
use super::{print, request};
use crate::listing::{Look, Pages, Row, rows, table};

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(2);

/// Where something is down, for who asks for it.
const DOWN: u8 = 2;

/// All pages together may have so many bytes, as one answer in lines; each counts for at least so many.
const MOST_BYTES: usize = 64 * 1024 * 1024;
const LEAST_PAGE: usize = 1024;

const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Shows it, and goes on with that where it is watched: a server that does not answer may come back.
pub(super) fn show(program: &str, client: &Client, status: &Status) -> Result<ExitCode, String> {
    let is_terminal = io::stdout().is_terminal();
    let mut is_first = true;
    loop {
        match look(client, status, is_terminal) {
            Ok((text, is_down)) => {
                let before = match (status.is_watched, is_terminal, is_first) {
                    (true, true, _) => CLEAR,
                    (true, false, false) => "\n",
                    _ => "",
                };
                is_first = false;
                let printed = print(&format!("{before}{text}"));
                if printed != ExitCode::SUCCESS {
                    return Ok(printed);
                }
                if !status.is_watched {
                    let is_told = status.has_exit_code && is_down;
                    return Ok(ExitCode::from(if is_told { DOWN } else { 0 }));
                }
            }
            Err(Failure::Unanswered(why)) if status.is_watched && !is_first => {
                let _ = writeln!(io::stderr(), "{program}: {why}");
            }
            Err(failure) => return Err(failure.text()),
        }
        thread::sleep(EVERY);
    }
}

/// What is to be shown, and whether something is down.
fn look(client: &Client, status: &Status, is_terminal: bool) -> Result<(String, bool), Failure> {
    let rows: Vec<Row>;
    if status.is_own {
        let pages = pages(client, &status.prefix)?;
        rows = pages.rows();
        if status.is_json {
            let is_down = rows.iter().any(Row::is_down);
            return Ok((pages.document() + "\n", is_down));
        }
    } else {
        let request = request::status(client.token(), &status.prefix);
        let body = client.ask(&request)?;
        rows = self::rows(&String::from_utf8_lossy(&body)).map_err(|line| {
            Failure::Final(format!("line {line} of the server's answer is no status"))
        })?;
    }
    let look = Look {
        is_headed: status.is_headed,
        is_coloured: status.may_colour && is_terminal && !is_colourless(),
        is_tabbed: status.is_tabbed,
        is_bad_first: status.is_bad_first,
    };
    let is_down = rows.iter().any(Row::is_down);
    Ok((table(rows, look), is_down))
}

fn pages(client: &Client, prefix: &str) -> Result<Pages, Failure> {
    let mut pages = Pages::default();
    let mut bytes = 0;
    loop {
        let body = client.ask(&request::page(prefix, pages.next()))?;
        if !pages.add(&body) {
            let problem = "the server did not answer with watches as JSON";
            return Err(Failure::Final(problem.to_owned()));
        }
        bytes += body.len().max(LEAST_PAGE);
        if pages.next().is_none() {
            return Ok(pages);
        }
        if bytes > MOST_BYTES {
            let problem = "there are more than 64 MiB of watches: name a longer prefix";
            return Err(Failure::Final(problem.to_owned()));
        }
    }
}

fn is_colourless() -> bool {
    env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || env::var_os("TERM").is_some_and(|term| term == "dumb")
}
