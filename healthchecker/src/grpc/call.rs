//! The call, from its request to the status of the service, polled on no runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use h2::client::{self, SendRequest};
use http::{HeaderName, HeaderValue, Method, Request, Version};

use super::answer::{check_status, check_type};
use super::health::{health_check_request, serving};
use crate::net::{Channel, Deadline, Duplex};
use crate::verdict::{Cause, Failure, Phase};

/// Bytes that an answer's message may have: a status is two.
const MAX_MESSAGE: usize = 1024;

/// What is asked of whom.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) secure: bool,
    pub(crate) authority: &'a str,
    pub(crate) service: &'a str,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) deadline: Deadline,
}

/// The serving status of a healthy service, in words.
pub(crate) fn check(call: &Call<'_>, channel: Channel) -> Result<String, Failure> {
    let failed = |error: &std::io::Error| call.deadline.failure(error, Phase::Waiting);
    let duplex = Duplex::new(channel).map_err(|error| failed(&error))?;
    let readiness = duplex.readiness();
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    let mut exchange = pin!(exchange(call, duplex));
    loop {
        // A peer that keeps the connection busy must not postpone the deadline.
        let left = call.deadline.remaining().map_err(|error| failed(&error))?;
        if woken.0.swap(false, Ordering::AcqRel) {
            match exchange.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => continue,
            }
        }
        readiness.wait(left).map_err(|error| failed(&error))?;
        woken.0.store(true, Ordering::Release);
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

async fn exchange(call: &Call<'_>, duplex: Duplex) -> Result<String, Failure> {
    let handshake = client::Builder::new()
        .initial_window_size(65_535)
        .initial_connection_window_size(65_535)
        // All that an answer may take: what is left out could be its status.
        .max_header_list_size(64 * 1024)
        .enable_push(false)
        .handshake::<_, Bytes>(duplex);
    let (sender, connection) = handshake.await.map_err(|error| transport(&error, call))?;
    let mut connection = pin!(connection);
    let mut request = pin!(request(call, sender));
    std::future::poll_fn(|context| {
        if let Poll::Ready(result) = request.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        match connection.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            // What ended the connection may have completed the call before.
            Poll::Ready(end) => match request.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(result),
                Poll::Pending => Poll::Ready(Err(match end {
                    Err(error) => transport(&error, call),
                    Ok(()) => {
                        Failure::new(Cause::Closed(Phase::Waiting), "closed without an answer")
                    }
                })),
            },
        }
    })
    .await
}

async fn request(call: &Call<'_>, sender: SendRequest<Bytes>) -> Result<String, Failure> {
    let failed = |error: h2::Error| transport(&error, call);
    let mut sender = sender.ready().await.map_err(failed)?;
    let request = head(call).map_err(|error| {
        Failure::new(
            Cause::System,
            format!("the request cannot be sent: {error}"),
        )
    })?;
    let (response, mut body) = sender.send_request(request, false).map_err(failed)?;
    body.send_data(health_check_request(call.service.as_bytes()).into(), true)
        .map_err(failed)?;

    let response = response.await.map_err(failed)?;
    let status = response.status();
    if status != http::StatusCode::OK {
        return Err(Failure::new(
            Cause::Grpc,
            format!("not gRPC: HTTP status {}", status.as_u16()),
        ));
    }
    let (head, mut body) = response.into_parts();
    check_type(&head.headers)?;
    let is_over = body.is_end_stream();
    let mut answer = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.map_err(failed)?;
        let _ = body.flow_control().release_capacity(data.len());
        if answer.len() + data.len() > MAX_MESSAGE {
            return Err(Failure::new(
                Cause::Grpc,
                "the message is larger than 1 KiB",
            ));
        }
        answer.extend_from_slice(&data);
    }
    let trailers = body.trailers().await.map_err(failed)?;
    let trailers = trailers.unwrap_or_default();
    let (status, other) = if is_over {
        (&head.headers, &trailers)
    } else {
        (&trailers, &head.headers)
    };
    if other.contains_key("grpc-status") {
        return Err(Failure::new(
            Cause::Grpc,
            "not gRPC: a grpc-status out of its place",
        ));
    }
    check_status(status)?;
    serving(&answer)
}

/// The request without its message.
fn head(call: &Call<'_>) -> http::Result<Request<()>> {
    let scheme = if call.secure { "https" } else { "http" };
    let left = call
        .deadline
        .remaining()
        .map_or(1, |left| left.as_millis().max(1));
    let given = |name: &str| call.headers.iter().find(|(given, _)| given == name);
    // HTTP/2 has the authority in the place of a Host header (RFC 9113, section 8.3.1).
    let authority = given("host").map_or(call.authority.as_bytes(), |(_, value)| value.as_bytes());
    let mut request = Request::builder()
        .method(Method::POST)
        .version(Version::HTTP_2)
        .uri(
            [
                scheme.as_bytes(),
                b"://",
                authority,
                b"/grpc.health.v1.Health/Check",
            ]
            .concat(),
        )
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-timeout", format!("{left}m"));
    if given("user-agent").is_none() {
        let agent = concat!("healthchecker/", env!("CARGO_PKG_VERSION"));
        request = request.header("user-agent", agent);
    }
    for (name, value) in call.headers.iter().filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    request.body(())
}

/// What HTTP/2 or the socket beneath says went wrong.
fn transport(error: &h2::Error, call: &Call<'_>) -> Failure {
    match error.get_io() {
        Some(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            Failure::new(Cause::Grpc, "the answer is larger than 64 KiB")
        }
        Some(error) => call.deadline.failure(error, Phase::Waiting),
        // By what was asked for, not by what came.
        None if error.to_string().starts_with("user error") => Failure::new(
            Cause::System,
            format!("the request cannot be sent: {error}"),
        ),
        None if error.is_remote() => {
            Failure::new(Cause::Grpc, format!("refused over HTTP/2: {error}"))
        }
        None => Failure::new(Cause::NotHttp, format!("not HTTP/2: {error}")),
    }
}

#[cfg(test)]
mod tests;
