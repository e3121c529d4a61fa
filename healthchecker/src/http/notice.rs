//! One HTTP request that tells somebody something: of its answer the status counts, and nothing of it is
//! shown, since a server may send back what it was sent.

use healthchecker_core::status::StatusSet;
use ureq::http::Method;

use super::agent::agent;
use super::exchange::head;
use super::transport::ScanningTransport;
use crate::net::Channel;
use crate::verdict::{Cause, Failure};

/// What is told, and where. With a body it is a POST.
pub(crate) struct Notice<'a> {
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: Option<&'a [u8]>,
}

/// The answer's status. Its body is not read.
pub(crate) fn deliver(notice: &Notice<'_>, channel: Channel) -> Result<u16, Failure> {
    // The words of these errors may hold the path, which may be a secret.
    let unsent = || Failure::new(Cause::System, "the request cannot be sent");
    let method = match notice.body {
        None => Method::GET,
        Some(_) => Method::POST,
    };
    let (request, length) = head(method, notice.host, notice.path, &[]).map_err(|_| unsent())?;
    let length = length + notice.body.map_or(0, <[u8]>::len);
    // Head and body are written apart, and the body would wait for the acknowledgement of the head.
    channel.stream().send_at_once();
    let transport = ScanningTransport::new(channel, &StatusSet::default(), length);
    let seen = transport.seen();
    let agent = agent(transport, length);
    let answer = match notice.body {
        None => request.body(()).map(|request| agent.run(request).map(drop)),
        Some(body) => request
            .body(body)
            .map(|request| agent.run(request).map(drop)),
    };
    match (seen.head.get(), answer) {
        (Some(Ok(head)), _) => Ok(head.status),
        (Some(Err(failure)), _) => Err(failure.clone()),
        (None, _) => Err(unsent()),
    }
}
