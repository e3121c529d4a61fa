//! What is decided, case by case.

use super::*;
use crate::watches::{Hold, Kind, NEVER, Watch};
use State::*;

/// A plan for one watch, `a`, and what has been decided for it.
struct Bench {
    plan: Plan,
    now: Millis,
    state: State,
    log: Vec<String>,
}

impl Bench {
    fn new(rule: &str) -> Self {
        Self {
            plan: Plan::new(&watches(["a"], rule)),
            now: 0,
            state: Up,
            log: Vec::new(),
        }
    }

    fn hear(&mut self, to: State) -> &mut Self {
        let heard = notice("a", self.state, to);
        self.state = to;
        self.plan.hear(&heard, self.now);
        self.decide()
    }

    /// Takes what is decided until it waits, and says until when.
    fn decide(&mut self) -> &mut Self {
        loop {
            let seconds = self.now / SECOND;
            match self.plan.next(self.now) {
                Step::Run { attempt, .. } => self.log.push(format!("{seconds}: run {attempt}")),
                Step::GiveUp { reason, .. } => self.log.push(format!("{seconds}: {reason}")),
                Step::Wait(_) => return self,
            }
        }
    }

    fn wait(&mut self) -> Option<Millis> {
        match self.plan.next(self.now) {
            Step::Wait(until) => until.map(|until| until - self.now),
            step => panic!("{step:?}"),
        }
    }

    fn pass(&mut self, seconds: u64) -> &mut Self {
        self.now += seconds * SECOND;
        self.decide()
    }

    fn end(&mut self) -> &mut Self {
        self.plan.ended(&key("a"), self.now);
        self.decide()
    }

    /// It was started, ended at once, and is silent again after `start_grace`, which is 30 s.
    fn fail(&mut self) -> &mut Self {
        self.hear(Restarting).end().pass(30).hear(Timeout)
    }

    fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }
}

#[test]
fn silence_is_followed_by_a_restart_at_once() {
    for from in [New, Up, Late] {
        let mut bench = Bench::new("");
        bench.state = from;
        assert_eq!(bench.hear(Timeout).log(), ["0: run 1"], "{from:?}");
    }
}

#[test]
fn nothing_but_silence_is() {
    for to in [
        Up,
        Late,
        Fault,
        GaveUp,
        Restarting,
        Paused,
        Maintenance,
        Retired,
    ] {
        let mut bench = Bench::new("");
        bench.state = New;
        assert_eq!(bench.hear(to).pass(3600).log(), [""; 0], "{to:?}");
        assert_eq!(bench.wait(), None, "{to:?}");
    }
}

#[test]
fn each_of_a_row_waits_longer_and_five_are_all() {
    let mut bench = Bench::new("max = 100");
    bench.hear(Timeout);
    for pause in [5, 10, 20, 40] {
        bench.fail();
        assert_eq!(bench.wait(), Some(pause * SECOND));
        bench.pass(pause);
    }
    bench.fail();
    let given_up = "225: 5 restarts in a row without a kick did not help";
    let expected = [
        "0: run 1",
        "35: run 2",
        "75: run 3",
        "125: run 4",
        "195: run 5",
        given_up,
    ];
    assert_eq!(bench.log(), expected);
    bench.plan.given_up(&key("a"), bench.now);
    assert_eq!(bench.hear(GaveUp).pass(86_400).log(), [""; 0]);
    // A kick begins another row.
    assert_eq!(bench.hear(Up).hear(Timeout).log(), ["86625: run 1"]);
}

#[test]
fn what_comes_up_again_and_again_has_its_budget_within_a_time() {
    let mut bench = Bench::new("max = 2\nper = \"1m\"");
    for _ in 0..2 {
        bench.hear(Timeout).hear(Restarting).end().pass(10).hear(Up);
    }
    assert_eq!(bench.log(), ["0: run 1", "10: run 1"]);
    let given_up = "20: 2 restarts within 1m did not help";
    assert_eq!(bench.hear(Timeout).log(), [given_up]);
    bench.plan.given_up(&key("a"), bench.now);
    // A kick does not fill it; time does.
    let again = bench.hear(GaveUp).hear(Up).pass(39).hear(Timeout).log();
    assert_eq!(again, ["59: 2 restarts within 1m did not help"]);
    bench.plan.given_up(&key("a"), bench.now);
    assert_eq!(
        bench.hear(GaveUp).hear(Up).pass(1).hear(Timeout).log(),
        ["60: run 1"]
    );
}

#[test]
fn zero_is_never_and_unlimited_has_no_end() {
    let mut bench = Bench::new("max = 0");
    assert_eq!(bench.hear(Timeout).pass(86_400).log(), [""; 0]);
    assert!(!bench.plan.knows(&key("a")));

    let mut bench = Bench::new("max = \"unlimited\"");
    bench.hear(Timeout);
    for _ in 0..100 {
        bench.fail().pass(300);
    }
    assert_eq!(bench.log().last().unwrap(), "33000: run 101");
}

#[test]
fn a_kick_a_fault_or_an_end_take_back_what_waits() {
    for to in [Up, Fault, Retired, GaveUp, Paused, Maintenance] {
        let mut bench = Bench::new("");
        bench.hear(Timeout).fail();
        assert_eq!(bench.wait(), Some(5 * SECOND));
        bench.log();
        assert_eq!(bench.hear(to).pass(3600).log(), [""; 0], "{to:?}");
        assert_eq!(bench.wait(), None, "{to:?}");
    }
}

#[test]
fn what_is_held_is_restarted_when_it_is_released_and_still_silent() {
    let mut bench = Bench::new("");
    bench.hear(Paused);
    // It falls silent, is held longer, and something is said, all while it is held.
    bench.state = Up;
    bench.hear(Timeout);
    bench
        .plan
        .hear(&notice("a", Paused, Maintenance), bench.now);
    bench.plan.hear(&notice("a", Timeout, Timeout), bench.now);
    assert_eq!(bench.pass(60).log(), [""; 0]);
    bench.state = Maintenance;
    assert_eq!(bench.hear(Timeout).log(), ["60: run 1"]);

    let mut bench = Bench::new("");
    bench.hear(Paused);
    bench.state = Up;
    bench.hear(Timeout).hear(Up);
    bench.state = Paused;
    assert_eq!(bench.hear(Up).pass(60).log(), [""; 0]);
}

#[test]
fn what_is_only_said_restarts_nothing() {
    let mut bench = Bench::new("");
    bench.hear(Timeout).fail().log();
    // Of the pause of 5 s, 3 are left.
    bench.pass(2);
    bench.hear(Timeout);
    assert_eq!(bench.wait(), Some(3 * SECOND));
}

#[test]
fn a_slow_command_has_its_start_grace_from_its_end() {
    let mut bench = Bench::new("time_limit = \"2m\"");
    bench
        .hear(Timeout)
        .hear(Restarting)
        .pass(30)
        .hear(Timeout)
        .pass(60);
    assert_eq!(bench.log(), ["0: run 1"], "one at a time");
    bench.end();
    assert_eq!(bench.wait(), Some(35 * SECOND));
    assert_eq!(bench.pass(35).log(), ["125: run 2"]);
}

#[test]
fn a_kick_during_the_command_is_the_end_of_the_episode() {
    let mut bench = Bench::new("");
    bench
        .hear(Timeout)
        .hear(Restarting)
        .hear(Up)
        .hear(Timeout)
        .pass(1);
    assert_eq!(bench.log(), ["0: run 1"], "one at a time");
    assert_eq!(bench.end().log(), ["1: run 1"]);
}

#[test]
fn what_could_not_be_stored_is_tried_again_and_costs_nothing() {
    let mut bench = Bench::new("max = 1");
    bench.hear(Timeout);
    for _ in 0..10 {
        bench.plan.refused(&key("a"), bench.now);
        assert_eq!(bench.wait(), Some(5 * SECOND));
        bench.pass(5);
    }
    assert_eq!(bench.log().len(), 11);
    bench.fail();
    assert_eq!(bench.log(), ["80: 1 restart within 10m did not help"]);
    bench.plan.refused(&key("a"), bench.now);
    let again = ["85: 1 restart within 10m did not help"];
    assert_eq!(bench.pass(5).log(), again);
}

#[test]
fn an_answer_is_not_taken_for_one_to_a_later_silence() {
    let mut bench = Bench::new("max = 1\nper = \"1s\"");
    bench.hear(Timeout).hear(Restarting).end();
    bench.hear(Up).hear(Timeout).log();
    // It is given up; before that is known, a kick has come, and silence again.
    bench.hear(GaveUp).hear(Up).pass(2).hear(Timeout);
    bench.plan.given_up(&key("a"), bench.now);
    assert_eq!(bench.decide().log(), ["2: run 1"]);
}

#[test]
fn answers_that_nobody_waits_for_do_nothing() {
    let mut bench = Bench::new("");
    for name in ["a", "unknown"] {
        bench.plan.ended(&key(name), 0);
        bench.plan.refused(&key(name), 0);
        bench.plan.given_up(&key(name), 0);
    }
    bench.plan.hear(&notice("unknown", Up, Timeout), 0);
    assert_eq!(bench.wait(), None);
    bench.hear(Timeout).fail();
    bench.plan.ended(&key("a"), bench.now);
    bench.plan.refused(&key("a"), bench.now);
    assert_eq!(bench.wait(), Some(5 * SECOND));
}

#[test]
fn eight_at_once_and_those_that_are_due_longest_first() {
    let names: Vec<String> = (10..22).map(|number| format!("w{number}")).collect();
    let mut plan = Plan::new(&watches(names.iter().map(String::as_str), ""));
    for (late, name) in names.iter().rev().enumerate() {
        plan.hear(&notice(name, Up, Timeout), late as Millis);
    }
    let mut run = Vec::new();
    while let Step::Run { key, .. } = plan.next(100) {
        run.push(key.name().to_owned());
    }
    let backwards: Vec<String> = names.iter().rev().cloned().collect();
    assert_eq!(run, backwards[..AT_ONCE]);
    assert_eq!(plan.next(100), Step::Wait(None));
    plan.ended(&key("w21"), 100);
    assert!(matches!(plan.next(100), Step::Run { key, .. } if key.name() == backwards[AT_ONCE]));
    assert_eq!(plan.next(100), Step::Wait(None));
}

#[test]
fn after_a_start_what_was_silent_has_time_to_start() {
    let stored = |state: State| {
        let mut watch = Watch::new(1, key("a"), Kind::Kick, 10_000, 5_000, 0);
        watch.state = state;
        watch
    };
    let resumed = |watch: &Watch| {
        let mut bench = Bench::new("");
        bench.state = watch.shown();
        bench.plan.resume(watch, 0);
        bench
    };
    assert_eq!(
        resumed(&stored(Timeout)).pass(29).pass(1).log(),
        ["30: run 1"]
    );
    // A restart had begun: the next is the second of its row, and in its time the watch is due.
    let mut bench = resumed(&stored(Restarting));
    assert_eq!(bench.wait(), None);
    assert_eq!(bench.pass(10).hear(Timeout).pass(24).log(), [""; 0]);
    assert_eq!(bench.pass(1).log(), ["35: run 2"]);
    for state in [New, Up, Late, Fault, GaveUp] {
        assert_eq!(
            resumed(&stored(state)).pass(3600).log(),
            [""; 0],
            "{state:?}"
        );
    }
    let mut held = stored(Timeout);
    held.extra.get_or_insert_default().hold = Some(Hold::new(false, 0, NEVER));
    let mut bench = resumed(&held);
    assert_eq!(bench.pass(60).log(), [""; 0]);
    assert_eq!(bench.hear(Timeout).log(), ["60: run 1"]);
}

#[test]
fn thousands_take_their_turn() {
    let names: Vec<String> = (0..20_000).map(|number| format!("w{number}")).collect();
    let mut plan = Plan::new(&watches(names.iter().map(String::as_str), ""));
    for name in &names {
        plan.hear(&notice(name, Up, Timeout), 0);
    }
    let mut count = 0;
    while let Step::Run { key, .. } = plan.next(0) {
        plan.hear(&notice(key.name(), Timeout, Restarting), 0);
        plan.ended(&key, 0);
        count += 1;
    }
    assert_eq!(count, names.len());
}
