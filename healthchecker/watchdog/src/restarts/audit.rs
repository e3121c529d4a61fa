//! What is written down of restarts, as values of bytes and lines. Arguments are never in it: they may
//! be secrets.

use nix::sys::signal::Signal;

use super::runner::{End, Order, Outcome};
use crate::words;

/// What an event's body may have.
const LONGEST: usize = 10_000;

/// Its restart has begun.
pub(super) fn begun(order: &Order) -> String {
    format!("restart {} begins: {}", order.attempt, program(order))
}

/// How a restart's command has ended, in one line.
pub(super) fn ended(order: &Order, outcome: &Outcome) -> String {
    let took = words::duration(outcome.took);
    let limit = words::duration(order.time_limit);
    let end = match &outcome.end {
        End::Exited(code) => format!("exit code {code} after {took}"),
        End::Signalled(number) => match Signal::try_from(*number) {
            Ok(signal) => format!("{signal} after {took}"),
            Err(_) => format!("signal {number} after {took}"),
        },
        End::TimeLimit => format!("killed after its time limit of {limit}"),
        End::Stopped => format!("killed after {took}, since the server stops"),
        End::NotStarted(why) => format!("it cannot be started: {}", words::one_line(why)),
    };
    format!("restart {}: {}: {end}", order.attempt, program(order))
}

/// The same with the end of the output, whole lines as far as there are any.
pub(super) fn body(line: &str, output: &[u8]) -> Vec<u8> {
    let mut body = line.as_bytes().to_vec();
    if output.is_empty() {
        return body;
    }
    body.push(b'\n');
    let room = LONGEST.saturating_sub(body.len());
    let surplus = output.len().saturating_sub(room);
    let (cut, mut rest) = output.split_at(surplus);
    if !cut.is_empty()
        && !cut.ends_with(b"\n")
        && let Some(at) = rest.iter().position(|&byte| byte == b'\n')
        && at + 1 < rest.len()
    {
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    body.extend_from_slice(rest);
    body
}

fn program(order: &Order) -> String {
    words::one_line(order.exec.first().map_or("", String::as_str))
}
