//! The cases, by what they are about.

mod absence;
mod budget;
mod checks;
mod descendants;
mod ends;
mod hostile;
mod idle;
mod kicks;
mod log;
mod misuse;
mod notify;
mod signals;
mod streams;
mod upward;

use libtest_mimic::{Completion, Failed, Trial};

use crate::skip;
use crate::watch::{Outcome, Place, no_namespaces};

pub(crate) type Case = fn(Place) -> Result<(), Failed>;

pub(crate) fn trials() -> Vec<Trial> {
    let all = [
        absence::trials(),
        budget::trials(),
        checks::trials(),
        descendants::trials(),
        ends::trials(),
        hostile::trials(),
        idle::trials(),
        kicks::trials(),
        log::trials(),
        misuse::trials(),
        notify::trials(),
        signals::trials(),
        streams::trials(),
        upward::trials(),
        crate::terminal::trials(),
    ];
    all.into_iter().flatten().collect()
}

/// Each case as an ordinary process and as PID 1.
pub(crate) fn twice(cases: &'static [(&'static str, Case)]) -> Vec<Trial> {
    let both = cases
        .iter()
        .flat_map(|(name, case)| [once(name, *case), init(name, *case)]);
    both.collect()
}

fn init(name: &str, case: Case) -> Trial {
    Trial::ignorable_test(format!("{name}, as PID 1"), move || {
        if let Some(why) = no_namespaces() {
            return skip(why);
        }
        case(Place::Init).map(|()| Completion::Completed)
    })
}

pub(crate) fn once(name: &str, case: Case) -> Trial {
    Trial::test(name, move || case(Place::Ordinary))
}

/// The exit code, and what the watchdog said, in this order: a part of each line, and all lines.
pub(crate) fn expect(outcome: &Outcome, code: i32, lines: &[&str]) -> Result<(), Failed> {
    let fits = outcome.err.len() == lines.len()
        && outcome
            .err
            .iter()
            .zip(lines)
            .all(|(line, part)| line.contains(part));
    match outcome.code == code && fits {
        true => Ok(()),
        false => Err(format!("not {code} and {lines:?}: {outcome:?}").into()),
    }
}

/// That a condition holds, with what there is to see.
pub(crate) fn hold(condition: bool, seen: &dyn std::fmt::Debug) -> Result<(), Failed> {
    match condition {
        true => Ok(()),
        false => Err(format!("{seen:?}").into()),
    }
}
