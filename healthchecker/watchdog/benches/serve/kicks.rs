//! Kicks, each answered when it is on disk.

use std::time::Duration;

use health_watchdog::tokens::Secret;

use crate::load::{Found, KEPT, Load, SINGLE};
use crate::machine::{Cores, Room};
use crate::seed::{self, TIMEOUT};
use crate::server::Server;
use crate::table::{Table, grouped, spread};

const WATCHES: u64 = 10_000;

/// Long enough for the journal to be folded, by its length.
const FAST: Duration = Duration::from_secs(20);

/// Long enough for the journal to be folded twice, by the time.
const STEADY: Duration = Duration::from_secs(70);

/// 5,000 a second.
const EVERY: Duration = Duration::from_micros(200);

pub(crate) fn measure(cores: &Cores, room: &Room, table: &mut Table) {
    let directory = room.part("kicks");
    let token = seed::fill(&directory, WATCHES, |_| TIMEOUT * 1_000);
    let server = Server::start(cores, &directory);
    let ask = |is_kept, every, time| {
        let load = Load {
            address: server.address,
            requests: requests(&token, is_kept),
            connections: if is_kept { KEPT } else { SINGLE },
            is_kept,
            every,
            time,
        };
        let before = server.processor();
        let found = load.run();
        let each = (server.processor() - before) / found.answers.len() as u32;
        let each = format!("{:.1} µs", each.as_nanos() as f64 / 1e3);
        (found, each)
    };

    let (found, each) = ask(true, None, FAST);
    rate(table, "512 kept connections", &found, 25_000);
    table.note("the same: processor for each kick", &each);
    latency(table, "the same", &found);

    let (found, each) = ask(false, None, FAST);
    rate(table, "a connection each", &found, 10_000);
    table.note("the same: processor for each kick", &each);

    let (found, each) = ask(true, Some(EVERY), STEADY);
    let (text, p99) = spread(found.latencies());
    table.check(
        "answer to a kick at 5,000 a second, p50 / p99 / max",
        "p99 ≤ 20 ms",
        &text,
        p99 <= Duration::from_millis(20),
    );
    table.note("the same: processor for each kick", &each);
}

fn requests(token: &Secret, is_kept: bool) -> Vec<Vec<u8>> {
    // In no order.
    (0..WATCHES)
        .map(|number| seed::kick(token, number * 7_919 % WATCHES + 1, TIMEOUT, is_kept))
        .collect()
}

fn rate(table: &mut Table, what: &str, found: &Found, least: u64) {
    table.check(
        &format!("durable kicks, {what}"),
        &format!("≥ {} /s", grouped(least)),
        &format!("{} /s", grouped(found.rate())),
        found.rate() >= least,
    );
}

fn latency(table: &mut Table, what: &str, found: &Found) {
    let (text, _) = spread(found.latencies());
    table.note(&format!("{what}: answer, p50 / p99 / max"), &text);
}
