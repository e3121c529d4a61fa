//! The table beside a model that has no timers and looks at everything each time.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;

use super::shelf::Shelf;
use super::*;

/// What the model knows of a watch.
#[derive(Clone, Debug)]
struct Simple {
    state: State,
    timeout: Millis,
    deadline: Millis,
    /// Until when it was up, and for how long it was down before.
    since: Millis,
    down: i128,
    episode: u32,
    reason: String,
    hold: Option<(Millis, Millis)>,
    last: Millis,
}

const GRACE: Millis = 5 * SECOND;

impl Simple {
    fn due(&self) -> Millis {
        match (self.hold, self.state) {
            (Some((_, until)), _) => until,
            (None, State::Up | State::Restarting) => self.deadline,
            (None, State::Late) => self.deadline + GRACE,
            _ => NEVER,
        }
    }

    fn enter(&mut self, state: State, reason: &str, now: Millis) {
        if self.state.is_down() {
            self.down += i128::from(now - self.since);
        } else if state.is_down() {
            self.episode += 1;
        }
        (self.state, self.since, self.reason) = (state, now, reason.to_owned());
    }

    fn excuse(&mut self, from: Millis, to: Millis) {
        let bound = to + self.timeout.min(PATIENCE);
        let late = match self.state {
            State::Up | State::Restarting if self.deadline > from => 0,
            State::Up | State::Late => GRACE,
            _ => return,
        };
        if self.deadline + late > from {
            self.deadline = self.deadline.max(bound - late);
        }
    }

    fn time(&mut self, now: Millis) {
        if let Some((from, until)) = self.hold {
            if until > now {
                return;
            }
            self.hold = None;
            self.excuse(from, now);
        }
        if self.due() <= now {
            let next = if self.state == State::Up && self.deadline + GRACE > now {
                State::Late
            } else {
                State::Timeout
            };
            self.enter(next, "", now);
        }
    }
}

fn model(all: &mut BTreeMap<String, Simple>, name: &str, deed: &Deed, now: Millis) {
    if matches!(deed, Deed::Sweep(Sweep::Retire)) {
        all.remove(name);
        return;
    }
    let simple = all.entry(name.to_owned()).or_insert(Simple {
        state: State::New,
        timeout: 10 * SECOND,
        deadline: NEVER,
        since: now,
        down: 0,
        episode: 0,
        reason: String::new(),
        hold: None,
        last: 0,
    });
    match deed {
        Deed::Kick { timeout, .. } => {
            simple.timeout = timeout.unwrap_or(simple.timeout);
            (simple.last, simple.deadline) = (now, now + simple.timeout);
            if simple.state != State::Up {
                simple.enter(State::Up, "", now);
            }
        }
        Deed::Fault { reason, .. } if simple.state == State::Fault => {
            simple.reason = String::from(&**reason);
        }
        Deed::Fault { reason, .. } => simple.enter(State::Fault, reason, now),
        Deed::Sweep(Sweep::Hold { until, .. }) => {
            simple.hold = Some((simple.hold.map_or(now, |hold| hold.0), *until));
        }
        Deed::Sweep(Sweep::Release) => {
            if let Some((from, _)) = simple.hold.take() {
                simple.excuse(from, now);
            }
        }
        Deed::Sweep(Sweep::Clear) => {
            let is_down = simple.state.is_down();
            simple.down = -i128::from(if is_down { now - simple.since } else { 0 });
        }
        Deed::Restart { grace } => {
            if simple.state == State::Timeout && simple.hold.is_none() {
                simple.enter(State::Restarting, "", now);
                simple.deadline = now + grace;
            }
        }
        Deed::GiveUp { reason } => {
            let is_fit = matches!(simple.state, State::Timeout | State::Restarting);
            if is_fit && simple.hold.is_none() {
                simple.enter(State::GaveUp, reason, now);
            }
        }
        _ => unreachable!("not drawn"),
    }
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => Just(kick()),
        3 => (1..30_u64).prop_map(|seconds| kick_for(seconds * SECOND)),
        1 => Just(kick_for(20 * MINUTE)),
        2 => "[ab]".prop_map(|reason| fault(&reason)),
        1 => prop_oneof![Just(NEVER), (0..60_u64).prop_map(|s| DAWN.mono + s * SECOND)].prop_map(
            |until| Deed::Sweep(Sweep::Hold { is_maintenance: false, until })
        ),
        1 => Just(Deed::Sweep(Sweep::Release)),
        1 => Just(Deed::Sweep(Sweep::Clear)),
        1 => Just(Deed::Sweep(Sweep::Retire)),
        1 => (1..20_u64).prop_map(|s| Deed::Restart { grace: s * SECOND }),
        1 => Just(Deed::GiveUp { reason: "spent".into() }),
    ]
}

/// How long nothing happens: mostly less than an absence.
fn pauses() -> impl Strategy<Value = Millis> {
    prop_oneof![3 => 0..3_000_u64, 3 => 3_000..10_000_u64, 1 => 10_001..100_000_u64]
}

fn names() -> impl Strategy<Value = String> {
    "[ab](\\.[ab])?"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 400 }))]

    #[test]
    fn as_a_model_without_timers(
        steps in proptest::collection::vec((pauses(), names(), deeds()), 1..120)
    ) {
        let mut table = Table::new(Limits::default(), DAWN);
        let mut all = BTreeMap::new();
        let mut shelf = Shelf::default();
        let mut promised = HashMap::<u64, Millis>::new();
        let (mut opened, mut closed) = (HashSet::new(), HashSet::new());
        let (mut now, mut id) = (0, 0);
        for (pause, name, deed) in steps {
            now += pause;
            let mono = at(now).mono;
            if pause > ABSENCE {
                all.values_mut().for_each(|simple: &mut Simple| simple.excuse(mono - pause, mono));
            }
            all.values_mut().for_each(|simple| simple.time(mono));
            model(&mut all, &name, &deed, mono);
            id += 1;
            let is_known = table.get(&named(&name)).is_some();
            let command = if matches!(deed, Deed::Sweep(Sweep::Retire)) && !is_known {
                EXPIRE
            } else {
                one(&name, id, deed.clone())
            };
            let was_unfit = matches!(deed, Deed::Restart { .. } | Deed::GiveUp { .. });
            for command in [EXPIRE, command] {
                let effects = apply(&mut table, at(now), command);
                shelf.keep(&effects);
                if was_unfit && effects.outcome == Outcome::Unfit && !is_known {
                    all.remove(&name);
                }
                for event in &effects.events {
                    let episode = (event.id, event.episode);
                    // I1, for what was promised with the kick itself.
                    if event.to == State::Timeout && event.from != State::Restarting
                        && !event.from.is_down()
                    {
                        prop_assert!(mono >= promised.get(&event.id).copied().unwrap_or(0));
                    }
                    // I3.
                    if event.opens() {
                        prop_assert!(opened.insert(episode), "opened twice: {event:?}");
                    }
                    if event.closes() {
                        prop_assert!(opened.contains(&episode), "not opened: {event:?}");
                        prop_assert!(closed.insert(episode), "closed twice: {event:?}");
                    }
                }
            }
            if let (Deed::Kick { .. }, Some(watch)) = (&deed, table.get(&named(&name))) {
                promised.insert(watch.id, mono + watch.timeout + watch.grace);
            }
            let found: Vec<_> = table.select(Namespace::Named, "", "").collect();
            prop_assert_eq!(found.len(), all.len());
            for (watch, (name, simple)) in found.into_iter().zip(&all) {
                prop_assert_eq!(watch.key.name(), name);
                prop_assert_eq!(watch.state, simple.state, "{}", name);
                prop_assert_eq!(watch.deadline, simple.deadline);
                prop_assert_eq!((watch.since, watch.last), (simple.since, simple.last));
                prop_assert_eq!(watch.episode, simple.episode);
                prop_assert_eq!(i128::from(watch.down_before), simple.down);
                prop_assert_eq!(watch.reason(), &simple.reason);
                prop_assert_eq!(watch.hold().map(|hold| (hold.from, hold.until)), simple.hold);
                prop_assert!(table.next_due().unwrap_or(NEVER) <= watch.due());
            }
            shelf.check(&table, at(now));
        }
    }
}
