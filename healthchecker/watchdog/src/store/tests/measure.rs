//! Measurements on this machine's disk, of a release build:
//! `cargo test --release -p health-watchdog --features serve --lib measure -- --ignored --nocapture
//! --test-threads 1`. `WATCHDOG_TEST_DIRECTORY` names a disk other than that of temporary files.

use std::time::Instant;

use super::*;
use crate::clock::Clock;

const MILLION: u64 = 1_000_000;

fn directory() -> Directory {
    let directory = Directory::new();
    let Some(elsewhere) = std::env::var_os("WATCHDOG_TEST_DIRECTORY") else {
        return directory;
    };
    let path = Path::new(&elsewhere).join(directory.0.file_name().unwrap());
    std::fs::create_dir_all(&path).unwrap();
    Directory(path)
}

/// Memory of this process, or what it has written, in MB.
fn megabytes(file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    let number: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    if file == "status" {
        number / 1_000
    } else {
        number / 1_000_000
    }
}

/// What this process has had of the processor, which says more on a machine with other work.
fn processor() -> Duration {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
    let of = |time: nix::sys::time::TimeVal| {
        Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1_000)
    };
    of(usage.user_time()) + of(usage.system_time())
}

fn name(number: u64) -> String {
    // With the namespace's mark 32 bytes, in no order.
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("dc.server.{scattered:016x}.work")
}

/// A database of so many watches that were kicked at `now`.
fn filled(directory: &Directory, watches: u64, now: Now) -> (Sqlite, Table) {
    let mut store = Sqlite::open(&directory.file()).unwrap();
    store.load().unwrap();
    let mut table = Table::new(Limits::default(), now);
    let mut group = Group::default();
    for id in 1..=watches {
        group.add(do_it(&mut table, now, one(&name(id), id, kick())));
        if id % 20_000 == 0 {
            store.commit(&std::mem::take(&mut group)).unwrap();
        }
    }
    store.commit(&group).unwrap();
    (store, table)
}

#[test]
#[ignore = "a measurement"]
fn measure_loading_a_million() {
    let directory = directory();
    drop(filled(&directory, MILLION, at(0)));
    let size = std::fs::metadata(directory.file()).unwrap().len();
    println!("1 M rows: {} MB on disk", size / 1_000_000);
    let before = megabytes("status", "VmRSS:");
    let (begun, cpu) = (Instant::now(), processor());
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let loaded = store.load().unwrap();
    let read = begun.elapsed();
    let seen = loaded.alive.unwrap();
    let table = Table::restore(Limits::default(), loaded.watches, seen, &[]);
    println!(
        "loaded {} watches in {:?}, {read:?} of them reading; {:?} of the processor; {} MB more",
        table.len(),
        begun.elapsed(),
        processor() - cpu,
        megabytes("status", "VmRSS:").saturating_sub(before)
    );
}

/// Latencies in order.
fn quantile(sorted: &[Duration], of_hundred: usize) -> Duration {
    sorted[(sorted.len() - 1) * of_hundred / 100]
}

/// Kicks by so many clients, each of which waits for its answer; at most so many a second.
fn kicks(clients: usize, most: Option<u64>, seconds: u64) {
    let directory = directory();
    let clock = Clock::resume(None, 0);
    let (store, mut table) = filled(&directory, MILLION, clock.now());
    let written = megabytes("io", "write_bytes:");
    let writer = Writer::start(store, Pace::default()).unwrap();
    let (free, answered) = channel::<Option<Duration>>();
    (0..clients).for_each(|_| free.send(None).unwrap());
    let (mut latencies, mut number) = (Vec::new(), 0_u64);
    let (begun, cpu) = (Instant::now(), processor());
    while begun.elapsed() < Duration::from_secs(seconds) {
        if let Some(latency) = answered.recv().unwrap() {
            latencies.push(latency);
        }
        while most.is_some_and(|most| number >= begun.elapsed().as_millis() as u64 * most / 1_000) {
            std::thread::sleep(Duration::from_micros(200));
        }
        number += 1;
        // Everybody in turn, in no order.
        let id = number.wrapping_mul(7_919) % MILLION + 1;
        let batch = do_it(&mut table, clock.now(), one(&name(id), id, kick()));
        let (sent, free) = (Instant::now(), free.clone());
        writer.submit(batch, move |result| {
            result.unwrap();
            let _ = free.send(Some(sent.elapsed()));
        });
    }
    let elapsed = begun.elapsed();
    let commits = writer.standing().commits;
    writer.finish();
    latencies.sort();
    let written = megabytes("io", "write_bytes:") - written;
    println!(
        "{clients} clients, {most:?} a second at most: {} kicks/s, {} a commit; answered in {:?} (p50), \
         {:?} (p99), {:?} (max); {} B written and {:?} of the processor for each",
        latencies.len() as u128 * 1_000 / elapsed.as_millis(),
        latencies.len() as u64 / commits,
        quantile(&latencies, 50),
        quantile(&latencies, 99),
        latencies[latencies.len() - 1],
        written * 1_000_000 / latencies.len() as u64,
        (processor() - cpu) / latencies.len() as u32,
    );
}

#[test]
#[ignore = "a measurement"]
fn measure_kicks() {
    kicks(512, None, 40);
}

#[test]
#[ignore = "a measurement"]
fn measure_answers_at_5000_a_second() {
    kicks(4_096, Some(5_000), 60);
}

#[test]
#[ignore = "a measurement"]
fn measure_a_storm() {
    let directory = directory();
    let (store, mut table) = filled(&directory, 100_000, at(0));
    let writer = Writer::start(store, Pace::default()).unwrap();
    for second in 1..60 {
        apply(&mut table, at(second * 1_000), Command::Expire { most: 9 });
    }
    let (begun, cpu) = (Instant::now(), processor());
    let (mut kicked, mut under_way) = (Vec::new(), None);
    let mut now = at(60_000);
    let (sender, answers) = channel();
    while table.next_due().is_some_and(|due| due <= now.mono) {
        let command = Command::Expire { most: 2_000 };
        let piece = submit(&writer, do_it(&mut table, now, command));
        let (sender, sent) = (sender.clone(), Instant::now());
        let batch = do_it(&mut table, now, one("kicked", 200_000, kick()));
        writer.submit(batch, move |_| sender.send(sent.elapsed()).unwrap_or(()));
        now.wall += 1;
        // Two pieces at a time, so that kicks find their way between them and the disk is never idle.
        if let Some(before) = under_way.replace(piece) {
            before.recv().unwrap().unwrap();
        }
    }
    under_way.unwrap().recv().unwrap().unwrap();
    drop(sender);
    println!(
        "100,000 down in one second: committed after {:?}, {:?} of the processor",
        begun.elapsed(),
        processor() - cpu
    );
    kicked.extend(answers.iter());
    kicked.sort();
    println!(
        "{} kicks meanwhile: answered in {:?} (p50), {:?} (max)",
        kicked.len(),
        quantile(&kicked, 50),
        kicked[kicked.len() - 1]
    );
    writer.finish();
}
