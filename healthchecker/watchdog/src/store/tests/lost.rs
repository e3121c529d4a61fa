//! A writer whose store fails for a while, and the order of its answers.

use std::sync::{Arc, Mutex};

use super::*;

/// What it was given, and whether it fails.
#[derive(Debug, Default)]
struct Shared {
    groups: Vec<Group>,
    is_lost: bool,
    is_untidy: bool,
    attempts: u32,
    is_broken: bool,
}

struct Fake(Arc<Mutex<Shared>>);

impl Store for Fake {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        Ok(Loaded::default())
    }

    fn commit(&mut self, group: &Group) -> Result<(), StoreError> {
        let mut shared = self.0.lock().unwrap();
        shared.attempts += 1;
        assert!(!shared.is_broken, "meant to panic");
        if shared.is_lost {
            return Err(StoreError::new(
                StoreErrorKind::Unavailable,
                Path::new("f"),
                "",
            ));
        }
        shared.groups.push(group.clone());
        Ok(())
    }

    fn tidy(&mut self, _: &Retention, _: Now, _: Duration) -> Result<bool, StoreError> {
        if self.0.lock().unwrap().is_untidy {
            return Err(StoreError::new(StoreErrorKind::Full, Path::new("f"), ""));
        }
        Ok(false)
    }
}

fn writer(gather: Duration) -> (Writer, Arc<Mutex<Shared>>) {
    let shared = Arc::default();
    let pace = Pace {
        gather,
        retry: Duration::from_millis(5),
        tidy: Duration::from_millis(1),
        ..Pace::default()
    };
    let writer = Writer::start(Fake(Arc::clone(&shared)), pace).unwrap();
    (writer, shared)
}

#[test]
fn batches_that_come_together_are_one_commit_and_one_row_a_watch() {
    let (writer, shared) = writer(Duration::from_secs(5));
    let mut table = Table::new(Limits::default(), at(0));
    let pace = Pace::default();
    let answers: Vec<_> = (0..pace.enough as u64)
        .map(|number| submit(&writer, do_it(&mut table, at(number), one("a", 1, kick()))))
        .collect();
    for answer in answers {
        answer.recv().unwrap().unwrap();
    }
    let groups = std::mem::take(&mut shared.lock().unwrap().groups);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].rows.len(), 1);
    let row = &groups[0].rows[&1];
    assert_eq!(row.kick.unwrap().0, at(pace.enough as u64 - 1).mono);
    assert_eq!(row.put.as_ref().unwrap().last, at(0).mono);
    writer.finish();
}

#[test]
fn a_lost_store_refuses_and_has_everything_afterwards() {
    let (writer, shared) = writer(Duration::ZERO);
    let mut table = Table::new(Limits::default(), at(0));
    shared.lock().unwrap().is_lost = true;
    for number in 0..100 {
        let deed = if number % 2 == 0 { kick() } else { fault("x") };
        let batch = do_it(&mut table, at(number), one("a", 1, deed));
        assert!(submit(&writer, batch).recv().unwrap().is_err());
    }
    assert!(writer.standing().lost.is_some());
    shared.lock().unwrap().is_lost = false;
    let bound = std::time::Instant::now() + Duration::from_secs(20);
    while writer.standing().lost.is_some() {
        assert!(std::time::Instant::now() < bound, "it does not come back");
        std::thread::yield_now();
    }
    writer.finish();
    let shared = shared.lock().unwrap();
    assert_eq!(shared.groups.len(), 1);
    assert_eq!(shared.groups[0].events.len(), 100);
    let row = &shared.groups[0].rows[&1];
    assert_eq!(row.put.as_deref(), table.get(&key("a")));
    assert!(shared.attempts < 110, "each batch is refused without a try");
}

#[test]
fn what_waits_for_a_lost_store_is_bounded() {
    let (writer, shared) = writer(Duration::ZERO);
    let mut table = Table::new(Limits::default(), at(0));
    shared.lock().unwrap().is_lost = true;
    let mut batch = do_it(&mut table, at(0), one("a", 1, kick()));
    let event = batch.events[0].clone();
    batch.events = vec![event; 150_000];
    assert!(submit(&writer, batch).recv().unwrap().is_err());
    assert_eq!(writer.standing().given_up, 50_000);
    shared.lock().unwrap().is_lost = false;
    writer.finish();
    assert_eq!(shared.lock().unwrap().groups[0].events.len(), 100_000);
}

#[test]
fn the_end_waits_for_what_was_submitted() {
    let (writer, shared) = writer(Duration::from_millis(50));
    let answer = submit(&writer, first().1);
    writer.finish();
    answer.try_recv().unwrap().unwrap();
    assert_eq!(shared.lock().unwrap().groups.len(), 1);
}

#[test]
fn a_batch_without_changes_is_answered_after_those_before_it() {
    let (writer, shared) = writer(Duration::ZERO);
    let kicked = submit(&writer, first().1);
    let nothing = submit(&writer, Batch::default());
    nothing.recv().unwrap().unwrap();
    kicked.try_recv().unwrap().unwrap();
    assert!(!shared.lock().unwrap().groups.is_empty());
    writer.finish();
}

#[test]
fn who_cannot_tidy_keeps_on_keeping() {
    let (writer, shared) = writer(Duration::ZERO);
    let mut table = Table::new(Limits::default(), at(0));
    shared.lock().unwrap().is_untidy = true;
    let bound = std::time::Instant::now() + Duration::from_secs(20);
    while writer.standing().untidy.is_none() {
        assert!(std::time::Instant::now() < bound, "it never tidies");
        let batch = do_it(&mut table, at(0), one("a", 1, kick()));
        submit(&writer, batch).recv().unwrap().unwrap();
    }
    assert_eq!(writer.standing().lost, None);
    writer.finish();
}

#[test]
fn a_large_batch_does_not_wait_for_others() {
    let (writer, shared) = writer(Duration::from_secs(60));
    let mut table = Table::new(Limits::default(), at(0));
    let mut batch = Batch::default();
    for id in 0..Pace::default().enough as u64 {
        let made = do_it(&mut table, at(0), one(&format!("w{id}"), id, kick()));
        batch.changes.extend(made.changes);
    }
    let answer = submit(&writer, batch);
    answer
        .recv_timeout(Duration::from_secs(20))
        .unwrap()
        .unwrap();
    assert_eq!(shared.lock().unwrap().groups.len(), 1);
    writer.finish();
}

#[test]
fn a_writer_that_has_panicked_is_lost_for_good() {
    let (writer, shared) = writer(Duration::ZERO);
    shared.lock().unwrap().is_broken = true;
    let mut table = Table::new(Limits::default(), at(0));
    let answer = submit(&writer, do_it(&mut table, at(1), one("a", 1, kick())));
    assert!(answer.recv().is_err(), "nobody answers");
    let bound = std::time::Instant::now() + Duration::from_secs(20);
    let lost = loop {
        if let Some(lost) = writer.standing().lost {
            break lost;
        }
        assert!(std::time::Instant::now() < bound, "it fares well");
        std::thread::yield_now();
    };
    assert_eq!(lost.kind(), StoreErrorKind::Closed);
    let answer = submit(&writer, do_it(&mut table, at(2), one("a", 1, kick())));
    assert_eq!(
        answer.recv().unwrap().unwrap_err().kind(),
        StoreErrorKind::Closed
    );
}
