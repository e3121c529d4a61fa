//! The bodies of health answers, in whatever type the inner service has.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A response body that can be made from [`Bytes`], so that the layer answers in
/// the inner service's own type: axum's `Body`, `Full<Bytes>`, `String`'s kin.
///
/// It is implemented for every `From<Bytes>`. For bodies that lack it there is
/// [`Health::layer_with`](crate::Health::layer_with).
#[diagnostic::on_unimplemented(
    message = "the health layer cannot make a `{Self}` out of `Bytes`",
    label = "this body has no `From<Bytes>`",
    note = "use `health.layer_with(|bytes| …)` and say how such a body is made",
    note = "or change the body back with tower-http's `MapResponseBodyLayer` between this layer and the one that changed it"
)]
pub trait HealthBody: From<Bytes> {}

// The compiler would name the bound, which says nothing of what to do.
#[diagnostic::do_not_recommend]
impl<B: From<Bytes>> HealthBody for B {}

/// How the layer makes a body. Implemented by what
/// [`Health::layer`](crate::Health::layer) and
/// [`Health::layer_with`](crate::Health::layer_with) put in.
#[diagnostic::on_unimplemented(
    message = "the health layer cannot make a `{B}`",
    label = "this body is not made by `{Self}`",
    note = "`health.layer()` needs a body that is `From<Bytes>`; otherwise use `health.layer_with(|bytes| …)` and say how such a body is made",
    note = "or change the body back with tower-http's `MapResponseBodyLayer` between this layer and the one that changed it"
)]
pub trait MakeBody<B>: sealed::Sealed {
    #[doc(hidden)]
    fn make_body(&self, bytes: Bytes) -> B;
}

/// Makes bodies by `From<Bytes>`.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct FromBytes;

impl<B: HealthBody> MakeBody<B> for FromBytes {
    fn make_body(&self, bytes: Bytes) -> B {
        B::from(bytes)
    }
}

/// Makes bodies by a closure.
#[derive(Clone, Copy)]
pub struct MakeWith<F>(pub(crate) F);

impl<F, B> MakeBody<B> for MakeWith<F>
where
    F: Fn(Bytes) -> B,
{
    fn make_body(&self, bytes: Bytes) -> B {
        (self.0)(bytes)
    }
}

impl<F> std::fmt::Debug for MakeWith<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MakeWith").finish_non_exhaustive()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::FromBytes {}
    impl<F> Sealed for super::MakeWith<F> {}
}

/// The body of [`EndpointService`](crate::EndpointService): at most one frame,
/// whose length is known.
#[derive(Clone, Debug, Default)]
pub struct ResponseBody {
    bytes: Option<Bytes>,
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            bytes: (!bytes.is_empty()).then_some(bytes),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(
            self.get_mut()
                .bytes
                .take()
                .map(|bytes| Ok(Frame::data(bytes))),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
