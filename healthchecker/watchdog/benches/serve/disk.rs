//! What a commit cannot be faster than: a page written and synced, in the same directory.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::machine::Room;
use crate::table::{Table, spread};

const ROUNDS: u32 = 1_000;
const LONGEST: Duration = Duration::from_secs(5);

pub(crate) fn measure(room: &Room, table: &mut Table) {
    let path = room.path().join("synced");
    let mut file = File::create(&path).expect("a file");
    let begun = Instant::now();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        if begun.elapsed() > LONGEST {
            break;
        }
        let asked = Instant::now();
        file.write_all(&[1; 4_096]).expect("a page");
        file.sync_data().expect("fdatasync(2)");
        times.push(asked.elapsed());
    }
    std::fs::remove_file(&path).expect("its removal");
    let (found, _) = spread(times);
    table.note("this disk: a page and `fdatasync`, p50 / p99 / max", &found);
}
