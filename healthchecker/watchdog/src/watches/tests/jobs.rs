//! Jobs and their runs, instances, ping URLs.

use super::*;

const HOUR: Millis = 60 * MINUTE;

fn job(bench: &mut Bench, deed: Deed) -> Effects {
    let fresh = Fresh {
        uuid: Some(7),
        kind: Kind::Job,
        timeout: 24 * HOUR,
        grace: HOUR,
        ..fresh(1)
    };
    bench.apply(Command::One {
        target: Target::Key(named("a")),
        fresh: Some(fresh),
        deed,
    })
}

fn start(rid: Option<u128>) -> Deed {
    Deed::Start { rid }
}

fn success(rid: Option<u128>) -> Deed {
    Deed::Kick {
        timeout: None,
        grace: None,
        rid,
        body: Box::default(),
    }
}

#[test]
fn a_run_that_does_not_end_is_down_after_its_grace() {
    let mut bench = Bench::new();
    job(&mut bench, start(None));
    assert_eq!(bench.watch("a").state, State::New);
    bench.pass(2 * HOUR);
    assert_eq!(bench.entered(State::Timeout), Some(HOUR));
    assert!(bench.watch("a").reason().contains("run"));
}

fn with_grace(grace: Millis) -> Deed {
    Deed::Configure(Settings {
        grace: Some(grace),
        ..Settings::default()
    })
}

#[test]
fn without_a_grace_a_run_takes_as_long_as_it_takes() {
    let mut bench = Bench::new();
    job(&mut bench, with_grace(0));
    let started = job(&mut bench, start(Some(1)));
    assert!(matches!(started.changes[..], [Change::Put(_)]));
    bench.pass(MINUTE);
    assert_eq!(bench.watch("a").state, State::New);
    job(&mut bench, success(None));
    job(&mut bench, start(None));
    bench.pass(2 * MINUTE);
    assert_eq!(bench.watch("a").state, State::Up);
}

#[test]
fn a_run_whose_grace_is_taken_away_is_not_awaited_again() {
    let mut bench = Bench::new();
    job(&mut bench, success(None));
    job(&mut bench, start(Some(1)));
    job(&mut bench, with_grace(0));
    bench.pass(2 * HOUR);
    job(&mut bench, with_grace(HOUR));
    bench.pass(4 * HOUR);
    assert_eq!(bench.watch("a").state, State::Up);
}

#[test]
fn a_success_ends_its_own_run() {
    for (rid, ended) in [(None, true), (Some(1), true), (Some(2), false)] {
        let mut bench = Bench::new();
        job(&mut bench, start(Some(1)));
        job(&mut bench, success(rid));
        assert_eq!(bench.watch("a").state, State::Up);
        bench.pass(2 * HOUR);
        assert_eq!(bench.entered(State::Timeout).is_none(), ended, "{rid:?}");
    }
}

#[test]
fn a_run_that_was_overdue_while_it_was_down_does_not_end_its_being_up() {
    for (late, state) in [(2 * HOUR, State::Up), (MINUTE, State::Timeout)] {
        let mut bench = Bench::new();
        job(&mut bench, fault("disk"));
        job(&mut bench, start(Some(1)));
        bench.pass(late);
        job(&mut bench, success(Some(2)));
        bench.pass(late + 2 * HOUR);
        assert_eq!(bench.watch("a").state, state, "{late}");
    }
    // One that is overdue while it is up is seen, though a success of another is seen before.
    let mut bench = Bench::new();
    job(&mut bench, start(Some(1)));
    bench.pass(HOUR - 1);
    bench.now += 1;
    job(&mut bench, success(Some(2)));
    bench.pass(HOUR + SECOND);
    assert_eq!(bench.watch("a").state, State::Timeout);
}

#[test]
fn any_failure_ends_the_run() {
    let mut bench = Bench::new();
    job(&mut bench, start(Some(1)));
    job(&mut bench, fault("exit code 3"));
    assert_eq!(bench.watch("a").run(), None);
    job(&mut bench, start(Some(2)));
    let again = job(&mut bench, fault("exit code 3"));
    assert!(
        matches!(again.changes[..], [Change::Put(_)]),
        "the run is ended on disk, too"
    );
    bench.pass(2 * HOUR);
    assert_eq!(bench.watch("a").state, State::Fault);
}

#[test]
fn a_log_moves_nothing_and_is_kept() {
    let mut bench = Bench::new();
    let log = || Deed::Log {
        body: b"half".as_slice().into(),
    };
    let effects = job(&mut bench, log());
    assert!(matches!(effects.changes[..], [Change::Put(_)]));
    let before = bench.watch("a").clone();
    bench.pass(MINUTE);
    let effects = job(&mut bench, log());
    assert_eq!(
        (&*effects.events[0].body, effects.changes.len()),
        (b"half".as_slice(), 0)
    );
    assert!(!effects.events[0].is_told);
    assert_eq!(*bench.watch("a"), before);
}

#[test]
fn a_ping_url_names_one_watch_and_makes_none() {
    let mut bench = Bench::new();
    job(&mut bench, success(None));
    let ping = |uuid| Command::One {
        target: Target::Uuid(uuid),
        fresh: Some(fresh(2)),
        deed: kick(),
    };
    assert_eq!(bench.apply(ping(7)).outcome, Outcome::Done(1));
    assert_eq!(bench.apply(ping(8)).outcome, Outcome::Missing);
    let second = Command::One {
        target: Target::Key(named("b")),
        fresh: Some(Fresh {
            uuid: Some(7),
            ..fresh(2)
        }),
        deed: kick(),
    };
    assert_eq!(bench.apply(second).outcome, Outcome::Bounds);
    bench.one("a", Deed::Sweep(Sweep::Retire));
    assert_eq!(bench.apply(ping(7)).outcome, Outcome::Missing);
}

#[test]
fn an_instance_is_down_at_its_deadline_and_gone_after_its_grace() {
    let mut bench = Bench::new();
    let fresh = Fresh {
        kind: Kind::Instance,
        timeout: 30 * SECOND,
        grace: 30 * SECOND,
        ..fresh(1)
    };
    let command = |deed| Command::One {
        target: Target::Key(named("a")),
        fresh: Some(fresh),
        deed,
    };
    bench.apply(command(kick()));
    bench.pass(45 * SECOND);
    assert_eq!(bench.entered(State::Timeout), Some(30 * SECOND));
    bench.apply(command(kick()));
    bench.pass(200 * SECOND);
    assert_eq!(bench.entered(State::Retired), Some(105 * SECOND));
    assert!(bench.table.is_empty());
    assert_eq!(bench.apply(command(kick())).outcome, Outcome::Created);
}

#[test]
fn a_restart_without_a_beat_is_the_same_episode() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    bench.pass(20 * SECOND);
    assert_eq!(
        bench.one("b", Deed::Restart { grace: SECOND }).outcome,
        Outcome::Unfit
    );
    assert!(bench.table.get(&named("b")).is_none());
    bench.one("a", Deed::Restart { grace: 30 * SECOND });
    bench.pass(49 * SECOND);
    assert_eq!(bench.watch("a").state, State::Restarting);
    bench.pass(51 * SECOND);
    assert_eq!(bench.watch("a").state, State::Timeout);
    let reason = "5 restarts".into();
    bench.one("a", Deed::GiveUp { reason });
    bench.pass(90 * SECOND);
    let closed = bench.one("a", kick());
    assert!(closed.events[0].closes());
    assert_eq!(bench.watch("a").episode, 1);
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 75 * SECOND);
    assert_eq!(
        bench
            .events
            .iter()
            .filter(|(_, event)| event.opens())
            .count(),
        1
    );
}

#[test]
fn a_slot_is_used_again_without_the_timers_of_its_last_owner() {
    let mut bench = Bench::new();
    for id in 0..10_000 {
        bench.apply(one("a", id, kick()));
        bench.apply(one("a", id, Deed::Sweep(Sweep::Retire)));
    }
    assert!(bench.table.slots.len() < 2 && bench.table.timers.len() < 2_000);
    bench.apply(one("b", 10_000, kick_for(MINUTE)));
    bench.pass(50 * SECOND);
    assert_eq!(bench.watch("b").state, State::Up);
}
