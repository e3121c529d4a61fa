//! What the crate healthchecks says to a ping server, one word at a time:
//! `pings URL UUID success|failure|failure-with TEXT|start|run`. It ends with 1 where
//! the crate says that it did not succeed.

use std::process::ExitCode;

use healthchecks::ping::get_client_with_url;
use uuid::Uuid;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [url, uuid, verb, rest @ ..] = &words[..] else {
        return ExitCode::from(2);
    };
    let client = match get_client_with_url(uuid, url) {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let run = Uuid::new_v4();
    let is_done = match (*verb, rest) {
        ("success", []) => client.report_success(),
        ("failure", []) => client.report_failure(),
        ("failure-with", [text]) => client.report_failure_with_logs(text),
        ("start", []) => client.start_timer(),
        // A run with an id of its own.
        ("run", []) => {
            client.start_timer_with_run_id(Some(&run))
                && client.report_success_with_run_id(Some(&run))
        }
        _ => return ExitCode::from(2),
    };
    if is_done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
