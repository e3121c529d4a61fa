//! The tower service: health paths are answered, everything else passes through.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower_service::Service;

use super::respond::answer;
use super::{Endpoints, FromBytes, MakeBody, ResponseFuture};

/// Answers the health endpoints in front of `S`; made by
/// [`HealthLayer`](crate::HealthLayer).
///
/// It is always ready, since the endpoints answer even while the inner service is
/// saturated or has failed. Whether the inner service is ready is asked only for a
/// request that is meant for it: probes, and connections that wait for their next
/// request, neither queue for its permits nor hold one. A request that finds it
/// busy waits in its own future, in the instance that has its place in the queue,
/// and leaves a clone behind.
#[derive(Clone, Debug)]
pub struct HealthService<S, M = FromBytes> {
    inner: S,
    endpoints: Arc<Endpoints>,
    make_body: M,
}

impl<S, M> HealthService<S, M> {
    pub(crate) fn new(inner: S, endpoints: Arc<Endpoints>, make_body: M) -> Self {
        Self {
            inner,
            endpoints,
            make_body,
        }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without this one.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, M, ReqBody, ResBody> Service<Request<ReqBody>> for HealthService<S, M>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    M: MakeBody<ResBody>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, ResBody>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let exposure = &self.endpoints.config.layer;
        let route = exposure.routes.find(request.uri().path());
        if route.is_none() {
            return self.pass(request);
        }
        let response = answer(&self.endpoints, exposure, route, request, &self.make_body);
        ResponseFuture::answer(response)
    }
}

impl<S: Clone, M> HealthService<S, M> {
    fn pass<ReqBody, ResBody>(
        &mut self,
        request: Request<ReqBody>,
    ) -> ResponseFuture<S, ReqBody, ResBody>
    where
        S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    {
        // A service that is not ready is polled again, with the task's own waker,
        // by the future that it moves into.
        let mut context = Context::from_waker(Waker::noop());
        match self.inner.poll_ready(&mut context) {
            Poll::Ready(Ok(())) => ResponseFuture::calling(self.inner.call(request)),
            Poll::Ready(Err(error)) => ResponseFuture::failed(error),
            Poll::Pending => {
                // The polled instance has the place in the queue.
                let clone = self.inner.clone();
                let polled = std::mem::replace(&mut self.inner, clone);
                ResponseFuture::waiting(polled, request)
            }
        }
    }
}
