//! What happens in a test's world: watches that go down and up, and sinks that are told.

use super::{OPS, World, key, words};
use crate::outbox::{Step, Verdict};
use crate::watches::{Command, Deed, Fresh, Kind, Millis, NEVER, Sweep, Target};

impl World {
    fn one(&mut self, name: &str, deed: Deed) -> Command {
        self.next_id += 1;
        Command::One {
            target: Target::Key(key(name)),
            fresh: Some(Fresh {
                id: self.next_id,
                uuid: None,
                kind: Kind::Kick,
                timeout: 100_000_000,
                grace: 0,
            }),
            deed,
        }
    }

    pub(in crate::outbox::tests) fn fault(&mut self, name: &str) -> Command {
        let deed = Deed::Fault {
            reason: "why".into(),
            body: b"what came".as_slice().into(),
        };
        self.one(name, deed)
    }

    pub(in crate::outbox::tests) fn kick(&mut self, name: &str) -> Command {
        let deed = Deed::Kick {
            timeout: None,
            grace: None,
            rid: None,
            body: Box::default(),
        };
        self.one(name, deed)
    }

    pub(in crate::outbox::tests) fn sweep(&mut self, name: &str, sweep: Sweep) -> Command {
        self.one(name, Deed::Sweep(sweep))
    }

    /// They go down, in one turn that is on disk.
    pub(in crate::outbox::tests) fn down<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        let commands = names.into_iter().map(|name| self.fault(name)).collect();
        self.turn(commands);
        self.commit();
    }

    pub(in crate::outbox::tests) fn up<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        let commands = names.into_iter().map(|name| self.kick(name)).collect();
        self.turn(commands);
        self.commit();
    }

    /// Sends all that may be sent now; each message's names and types.
    pub(in crate::outbox::tests) fn send(
        &mut self,
        pool: usize,
        verdict: &Verdict,
    ) -> Vec<Vec<String>> {
        let mut sent = Vec::new();
        // What is due is first formed, stored, and then sent.
        for _ in 0..2 {
            while let Some(job) = self.take(pool) {
                sent.push(words(&job.message));
                self.settle(&job, verdict);
                self.commit();
            }
            self.commit();
        }
        sent
    }

    pub(in crate::outbox::tests) fn deliver(&mut self) -> Vec<Vec<String>> {
        self.send(OPS, &Verdict::Delivered)
    }

    /// When there is something to do.
    pub(in crate::outbox::tests) fn wake(&mut self, pool: usize) -> Millis {
        let kept = self.kept;
        match self.act(|outbox, look| outbox.take(pool, look, kept, true)) {
            Step::Wait(until) => until,
            Step::Send(job) => panic!("{job:?}"),
        }
    }

    /// Lets time pass until there is something to send, and sends it.
    pub(in crate::outbox::tests) fn next(
        &mut self,
        pool: usize,
        verdict: &Verdict,
    ) -> Option<(Millis, Vec<Vec<String>>)> {
        let begun = self.now.mono;
        for _ in 0..20 {
            let sent = self.send(pool, verdict);
            if !sent.is_empty() {
                return Some((self.now.mono - begun, sent));
            }
            let wake = self.wake(pool);
            if wake == NEVER {
                return None;
            }
            self.pass(wake - self.now.mono);
        }
        panic!("it wakes for nothing");
    }
}
