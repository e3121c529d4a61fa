//! Monitors are kept, in the order in which they came and went.

use super::*;

fn kept(store: &mut Sqlite) -> Vec<u128> {
    let monitors = store.load().unwrap().monitors;
    monitors.iter().map(|monitor| monitor.id).collect()
}

#[test]
fn they_come_back() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let odd = Monitor {
        prefix: "".into(),
        authority: "".into(),
        url: "https://hooks.slack.com/a?b='\"".into(),
        ..monitor(u128::MAX)
    };
    let batches = [monitor(0), odd.clone(), monitor(1 << 64)];
    let batches = batches.map(|monitor| Batch::monitor(at(0), monitor));
    store.commit(&group(batches)).unwrap();
    drop(store);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let expected = [monitor(0), monitor(1 << 64), odd];
    assert_eq!(store.load().unwrap().monitors, expected);
    let copy = directory.0.join("copy");
    backup(&directory.file(), &copy).unwrap();
    let copied = Sqlite::open(&copy).unwrap().load().unwrap();
    assert_eq!(copied.monitors, expected);
}

#[test]
fn what_comes_later_counts() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let put = |id| Batch::monitor(at(0), monitor(id));
    let remove = |id| Batch::monitor_removed(at(0), id);
    // In one commit.
    let both = [put(1), remove(1), remove(2), put(2), put(3)];
    store.commit(&group(both)).unwrap();
    assert_eq!(kept(&mut store), [2, 3]);
    // In several.
    store.commit(&group([remove(2)])).unwrap();
    store.commit(&group([put(1), remove(9)])).unwrap();
    assert_eq!(kept(&mut store), [1, 3]);
    // Tried again, as after a commit whose fate was unknown.
    let again = group([put(4), remove(3)]);
    store.commit(&again).unwrap();
    store.commit(&again).unwrap();
    drop(store);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    assert_eq!(kept(&mut store), [1, 4]);
}

#[test]
fn one_that_is_alone_in_its_batch_is_written() {
    let directory = Directory::new();
    let store = Sqlite::open(&directory.file()).unwrap();
    let writer = Writer::start(store, Pace::default()).unwrap();
    // The time was just written down, so that it is no reason for another commit.
    submit(&writer, first().1).recv().unwrap().unwrap();
    let batch = Batch::monitor(at(0), monitor(1));
    submit(&writer, batch).recv().unwrap().unwrap();
    // Before anything else can have written it.
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    let count: i64 = file
        .query_row("SELECT count(*) FROM monitor", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1);
    drop(file);
    writer.finish();
}

#[test]
fn what_nobody_of_us_has_written() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let batch = Batch::monitor(at(0), monitor(1));
    store.commit(&group([batch])).unwrap();
    drop(store);
    for (column, value) in [("kind", "'pager'"), ("id", "x'00ff'"), ("serial", "-1")] {
        let file = rusqlite::Connection::open(directory.file()).unwrap();
        file.execute_batch(&format!("UPDATE monitor SET {column} = {value}"))
            .unwrap();
        drop(file);
        let error = Sqlite::open(&directory.file()).unwrap().load().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{column}: {error}");
        // Good again, for the next column.
        let file = rusqlite::Connection::open(directory.file()).unwrap();
        file.execute_batch("UPDATE monitor SET kind = 'slack', id = zeroblob(16), serial = 1")
            .unwrap();
    }
}

#[test]
fn a_log_has_neither_its_id_nor_whom_it_tells() {
    let text = format!("{:?}", monitor(0xfeed));
    assert!(
        text.contains("dc.server1") && text.contains("Slack"),
        "{text}"
    );
    for secret in ["65261", "feed", "hooks"] {
        assert!(!text.contains(secret), "{text}");
    }
}
