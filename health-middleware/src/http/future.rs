//! The response's future: an answer that is there, or the inner service's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// The response of a [`HealthService`](crate::HealthService): an answer that is
    /// there already, or the inner service's.
    ///
    /// Dropping it cancels the inner service's future, or gives up the place in its
    /// queue.
    pub struct ResponseFuture<S, ReqBody, ResBody>
    where
        S: Service<Request<ReqBody>>,
    {
        #[pin]
        kind: Kind<S, ReqBody, ResBody, S::Future, S::Error>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<S, ReqBody, ResBody, F, E> {
        Calling { #[pin] future: F },
        Waiting { service: S, request: Option<Request<ReqBody>> },
        Answer { response: Option<Response<ResBody>> },
        Failed { error: Option<E> },
    }
}

impl<S, ReqBody, ResBody> ResponseFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    pub(crate) fn calling(future: S::Future) -> Self {
        Self {
            kind: Kind::Calling { future },
        }
    }

    pub(crate) fn waiting(service: S, request: Request<ReqBody>) -> Self {
        Self {
            kind: Kind::Waiting {
                service,
                request: Some(request),
            },
        }
    }

    pub(crate) fn answer(response: Response<ResBody>) -> Self {
        Self {
            kind: Kind::Answer {
                response: Some(response),
            },
        }
    }

    pub(crate) fn failed(error: S::Error) -> Self {
        Self {
            kind: Kind::Failed { error: Some(error) },
        }
    }
}

impl<S, ReqBody, ResBody> Future for ResponseFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut kind = self.project().kind;
        loop {
            let future = match kind.as_mut().project() {
                KindProj::Calling { future } => return future.poll(cx),
                KindProj::Answer { response } => {
                    return Poll::Ready(Ok(response.take().expect(POLLED)));
                }
                KindProj::Failed { error } => {
                    return Poll::Ready(Err(error.take().expect(POLLED)));
                }
                KindProj::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    service.call(request.take().expect(POLLED))
                }
            };
            kind.set(Kind::Calling { future });
        }
    }
}

/// A future's contract: it is not polled again once it is done.
const POLLED: &str = "ResponseFuture polled after it was done";

impl<S, ReqBody, ResBody> fmt::Debug for ResponseFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
