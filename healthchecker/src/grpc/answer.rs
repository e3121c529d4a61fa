//! What makes an answer over HTTP/2 one of gRPC, and the status that the call itself ends with.

use http::{HeaderMap, HeaderValue};

use crate::message;
use crate::verdict::{Cause, Failure};

/// What is not gRPC may answer 200 to anything (PROTOCOL-HTTP2, "Responses").
pub(super) fn check_type(head: &HeaderMap) -> Result<(), Failure> {
    let kind = head
        .get("content-type")
        .map_or(&b""[..], HeaderValue::as_bytes);
    if kind.starts_with(b"application/grpc") {
        return Ok(());
    }
    let mut what = String::from("not gRPC: content-type \"");
    message::push_escaped(&mut what, kind, 100);
    what.push('"');
    Err(Failure::new(Cause::Grpc, what))
}

/// The call's own status, which every gRPC answer ends with: in its trailers, or in a head that has
/// nothing behind it.
pub(super) fn check_status(trailers: &HeaderMap) -> Result<(), Failure> {
    let mut codes = trailers.get_all("grpc-status").iter();
    let Some(code) = codes.next() else {
        return Err(Failure::new(Cause::Grpc, "not gRPC: no grpc-status"));
    };
    if codes.next().is_some() {
        return Err(Failure::new(
            Cause::Grpc,
            "not gRPC: more than one grpc-status",
        ));
    }
    let code = code.as_bytes();
    if code == b"0" {
        return Ok(());
    }
    let mut what = String::from("gRPC status ");
    message::push_escaped(&mut what, code, 10);
    what.push_str(match code {
        b"1" => " CANCELLED",
        b"2" => " UNKNOWN",
        b"3" => " INVALID_ARGUMENT",
        b"4" => " DEADLINE_EXCEEDED",
        b"5" => " NOT_FOUND: the service is unknown to the server",
        b"7" => " PERMISSION_DENIED",
        b"8" => " RESOURCE_EXHAUSTED",
        b"12" => " UNIMPLEMENTED: the server has no grpc.health.v1",
        b"13" => " INTERNAL",
        b"14" => " UNAVAILABLE",
        b"16" => " UNAUTHENTICATED",
        _ => "",
    });
    let mut failure = Failure::new(Cause::Grpc, what);
    if let Some(text) = trailers.get("grpc-message") {
        failure.body = text
            .as_bytes()
            .iter()
            .copied()
            .take(message::MAX_BODY)
            .collect();
    }
    Err(failure)
}
