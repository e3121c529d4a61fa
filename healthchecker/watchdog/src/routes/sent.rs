//! Answers as hyper sends them: whole, or a stream of events that goes on.

use std::borrow::Cow;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::dialects::Answer;

/// What is answered to a request.
pub(super) enum Reply {
    /// All of it.
    Whole(Answer),
    /// What is too long to be made at once: its head, and its body in pieces until the sender is dropped.
    Pieces(Answer, mpsc::Receiver<Bytes>),
    /// Server-sent events, until the sender is dropped. Whoever sends sees by a failure that the peer has
    /// gone.
    Events(mpsc::Receiver<Bytes>),
}

/// A body on its way.
#[derive(Debug)]
pub(crate) enum Sent {
    Whole(Full<Bytes>),
    Pieces(mpsc::Receiver<Bytes>),
}

impl From<Bytes> for Sent {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(Full::new(bytes))
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Whole(answer)
    }
}

impl Reply {
    /// As hyper sends it. A value that no header can have is left out: none comes from a request.
    pub(super) fn respond(self) -> Response<Sent> {
        let (head, body) = match self {
            Self::Whole(mut answer) => {
                let body = Full::new(match std::mem::take(&mut answer.body) {
                    Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    Cow::Owned(bytes) => Bytes::from(bytes),
                });
                (answer, Sent::Whole(body))
            }
            Self::Events(events) => {
                let head = Answer::new(200)
                    .with("content-type", "text/event-stream")
                    .with("cache-control", "no-store")
                    // nginx keeps what it passes on, unless it is told not to.
                    .with("x-accel-buffering", "no");
                (head, Sent::Pieces(events))
            }
            Self::Pieces(head, pieces) => (head, Sent::Pieces(pieces)),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in head.headers {
            if let Ok(value) = HeaderValue::try_from(&*value) {
                let (headers, name) = (response.headers_mut(), HeaderName::from_static(name));
                // Browsers take one challenge of a header, and look at each.
                if name == WWW_AUTHENTICATE {
                    headers.append(name, value);
                } else {
                    headers.insert(name, value);
                }
            }
        }
        response
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(cx),
            Self::Pieces(pieces) => {
                let piece = pieces.poll_recv(cx);
                piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Pieces(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}
