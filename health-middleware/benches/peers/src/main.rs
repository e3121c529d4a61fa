//! `/health/ready` of one hundred checks, as several crates answer it, and as a
//! route written by hand does.
//!
//! Each has a server of its own, on a thread and a runtime of its own, all of them
//! on one processor; who asks has the others. They are asked in turns, so that what
//! a machine does beside it falls on all of them, and the medians are compared.
//!
//! `peers [ROUNDS]` prints a table in Markdown.

mod load;
mod servers;

use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use load::Load;
use servers::Server;

const ROUNDS: usize = 15;
/// How long each is asked in each round.
const TURN: Duration = Duration::from_millis(700);

fn main() -> ExitCode {
    let rounds = std::env::args_os().nth(1).map_or(Some(ROUNDS), |word| {
        let rounds = word.to_str()?.parse().ok()?;
        (1..=1000).contains(&rounds).then_some(rounds)
    });
    let Some(rounds) = rounds else {
        eprintln!("usage: peers [ROUNDS], from 1 to 1000");
        return ExitCode::FAILURE;
    };
    let mut servers = servers::all();
    servers::leave_to_servers();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let ask = |server: &Server, time| {
        let before = server.runs.load(Ordering::Relaxed);
        let local = tokio::task::LocalSet::new();
        let load: Load = local.block_on(&runtime, load::ask(server.address, time));
        let runs = server.runs.load(Ordering::Relaxed) - before;
        (load, runs)
    };
    for server in &servers {
        ask(server, TURN / 2);
    }
    for round in 0..rounds {
        eprint!("\rround {} of {rounds}", round + 1);
        for server in &mut servers {
            let (load, runs) = ask(server, TURN);
            server.rates.push(load.rate());
            server.bytes = load.bytes;
            server.ran += runs;
            server.answered += load.answers;
        }
    }
    eprintln!();
    print(&servers);
    ExitCode::SUCCESS
}

/// The first is what the others are compared with.
fn print(servers: &[Server]) {
    println!(
        "| | requests a second | of the route by hand | bytes of the body | runs of a check for each request |"
    );
    println!("|---|--:|--:|--:|--:|");
    for server in servers {
        let rate = median(server.rates.clone());
        let pairs = server.rates.iter().zip(&servers[0].rates);
        let ratio = median(pairs.map(|(own, hand)| own / hand).collect());
        let runs = server.ran as f64 / server.answered as f64;
        let (rate, bytes) = (grouped(rate), grouped(server.bytes as f64));
        let runs = match runs {
            0.0 => "0".to_owned(),
            few if few < 0.1 => "less than 0.1".to_owned(),
            many => format!("{many:.1}"),
        };
        println!(
            "| {} | {rate} | {ratio:.2} | {bytes} | {runs} |",
            server.name
        );
    }
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `141,000`: what is measured to three figures is not told to six.
fn grouped(value: f64) -> String {
    let places = 10f64.powf((value.log10().floor() - 2.0).max(0.0));
    let digits = format!("{:.0}", (value / places).round() * places);
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
