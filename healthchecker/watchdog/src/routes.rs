//! From a request over HTTP to a dialect, from there to the table's owner, and back with an answer when
//! it is on disk.
//!
//! Touches `config`, `dialects`, `feed`, `listener`, `outbox`, `owner`, `probes`, `store`, `tokens`, `ui` and `watches`.

mod access;
mod api;
mod body;
mod gwd;
mod heartbeat;
mod metrics;
mod origin;
mod ping;
mod registry;
mod sent;
mod ui;

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Request, Response};
use hyper::body::Body;
use tower_service::Service;

use crate::config::{Config, Dialect, Listener};
use crate::dialects::{Answer, registry as registry_dialect, seconds_until};
use crate::feed::Feed;
use crate::listener::Peer;
use crate::owner::Owner;
use sent::Reply;

pub(crate) use registry::Registry;
pub(crate) use sent::Sent;
pub(crate) use ui::Page;

/// What all routes stand on.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) owner: Arc<Owner>,
    pub(crate) config: Config,
    /// What has happened of late.
    pub(crate) feed: Arc<Feed>,
    pub(crate) registry: Registry,
    /// What the page stands on beyond that.
    pub(crate) page: Page,
}

/// The routes, as somebody at a listener reaches them.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    house: Arc<House>,
    peer: Peer,
}

/// The connection is to be closed without an answer: old clients take every answer for final, and ask
/// another server only then.
#[derive(Debug)]
pub(crate) struct Unanswered;

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed unanswered: the store is lost")
    }
}

impl std::error::Error for Unanswered {}

/// What is read of a request before its body.
struct Head<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    /// The host and port of a target that has them.
    authority: Option<&'a str>,
}

impl Head<'_> {
    /// A header's value, if it is text.
    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Routes {
    pub(crate) fn new(house: Arc<House>, peer: Peer) -> Self {
        Self { house, peer }
    }

    fn address(&self) -> IpAddr {
        self.peer.address.ip().to_canonical()
    }

    fn listener(&self) -> &Listener {
        &self.house.config.listeners[self.peer.listener]
    }

    fn speaks(&self, dialect: Dialect) -> bool {
        self.listener().dialects.contains(&dialect)
    }

    /// What is seldom asked for waits in a box: whatever a future may wait for makes it larger, and this
    /// one is made for each request.
    async fn route<B>(&self, parts: &Parts, body: &mut B) -> Result<Reply, Unanswered>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let head = Head {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            authority: parts.uri.authority().map(http::uri::Authority::as_str),
        };
        if head.path == "/metrics" {
            return Ok(Box::pin(self.metrics(&head)).await.into());
        }
        if head.path == "/sd/prometheus" {
            return Ok(Box::pin(self.targets(&head)).await);
        }
        if self.speaks(Dialect::Ping) && head.path.starts_with("/ping/") {
            return Ok(self.ping(&head, body).await.into());
        }
        if self.speaks(Dialect::Api)
            && head.path.starts_with("/api/")
            && let Some(answer) = Box::pin(self.api(&head, body)).await
        {
            return Ok(answer.into());
        }
        if self.speaks(Dialect::Gwd)
            && let Some(answer) = self.gwd(&head).await?
        {
            return Ok(answer.into());
        }
        if self.speaks(Dialect::Registry) && registry_dialect::is_route(head.path) {
            return Ok(Box::pin(self.registry(&head, body)).await);
        }
        if self.speaks(Dialect::Ui)
            && let Some(reply) = Box::pin(self.ui(&head)).await
        {
            return Ok(reply);
        }
        if self.speaks(Dialect::Heartbeat) && head.path == "/" {
            return Ok(self.heartbeat(&head).await.into());
        }
        Ok(Answer::text(404, "not found\n").into())
    }
}

impl<B> Service<Request<B>> for Routes
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    type Response = Response<Sent>;
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Unanswered>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unanswered>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let routes = self.clone();
        let (parts, mut body) = request.into_parts();
        Box::pin(async move { routes.route(&parts, &mut body).await.map(Reply::respond) })
    }
}

/// What is said while the store is lost.
fn unavailable() -> Answer {
    Answer::text(503, "the store is lost: try again, or elsewhere\n").with("retry-after", "5")
}

/// What is said to who asks too often.
fn too_often(millis: u64) -> Answer {
    let seconds = seconds_until(millis);
    Answer::text(429, "too many requests\n").with("retry-after", seconds.to_string())
}

/// 128 random bits, where the kernel has some.
fn random() -> Option<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(u128::from_ne_bytes(bytes))
}

#[cfg(test)]
mod tests;
