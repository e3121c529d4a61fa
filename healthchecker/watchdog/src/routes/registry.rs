mod discover;
mod follow;
mod listing;
mod targets;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::HeaderName;
use hyper::body::Body;

use super::body::{Read, read};
use super::sent::Reply;
use super::{Head, Routes, origin, unavailable};
use crate::dialects::registry::{self, BODY_LIMIT, Registration, Request};
use crate::dialects::{Answer, Call};
use crate::owner::Turn;
use crate::probes::Places;
use crate::watches::{Command, Key, Outcome, Watch};
use discover::Turns;

/// What is known beside the table.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Room among those who are checked.
    pub(crate) places: Arc<Places>,
    turns: Turns,
    watchers: Arc<AtomicUsize>,
}

impl Registry {
    pub(crate) fn new(places: Arc<Places>) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    /// How many follow a service.
    pub(super) fn watchers(&self) -> usize {
        self.watchers.load(Ordering::Relaxed)
    }
}

impl Routes {
    pub(super) async fn registry<B>(&self, head: &Head<'_>, body: &mut B) -> Reply
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let hosts = &self.listener().hosts;
        if let Err(refused) = origin::check(head.authority, head.headers, hosts) {
            return refused.into();
        }
        let is_said = head.path == "/register";
        let most = if is_said { BODY_LIMIT } else { 0 };
        let body = match read(body, most).await {
            Read::Whole(body) => body,
            Read::Cut(_) if is_said => return registry::too_large().into(),
            // What is not read is not looked at, either.
            Read::Cut(body) => body,
            Read::Broken => return Answer::text(408, "the body did not come\n").into(),
        };
        let call = Call {
            method: head.method,
            path: head.path,
            query: head.query,
            body: &body,
            ..Call::default()
        };
        let request = match registry::parse(&call, &self.house.config.registry) {
            Ok(request) => request,
            Err(refused) => return refused.into(),
        };
        match request {
            Request::Register(what) => self.register(&what).await.into(),
            Request::Deregister(key) => {
                let gone = |watch: &Watch| Some(registry::deregister(watch));
                self.instance(&key, gone).await.into()
            }
            Request::Heartbeat(key) => self.instance(&key, registry::beat).await.into(),
            Request::Drain(key) => self.instance(&key, registry::drain).await.into(),
            Request::Discover { service, strategy } => {
                Box::pin(self.discover(&service, strategy)).await
            }
            Request::Watch { service } => {
                let last = head.header(HeaderName::from_static("last-event-id"));
                self.follow(service, last.map(str::trim))
            }
        }
    }

    async fn register(&self, what: &Registration) -> Answer {
        let check = what.service.check.as_ref();
        let places = &self.house.registry.places;
        let taken = check.map(|check| places.reserve(&what.key, check));
        if matches!(taken, Some(None)) {
            return registry::too_many_checks();
        }
        let done = self.house.owner.write(|turn| {
            let command = what.command(turn.id());
            let outcome = turn.apply(command);
            let watch = turn.desk.table.get(&what.key);
            Ok(registry::registered(outcome, watch, turn.now))
        });
        let answer = said(done.await);
        if let Some(Some(taken)) = taken
            && answer.status != 201
        {
            taken.give_back();
        }
        answer
    }

    /// Does something to an instance that there is; nothing more where `command` says so.
    async fn instance(&self, key: &Key, command: impl FnOnce(&Watch) -> Option<Command>) -> Answer {
        let done = self.house.owner.write(|turn: &mut Turn<'_>| {
            let watch = turn.desk.table.get(key);
            let watch = watch.ok_or_else(|| registry::missing(key))?;
            let outcome = match command(watch) {
                Some(command) => turn.apply(command),
                None => Outcome::Done(1),
            };
            Ok(registry::done(key, outcome))
        });
        said(done.await)
    }
}

fn said<E>(done: Result<Result<Answer, Answer>, E>) -> Answer {
    match done {
        Ok(Ok(answer) | Err(answer)) => answer,
        Err(_) => unavailable(),
    }
}
