//! The command line as a function.
//!
//! Touches `client`, `grammar`, `options`, `run`, `serve` and `words`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::ExitCode;

#[cfg(feature = "client")]
use crate::client;
#[cfg(feature = "client")]
use crate::grammar::{self, Offer, VERBS, Verb};
#[cfg(feature = "run")]
use crate::options::RunOptions;
#[cfg(feature = "run")]
use crate::run;
#[cfg(feature = "serve")]
use crate::serve;
use crate::words;

/// What `run --help` prints.
pub const HELP: &str = include_str!("help.txt");

const VERSION: &str = concat!("watchdog ", env!("CARGO_PKG_VERSION"), "\n");

/// A subcommand: a row of [`subcommands`].
struct Subcommand {
    name: &'static str,
    /// What it does, in a list of them.
    #[cfg(feature = "client")]
    summary: &'static str,
    /// Its options, and whether each takes a value.
    #[cfg(feature = "client")]
    options: Vec<(&'static str, bool)>,
    help: String,
    follow: Box<dyn FnOnce(Vec<OsString>) -> ExitCode>,
}

/// Those of this build, in the order in which they are listed. `wd` is the Global Watch Dog's own command
/// line, which asks servers and does nothing else.
fn subcommands(program: &'static str) -> Vec<Subcommand> {
    #[cfg_attr(
        not(any(feature = "client", feature = "run")),
        expect(unused_mut, reason = "there is none")
    )]
    let mut all = Vec::new();
    if program != WD {
        #[cfg(feature = "run")]
        all.push(Subcommand {
            name: "run",
            #[cfg(feature = "client")]
            summary: "runs a command, and restarts it when it hangs",
            #[cfg(feature = "client")]
            options: RunOptions::KNOWN.to_vec(),
            help: HELP.to_owned(),
            follow: Box::new(move |words| match RunOptions::read(words) {
                Ok(options) => run::run(options),
                Err(misuse) => refuse(program, &misuse.to_string()),
            }),
        });
    }
    #[cfg(feature = "serve")]
    if program != WD {
        all.extend(
            SERVER.map(|(name, summary, help, options, follow)| Subcommand {
                name,
                summary,
                options: options.to_vec(),
                help: help.to_owned(),
                follow: Box::new(follow),
            }),
        );
    }
    #[cfg(feature = "client")]
    all.extend(VERBS.iter().map(|verb| Subcommand {
        name: verb.name,
        summary: verb.summary,
        options: options(verb),
        help: grammar::help(program, verb),
        follow: Box::new(move |words| match verb.name {
            "completions" => completions(program, verb, words),
            _ => client::follow(program, verb, words),
        }),
    }));
    all
}

/// Name, summary, help, options, and what follows them.
#[cfg(feature = "serve")]
type Server = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, bool)],
    fn(Vec<OsString>) -> ExitCode,
);

/// Those of the server.
#[cfg(feature = "serve")]
const SERVER: [Server; 4] = [
    (
        "serve",
        "keeps deadlines for many, and tells who is silent",
        include_str!("serve/help.txt"),
        serve::OPTIONS,
        serve::serve,
    ),
    (
        "check-config",
        "says what is wrong with a configuration, if anything is",
        include_str!("serve/check.txt"),
        &[],
        serve::check_config,
    ),
    (
        "test-sink",
        "sends a test to somebody whom a configuration has told",
        include_str!("serve/test-sink.txt"),
        &[],
        serve::test_sink,
    ),
    (
        "backup",
        "copies the database, while a server uses it or not",
        include_str!("serve/backup.txt"),
        serve::BACKUP_OPTIONS,
        serve::backup,
    ),
];

const WATCHDOG: &str = "watchdog";
const WD: &str = "wd";

/// Follows a command line: the program's name without directories, and the words behind it.
///
/// Under the name `wd` it has the subcommands alone that ask a server. Returns when all is done; after `run`
/// when the watched command has ended for good. The exit codes are in [`HELP`], and those of the others in
/// theirs.
pub fn follow(program: &OsStr, words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let is_wd = cfg!(feature = "client") && program == WD;
    let program = if is_wd { WD } else { WATCHDOG };
    let mut words = words.into_iter();
    let subcommands = subcommands(program);
    let Some(first) = words.next() else {
        return refuse(
            program,
            if subcommands.len() > 1 {
                "there is no subcommand; --help lists them"
            } else {
                "there is no subcommand; it takes run, as in: watchdog run --notify -- /app"
            },
        );
    };
    let rest: Vec<OsString> = words.collect();
    let named = subcommands.iter().position(|one| first == one.name);
    let sole = match (&rest[..], named) {
        ([], _) => Some(&first),
        ([sole], Some(_)) => Some(sole),
        _ => None,
    };
    if sole.is_some_and(|sole| sole == "--help" || sole == "-h") {
        return print(&match named {
            Some(at) => subcommands[at].help.clone(),
            None => help(program, &subcommands),
        });
    }
    if sole.is_some_and(|sole| sole == "--version") {
        return print(VERSION);
    }
    match subcommands.into_iter().find(|one| first == one.name) {
        Some(subcommand) => (subcommand.follow)(rest),
        None if first == "run" && program == WATCHDOG => refuse(
            program,
            "run: not in this build; it needs the cargo feature run",
        ),
        None => unknown(program, &first),
    }
}

fn unknown(program: &'static str, first: &OsStr) -> ExitCode {
    let names: Vec<_> = subcommands(program).iter().map(|one| one.name).collect();
    let names = match names.join(", ") {
        none if none.is_empty() => "run".to_owned(),
        names => names,
    };
    let first = words::one_line(&first.to_string_lossy());
    refuse(
        program,
        &format!("\"{first}\": unknown subcommand; it takes {names}, and --help says more"),
    )
}

/// Of a single one its own.
#[cfg_attr(not(feature = "client"), expect(unused_variables))]
fn help(program: &str, subcommands: &[Subcommand]) -> String {
    #[cfg(feature = "client")]
    return grammar::overview(
        program,
        subcommands.iter().map(|one| (one.name, one.summary)),
    );
    #[cfg(not(feature = "client"))]
    HELP.to_owned()
}

#[cfg(feature = "client")]
fn options(verb: &Verb) -> Vec<(&'static str, bool)> {
    let flags = verb.flags();
    flags
        .map(|flag| (flag.name, flag.value.is_some()))
        .collect()
}

#[cfg(feature = "client")]
fn completions(program: &'static str, verb: &'static Verb, words: Vec<OsString>) -> ExitCode {
    let line = match grammar::Line::read(verb, words) {
        Ok(line) => line,
        Err(misuse) => return refuse(program, &misuse.to_string()),
    };
    let all = subcommands(program).into_iter().map(|one| Offer {
        name: one.name,
        summary: one.summary,
        options: one.options,
    });
    let all: Vec<_> = all.collect();
    let shell = &line.words[0];
    let text = shell
        .to_str()
        .and_then(|shell| grammar::completions(shell, program, &all));
    match text {
        Some(text) => print(&text),
        None => {
            let shell = grammar::shown(shell);
            refuse(
                program,
                &format!("{shell}: no such shell; completions takes bash, zsh or fish"),
            )
        }
    }
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn refuse(program: &str, problem: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{program}: {problem}");
    ExitCode::FAILURE
}
