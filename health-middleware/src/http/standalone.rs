//! The endpoints alone, for a management port.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::respond::answer;
use super::{Endpoints, FromBytes, ResponseBody};

/// Answers the health endpoints, and 404 to everything else; made by
/// [`Health::into_service`](crate::Health::into_service).
#[derive(Clone, Debug)]
pub struct EndpointService {
    endpoints: Arc<Endpoints>,
}

impl EndpointService {
    pub(crate) fn new(endpoints: Arc<Endpoints>) -> Self {
        Self { endpoints }
    }
}

impl<ReqBody> Service<Request<ReqBody>> for EndpointService {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let exposure = &self.endpoints.config.management;
        let route = exposure.routes.find(request.uri().path());
        let response = answer(&self.endpoints, exposure, route, request, &FromBytes);
        ready(Ok(response))
    }
}
