use bytes::Bytes;
use hyper::body::Body;

use super::access::{self, Refused};
use super::body::{Read, read};
use super::{Head, Routes, too_often, unavailable};
use crate::dialects::Answer;
use crate::dialects::ping::{self, Signal, Subject};
use crate::owner::Turn;
use crate::tokens::{Denied, Secret, Verb};
use crate::watches::Outcome;

impl Routes {
    pub(super) async fn ping<B>(&self, head: &Head<'_>, body: &mut B) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let body = match read(body, ping::BODY_LIMIT).await {
            Read::Whole(body) | Read::Cut(body) => body,
            Read::Broken => return Answer::text(408, "the body did not come"),
        };
        let ping = match ping::parse(head.method, head.path, head.query, &body) {
            Ok(ping) => ping,
            Err(refused) => return refused,
        };
        let done = self.house.owner.write(|turn| self.send(turn, ping));
        match done.await {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(_) => unavailable(),
        }
    }

    fn send(&self, turn: &mut Turn<'_>, ping: ping::Ping) -> Result<Answer, Answer> {
        let from = self.address();
        let mut limit = None;
        if let Subject::Uuid(uuid) = ping.subject() {
            let desk = &mut *turn.desk;
            // Of what there is not nothing is counted, or guesses would take the room of others.
            if desk.table.get_by_uuid(*uuid).is_some() {
                let taken = desk.pings.take(*uuid, turn.now.mono);
                taken.map_err(too_often)?;
            }
        }
        let id = turn.id();
        let commands = {
            let (desk, now) = (&mut *turn.desk, turn.now);
            let mut denied = |refused| match refused {
                Refused::TooOften(millis) => limit = Some(millis),
                Refused::Denied(_) => {}
            };
            let authority = |key: &str, signal: Signal| {
                let verb = match signal {
                    Signal::Fail | Signal::Exit(1..) => Verb::Fault,
                    _ => Verb::Kick,
                };
                let grant = match Secret::parse(key) {
                    Some(secret) => access::bearer(desk, now, from, &secret, verb),
                    None => access::fail(desk, now, from, Denied::Wrong),
                };
                grant
                    .map_err(&mut denied)
                    .ok()
                    .map(|grant| grant.authority.into())
            };
            ping.commands(authority, || (id, None))
        };
        let commands = match (commands, limit) {
            (_, Some(millis)) => return Err(too_often(millis)),
            (commands, None) => commands?,
        };
        let mut first = None;
        for command in commands {
            let outcome = turn.apply(command);
            first.get_or_insert(outcome);
        }
        Ok(ping::answer(first.unwrap_or(Outcome::Missing)))
    }
}
