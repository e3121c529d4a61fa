//! What asks a server: `watchdog kick`, `status` and the others, and the same as `wd`.
//!
//! Touches `grammar`, `listing`, `secret`, `span`, `tokens` and `words`.
//!
//! Words become an errand, the errand requests, the answers text: all of that is pure. Servers are asked
//! in an order of chance until one answers. Whatever an answer begins with is final; the next one is asked
//! only where no connection came about, or none answered in time, or it was closed before an answer.
//!
//! | verb | request | proof |
//! |---|---|---|
//! | kick, fault, status | of the Global Watch Dog | a hash of the token and the name |
//! | retire, clear, monitor | of the Global Watch Dog | the hash and, where nobody can read it, the token |
//! | auth | of the Global Watch Dog; with options JSON | the hash, and the token |
//! | pause, resume, deliveries, resend, status with `--json` or without a prefix | JSON | the token |
//! | delmonitor | of the Global Watch Dog | none: the id is enough |
//!
//! Anybody on the way can read what goes over `http://` to another host. There the token does not go, nor
//! does an answer that is one, unless `--plain` says so.

mod answer;
mod ask;
mod call;
mod deliveries;
mod endpoint;
mod errand;
mod names;
mod request;
mod settings;
mod status;
mod token;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::grammar::{Line, Verb};
use crate::words;
use ask::Client;
use call::Failure;
use errand::Errand;
use request::Request;

/// Does what the words ask for.
pub(crate) fn follow(program: &str, verb: &'static Verb, words: Vec<OsString>) -> ExitCode {
    match errand(program, verb, words) {
        Ok(code) => code,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "{program}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn errand(program: &str, verb: &'static Verb, words: Vec<OsString>) -> Result<ExitCode, String> {
    let line = Line::read(verb, words).map_err(|misuse| misuse.to_string())?;
    let errand = Errand::read(&line)?;
    let client = Client::new(settings::read(&line)?, &errand)?;
    let hash = client.token();
    let said = match &errand {
        Errand::Status(status) => return status::show(program, &client, status),
        Errand::Deliveries {
            sink,
            is_dead,
            is_json,
        } => return deliveries::show(&client, sink.as_deref(), *is_dead, *is_json),
        Errand::Resend { id, sink } => {
            let request = request::resend(id.as_deref(), sink);
            let body = client.ask(&request).map_err(Failure::text)?;
            let count = answer::resent(&body)?;
            let deliveries = if count == 1 { "delivery" } else { "deliveries" };
            Some(format!("{count} {deliveries} to be sent again"))
        }
        Errand::Kick { name, seconds, all } => {
            let request = request::kick(hash, name, *seconds);
            if *all {
                client.ask_all(&request)?;
            } else {
                client.ask(&request).map_err(Failure::text)?;
            }
            None
        }
        Errand::Fault { name, reason } => {
            let request = request::fault(hash, name, reason);
            client.ask(&request).map_err(Failure::text)?;
            None
        }
        Errand::Sweep { verb, prefix } => {
            let request = request::sweep(hash, verb, prefix);
            client.ask(&request).map_err(Failure::text)?;
            None
        }
        Errand::DeleteMonitor { id } => {
            let request = request::delete_monitor(id);
            client.ask(&request).map_err(Failure::text)?;
            None
        }
        Errand::Monitor { kind, prefix, args } => {
            let request = request::monitor(hash, kind, prefix, args);
            let body = client.ask(&request).map_err(Failure::text)?;
            Some(words::one_line(String::from_utf8_lossy(&body).trim_end()))
        }
        Errand::Auth { prefix, wish, .. } => Some(auth(program, &client, prefix, wish.as_ref())?),
        Errand::Hold { prefix, hold } => {
            let request = request::hold(prefix, hold.as_ref());
            let body = client.ask(&request).map_err(Failure::text)?;
            let count = answer::count(&body)?;
            let watches = if count == 1 { "watch" } else { "watches" };
            let done = hold.as_ref().map_or("resumed", |_| "paused");
            Some(format!("{count} {watches} {done}"))
        }
    };
    Ok(said.map_or(ExitCode::SUCCESS, |said| print(&format!("{said}\n"))))
}

/// The token alone goes to stdout, so that it can go on into a file.
fn auth(
    program: &str,
    client: &Client,
    prefix: &str,
    wish: Option<&errand::Wish>,
) -> Result<String, String> {
    let request: Request = match wish {
        None => request::auth(client.token(), prefix),
        Some(wish) => request::mint(prefix, wish),
    };
    let body = client.ask(&request).map_err(Failure::text)?;
    let (token, note) = match wish {
        None => (answer::token(&body)?, None),
        Some(_) => answer::minted(&body)?,
    };
    if let Some(note) = note {
        let _ = writeln!(io::stderr(), "{program}: {note}");
    }
    Ok(token)
}

/// Nobody who reads: nothing more can be said, and that is a failure.
fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
