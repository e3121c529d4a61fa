//! Measures whole runs of programs, side by side.
//!
//! `spawn-times ROUNDS -- PROGRAM ARGUMENTS... [-- PROGRAM ARGUMENTS...]...`
//! starts each program once a round, in turn, so that all meet the same
//! conditions, and prints a line for each: its name, the median and the
//! quartiles of its wall time in µs, and the median in relation to the first.
//! A program that does not exit 0 ends the measurement.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

struct Subject {
    name: String,
    command: Command,
    micros: Vec<f64>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spawn-times: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let mut parts = words.split(|word| word == "--");
    let rounds: usize = match parts.next() {
        Some([rounds]) => rounds.to_str().and_then(|rounds| rounds.parse().ok()),
        _ => None,
    }
    .filter(|&rounds| rounds > 0)
    .ok_or("the first word is the number of rounds")?;
    let mut subjects = parts.map(subject).collect::<Result<Vec<_>, _>>()?;

    // The first rounds fill the caches.
    for round in 0..rounds + 10 {
        for subject in &mut subjects {
            let begun = Instant::now();
            let status = subject
                .command
                .status()
                .map_err(|error| format!("{}: {error}", subject.name))?;
            let micros = begun.elapsed().as_secs_f64() * 1e6;
            if !status.success() {
                return Err(format!("{} ended with {status}", subject.name));
            }
            if round >= 10 {
                subject.micros.push(micros);
            }
        }
    }

    println!(
        "{:<24} {:>9} {:>9} {:>9} {:>7}",
        "program", "median µs", "lower", "upper", "ratio"
    );
    let mut first = None;
    for subject in &mut subjects {
        subject.micros.sort_by(f64::total_cmp);
        let quartile = |n: usize| subject.micros[(subject.micros.len() - 1) * n / 4];
        let base = *first.get_or_insert(quartile(2));
        println!(
            "{:<24} {:>9.0} {:>9.0} {:>9.0} {:>7.2}",
            subject.name,
            quartile(2),
            quartile(1),
            quartile(3),
            quartile(2) / base
        );
    }
    Ok(())
}

fn subject(words: &[OsString]) -> Result<Subject, String> {
    let [program, arguments @ ..] = words else {
        return Err("a program is missing after --".into());
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Ok(Subject {
        name: Path::new(program)
            .file_name()
            .unwrap_or(program)
            .display()
            .to_string(),
        command,
        micros: Vec::new(),
    })
}
