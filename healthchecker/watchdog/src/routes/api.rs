use std::convert::Infallible;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::body::Body;

use super::access::{self, Refused};
use super::body::{Read, read};
use super::{Head, Routes, random};
use crate::dialects::api::{self, Act, BODY_LIMIT, Request, Seen};
use crate::dialects::{Answer, Call};
use crate::owner::{Desk, Turn};
use crate::tokens::{Denied, Grant, Proof, Verb};
use crate::watches::Now;

impl Routes {
    /// `None`: it is no route of this dialect.
    pub(super) async fn api<B>(&self, head: &Head<'_>, body: &mut B) -> Option<Answer>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut call = Call {
            method: head.method,
            path: head.path,
            query: head.query,
            authorization: head.header(AUTHORIZATION),
            content_type: head.header(CONTENT_TYPE),
            ..Call::default()
        };
        let is_known = self.is_known(&call);
        let most = if is_known { BODY_LIMIT } else { 0 };
        let body = match read(body, most).await {
            Read::Whole(body) => body,
            Read::Cut(_) if is_known => return Some(api::too_large()),
            Read::Cut(body) => body,
            Read::Broken => return Some(Answer::text(408, "the body did not come\n")),
        };
        call.body = &body;
        let request = match api::parse(&call)? {
            Ok(request) => request,
            // Of a body that was not kept nothing can be said.
            Err(refused) if !is_known && refused.status == 400 => return Some(self.deny()),
            Err(refused) => return Some(refused),
        };
        let owner = &self.house.owner;
        let done = if matches!(head.method, "GET" | "HEAD") {
            // What is only looked at waits for nothing.
            owner.read(|desk, now| {
                let grant = self.allow(&request, desk, now)?;
                match plan(request, &grant, desk, now, 0, 0)? {
                    Act::Tell(answer) => Ok(answer),
                    Act::Look(page) => Ok(page.answer(&desk.outbox)),
                    _ => Err(api::store_lost()),
                }
            })
        } else {
            let done = owner.write(|turn| self.change(request, turn)).await;
            done.unwrap_or_else(|_| Err(api::store_lost()))
        };
        let (Ok(answer) | Err(answer)) = done;
        Some(answer)
    }

    /// Whether it has a token that is one, whatever it allows: of anybody else no body is kept.
    fn is_known(&self, call: &Call<'_>) -> bool {
        let proof = call.authorization.and_then(Proof::authorization);
        let Some(Proof::Bearer(secret)) = proof else {
            return false;
        };
        let found = self
            .house
            .owner
            .read(|desk, now| desk.tokens.bearer(&secret, Verb::Status, now.wall));
        matches!(found, Ok(_) | Err(Denied::Verb(_)))
    }

    fn deny(&self) -> Answer {
        let denied = |desk: &mut Desk, now| {
            access::fail::<Infallible>(desk, now, self.address(), Denied::Wrong)
        };
        let Err(refused) = self.house.owner.read(denied);
        answer(refused)
    }

    fn allow(&self, request: &Request, desk: &mut Desk, now: Now) -> Result<Grant, Answer> {
        let found = request.check(&desk.tokens, now.wall);
        access::count(desk, now, self.address(), found).map_err(answer)
    }

    fn change(&self, request: Request, turn: &mut Turn<'_>) -> Result<Answer, Answer> {
        let now = turn.now;
        let grant = self.allow(&request, turn.desk, now)?;
        let id = turn.id();
        let uuid = uuid().ok_or_else(api::store_lost)?;
        match plan(request, &grant, turn.desk, now, id, uuid)? {
            Act::Tell(answer) => Ok(answer),
            Act::Look(page) => Ok(page.answer(&turn.desk.outbox)),
            Act::Resend(resend) => turn.outbox(|outbox, look| resend.done(outbox, look)),
            Act::Do(command, reply) => {
                let outcome = turn.apply(command);
                Ok(reply.answer(outcome, &turn.desk.table, now))
            }
            Act::Change(change) => {
                let (rows, answer) = change.make(&mut turn.desk.tokens, now.wall)?;
                turn.keep(rows);
                Ok(answer)
            }
        }
    }
}

fn answer(refused: Refused) -> Answer {
    match refused {
        Refused::Denied(denied) => api::denied(denied),
        Refused::TooOften(millis) => api::too_often(millis),
    }
}

fn plan(
    request: Request,
    grant: &Grant,
    desk: &Desk,
    now: Now,
    id: u64,
    uuid: u128,
) -> Result<Act, Answer> {
    let seen = Seen {
        table: &desk.table,
        tokens: &desk.tokens,
        now,
    };
    request.act(grant, &seen, id, uuid)
}

/// Of version 4: RFC 9562, section 5.4.
fn uuid() -> Option<u128> {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0b11 << 62;
    let random = random()?;
    Some(random & !VERSION & !VARIANT | 4 << 76 | 0b10 << 62)
}
