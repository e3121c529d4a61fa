//! What the engine is to say, in the plainest words: every change kept, and
//! everything worked out of it anew. Times are milliseconds since `build()`.

use health_middleware::{Cause, Fault, Status};

use crate::world::{Event, Found, Spec};

/// A status with its cause.
pub(crate) type Kind = (Status, Option<Cause>);

const QUIET: u64 = 60_000;

/// One component: a check, or where it has no spec a heartbeat or a reporter.
pub(crate) struct Component {
    pub(crate) spec: Option<Spec>,
    /// Of a heartbeat or a word.
    time_to_live: u64,
    /// What it is when that is over.
    expires_as: Cause,
    /// All that was found since the knowledge was last lost, and what it says.
    found: Vec<Found>,
    known: Kind,
    /// Why nothing is known.
    lost: Cause,
    /// What is known is believed for so long.
    believed_until: Option<u64>,
    faults: Vec<(usize, Fault)>,
    pub(crate) ran: bool,
    /// Everything that it has been, the first included.
    changes: Vec<Kind>,
    told: Vec<Told>,
    due: Option<u64>,
    pub(crate) turned: u64,
}

struct Told {
    at: u64,
    kind: Kind,
    /// So many changes there had been.
    after: usize,
}

impl Component {
    pub(crate) fn check(spec: Spec) -> Self {
        Self::new(Some(spec), 0, Cause::Stale)
    }

    pub(crate) fn heartbeat(time_to_live: u64) -> Self {
        Self::new(None, time_to_live, Cause::HeartbeatMissed)
    }

    pub(crate) fn reporter(time_to_live: Option<u64>) -> Self {
        let mut component = Self::new(None, time_to_live.unwrap_or(u64::MAX), Cause::Stale);
        component.ran = false;
        component.believed_until = None;
        component.changes = vec![component.kind()];
        component
    }

    fn new(spec: Option<Spec>, time_to_live: u64, expires_as: Cause) -> Self {
        let mut component = Self {
            time_to_live,
            expires_as,
            found: Vec::new(),
            known: (Status::Healthy, None),
            lost: Cause::NotRunYet,
            believed_until: spec.is_none().then_some(time_to_live),
            faults: Vec::new(),
            ran: spec.is_none(),
            changes: Vec::new(),
            told: Vec::new(),
            due: None,
            turned: 0,
            spec,
        };
        component.changes.push(component.kind());
        component
    }

    pub(crate) fn kind(&self) -> Kind {
        let (status, cause) = match (self.fault(), self.believed_until) {
            (Some(Fault::Down), _) => (Status::Unhealthy, Some(Cause::Forced)),
            (_, None) => (Status::Unhealthy, Some(self.lost)),
            (_, Some(_)) => self.known,
        };
        match (status, &self.spec) {
            (Status::Unhealthy, Some(spec)) if spec.optional => (Status::Degraded, cause),
            _ => (status, cause),
        }
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        self.faults.last().map(|(_, fault)| *fault)
    }

    /// Lets time pass; where it has jumped, nobody looked before its end.
    pub(crate) fn pass(&mut self, now: u64, jumped: bool) {
        loop {
            let due = self.due.filter(|due| *due <= now);
            let over = self.believed_until.filter(|until| *until <= now);
            let seen = |at| if jumped { now } else { at };
            match (due, over) {
                (Some(due), over) if jumped || over.is_none_or(|over| due <= over) => {
                    self.tell(seen(due));
                }
                (_, Some(over)) => {
                    self.found.clear();
                    self.believed_until = None;
                    self.lost = self.expires_as;
                    self.note(seen(over));
                }
                _ => return,
            }
        }
    }

    pub(crate) fn find(&mut self, found: Found, now: u64) {
        self.pass(now, false);
        self.found.push(found);
        self.ran = true;
        let spec = self.spec.as_ref().expect("a check");
        self.known = judge(spec, &self.found);
        self.believed_until = Some(now + spec.life());
        self.note(now);
    }

    pub(crate) fn beat(&mut self, now: u64) {
        self.believed_until = Some(now + self.time_to_live);
        self.note(now);
    }

    pub(crate) fn say(&mut self, found: Found, now: u64) {
        self.ran = true;
        self.known = found.kind();
        self.believed_until = Some(now.saturating_add(self.time_to_live));
        self.note(now);
    }

    pub(crate) fn force(&mut self, id: usize, fault: Fault, now: u64) {
        self.faults.push((id, fault));
        self.note(now);
    }

    pub(crate) fn lift(&mut self, id: usize, now: u64) {
        self.faults.retain(|(other, _)| *other != id);
        self.note(now);
    }

    fn last(&self) -> Kind {
        *self.changes.last().expect("the first")
    }

    fn note(&mut self, now: u64) {
        let kind = self.kind();
        if kind == self.last() {
            return;
        }
        self.turned += u64::from(kind.0 != self.last().0);
        self.changes.push(kind);
        self.due = None;
        let before = self.told.iter().rev().find(|told| told.kind == kind);
        match before
            .map(|told| told.at + QUIET)
            .filter(|again| now < *again)
        {
            None => self.tell(now),
            again if self.told.last().is_some_and(|told| told.kind != kind) => self.due = again,
            _ => {}
        }
    }

    fn tell(&mut self, at: u64) {
        self.due = None;
        let (kind, after) = (self.last(), self.changes.len());
        self.told.push(Told { at, kind, after });
    }

    /// What the log must hold of it.
    pub(crate) fn events(&self) -> Vec<Event> {
        let (mut from, mut after) = (self.changes[0].0, 1);
        let event = |told: &Told| {
            let event = Event {
                from: from.to_string(),
                to: told.kind.0.to_string(),
                cause: told.kind.1.map(|cause| cause.to_string()),
                left_out: (told.after - after - 1) as u64,
            };
            (from, after) = (told.kind.0, told.after);
            event
        };
        self.told.iter().map(event).collect()
    }

    pub(crate) fn changed(&self) -> usize {
        self.changes.len() + usize::from(self.ran)
    }
}

/// What all findings together say.
fn judge(spec: &Spec, found: &[Found]) -> Kind {
    let bad = |found: Found| found.kind().0 == Status::Unhealthy;
    let (mut shown, mut down, mut succeeded) = (found[0].kind(), true, false);
    // A row is what is alike: only its length and what came before decide.
    for row in found.chunk_by(|one, next| bad(*one) == bad(*next)) {
        let failing = bad(row[0]);
        let wanted = match (succeeded, failing) {
            (false, _) => 1,
            (true, _) if failing == down => 1,
            (true, true) => spec.failures,
            (true, false) => spec.successes,
        };
        if row.len() >= wanted {
            shown = row[row.len() - 1].kind();
            down = failing;
        }
        succeeded |= !failing;
    }
    shown
}
