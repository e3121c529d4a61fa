//! How much a million watches take. The measurement prints what the documentation says:
//! `cargo test --release --features serve --lib a_million -- --ignored --nocapture`.

use std::time::Instant;

use super::*;

const MILLION: u64 = 1_000_000;

#[test]
fn a_watch_is_small() {
    let slot = size_of::<Option<crate::watches::table::Slot>>();
    assert!(slot <= 96, "{slot}");
}

/// What this process has in memory, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

fn name(number: u64) -> Key {
    // 32 bytes, in no order.
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    named(&format!("dc.server.{scattered:016x}.worker"))
}

#[test]
#[ignore = "a measurement"]
fn a_million() {
    let before = resident();
    let begun = Instant::now();
    let mut table = Table::new(Limits::default(), DAWN);
    for id in 0..MILLION {
        let fresh = Some(fresh(id));
        let target = Target::Key(name(id));
        let deed = kick_for(MINUTE + id % 60_000);
        let command = Command::One {
            target,
            fresh,
            deed,
        };
        assert_eq!(apply(&mut table, DAWN, command).outcome, Outcome::Created);
    }
    let (made, size) = (begun.elapsed(), resident() - before);
    println!("made one by one: {made:?}, {} MB", size / 1_000_000);
    assert!(size < 250_000_000);

    let watches: Vec<_> = table.select(Namespace::Named, "", "").cloned().collect();
    drop(table);
    let begun = Instant::now();
    let mut table = Table::restore(Limits::default(), watches, DAWN, &[]);
    println!(
        "restored: {:?}, {} MB",
        begun.elapsed(),
        (resident() - before) / 1_000_000
    );

    let mut now = 0;
    let begun = Instant::now();
    for id in 0..MILLION {
        let target = Target::Key(name(id));
        let fresh = None;
        let deed = kick_for(MINUTE);
        let command = Command::One {
            target,
            fresh,
            deed,
        };
        apply(&mut table, at(now), command);
    }
    println!("a kick: {:?}", begun.elapsed() / 1_000_000);

    // All at once: re-armed, then late and down in pieces as the loop does it.
    let mut worst = std::time::Duration::ZERO;
    let begun = Instant::now();
    let mut events = 0;
    while now < MINUTE + 5 * SECOND {
        now += SECOND;
        loop {
            let piece = Instant::now();
            let effects = apply(&mut table, at(now), Command::Expire { most: 1_000 });
            worst = worst.max(piece.elapsed());
            events += effects.events.len();
            if table.next_due().unwrap_or(NEVER) > at(now).mono {
                break;
            }
        }
    }
    println!(
        "{events} transitions: {:?}, a piece of 1,000 at most {worst:?}",
        begun.elapsed()
    );
    assert_eq!(events, 2_000_000);
}
