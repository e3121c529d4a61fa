//! The plan with the real table, whatever happens to both.

use proptest::prelude::*;

use super::*;
use crate::watches::{
    Command, Deed, Effects, Fresh, Kind, Limits, NEVER, Now, Outcome, Sweep, Table, Target, apply,
};

const WATCHES: usize = 12;
const MAX: usize = 7;
const PER: Millis = 2 * MINUTE;

#[derive(Clone, Debug)]
enum Act {
    Pass(Millis),
    Kick(usize),
    KickAll,
    Fault(usize),
    Hold(usize, Option<Millis>),
    Release(usize),
    Retire(usize),
    Say(usize),
    End(usize),
    Lose(bool),
}

fn act() -> impl Strategy<Value = Act> {
    let which = 0..WATCHES;
    prop_oneof![
        8 => (1..40_000_u64).prop_map(Act::Pass),
        6 => which.clone().prop_map(Act::Kick),
        1 => Just(Act::KickAll),
        1 => which.clone().prop_map(Act::Fault),
        1 => (which.clone(), prop::option::of(1..60_000_u64)).prop_map(|(at, span)| Act::Hold(at, span)),
        1 => which.clone().prop_map(Act::Release),
        1 => which.clone().prop_map(Act::Retire),
        1 => which.clone().prop_map(Act::Say),
        8 => which.prop_map(Act::End),
        1 => any::<bool>().prop_map(Act::Lose),
    ]
}

struct World {
    table: Table,
    plan: Plan,
    now: Millis,
    next_id: u64,
    is_lost: bool,
    is_running: [bool; WATCHES],
    /// When each was restarted, how often since its last kick, and how often it was given up since.
    times: [Vec<Millis>; WATCHES],
    in_a_row: [u32; WATCHES],
    given_up: [u32; WATCHES],
}

fn name(at: usize) -> String {
    format!("w{at}")
}

impl World {
    fn new() -> Self {
        let names: Vec<String> = (0..WATCHES).map(name).collect();
        let rule = format!("max = {MAX}\nper = \"2m\"\nstart_grace = \"10s\"");
        let configured = watches(names.iter().map(String::as_str), &rule);
        let mut world = Self {
            table: Table::new(Limits::default(), Now { mono: 1, wall: 1 }),
            plan: Plan::new(&configured),
            now: 1,
            next_id: 1,
            is_lost: false,
            is_running: [false; WATCHES],
            times: Default::default(),
            in_a_row: [0; WATCHES],
            given_up: [0; WATCHES],
        };
        world.act(&Act::KickAll);
        world
    }

    fn apply(&mut self, command: Command) -> Effects {
        let now = Now {
            mono: self.now,
            wall: self.now,
        };
        let effects = apply(&mut self.table, now, command);
        for event in &effects.events {
            let at: usize = event.key.name()[1..].parse().unwrap();
            if event.from != event.to && matches!(event.to, State::Up | State::Retired) {
                (self.in_a_row[at], self.given_up[at]) = (0, 0);
            }
            self.plan.hear(&Notice::from(event), self.now);
        }
        effects
    }

    fn one(&mut self, at: usize, deed: Deed) -> Outcome {
        self.next_id += 1;
        let is_kick = matches!(deed, Deed::Kick { .. });
        let fresh = Fresh {
            id: self.next_id,
            uuid: None,
            kind: Kind::Kick,
            timeout: 10_000,
            grace: 5_000,
        };
        let command = Command::One {
            target: Target::Key(key(&name(at))),
            fresh: is_kick.then_some(fresh),
            deed,
        };
        self.apply(command).outcome
    }

    fn act(&mut self, act: &Act) {
        let kick = Deed::kick();
        match *act {
            Act::Pass(span) => {
                let until = self.now + span;
                while self.now < until {
                    self.now = until.min(self.now + SECOND);
                    self.apply(Command::Expire { most: usize::MAX });
                    self.decide();
                }
            }
            Act::Kick(at) => {
                self.one(at, kick);
            }
            Act::KickAll => (0..WATCHES).for_each(|at| self.act(&Act::Kick(at))),
            Act::Fault(at) => {
                let reason = "disk".into();
                let body = Box::default();
                self.one(at, Deed::Fault { reason, body });
            }
            Act::Hold(at, span) => {
                let until = span.map_or(NEVER, |span| self.now + span);
                let is_maintenance = until != NEVER;
                self.one(
                    at,
                    Deed::Sweep(Sweep::Hold {
                        is_maintenance,
                        until,
                    }),
                );
            }
            Act::Release(at) => {
                self.one(at, Deed::Sweep(Sweep::Release));
            }
            Act::Retire(at) => {
                self.one(at, Deed::Sweep(Sweep::Retire));
            }
            Act::Say(at) => {
                let body = Box::from(*b"said");
                self.one(at, Deed::Log { body });
            }
            Act::End(at) => {
                if std::mem::take(&mut self.is_running[at]) {
                    self.plan.ended(&key(&name(at)), self.now);
                }
            }
            Act::Lose(is_lost) => self.is_lost = is_lost,
        }
        self.decide();
    }

    fn decide(&mut self) {
        for _ in 0..1_000 {
            let (key, deed, is_run) = match self.plan.next(self.now) {
                Step::Wait(until) => {
                    assert!(until.is_none_or(|until| until > self.now));
                    return;
                }
                Step::Run { key, attempt, .. } => {
                    let at: usize = key.name()[1..].parse().unwrap();
                    assert_eq!(attempt, self.in_a_row[at] + 1);
                    (key, Deed::Restart { grace: 10_000 }, true)
                }
                Step::GiveUp { key, reason } => (
                    key,
                    Deed::GiveUp {
                        reason: reason.into(),
                    },
                    false,
                ),
            };
            let at: usize = key.name()[1..].parse().unwrap();
            let watch = self.table.get(&key).expect("it is gone");
            assert_eq!(
                watch.shown(),
                State::Timeout,
                "{key:?} is held or not silent"
            );
            assert!(!self.is_running[at], "{key:?} is restarted twice");
            if self.is_lost {
                self.plan.refused(&key, self.now);
                continue;
            }
            assert_eq!(self.one(at, deed), Outcome::Done(1));
            if is_run {
                self.is_running[at] = true;
                let running = self.is_running.iter().filter(|&&is| is).count();
                assert!(running <= AT_ONCE, "{running} at once");
                self.in_a_row[at] += 1;
                assert!(self.in_a_row[at] <= IN_A_ROW, "{key:?}");
                self.times[at].push(self.now);
                let recent = self.times[at].iter().filter(|&&at| at + PER > self.now);
                assert!(recent.count() <= MAX, "{key:?}: {:?}", self.times[at]);
            } else {
                self.given_up[at] += 1;
                assert_eq!(self.given_up[at], 1, "{key:?} is given up twice");
                self.plan.given_up(&key, self.now);
            }
        }
        panic!("it decides without end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn restarts_keep_their_bounds_and_come_to_an_end(
        acts in prop::collection::vec(act(), 0..150),
    ) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
        }
        // With its store back, whatever stays silent is given up in the end.
        world.act(&Act::Lose(false));
        for _ in 0..60 {
            for at in 0..WATCHES {
                world.act(&Act::End(at));
                world.act(&Act::Release(at));
            }
            world.act(&Act::Pass(10 * SECOND));
        }
        for at in 0..WATCHES {
            let state = world.table.get(&key(&name(at))).map(|watch| watch.shown());
            let is_end = matches!(state, None | Some(State::GaveUp | State::Fault));
            prop_assert!(is_end, "{at}: {state:?}");
        }
    }
}
