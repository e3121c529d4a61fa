//! The methods of the service: what each answers.

use std::future::{Ready, ready};
use std::sync::Arc;

use tonic::server::{ServerStreamingService, UnaryService};
use tonic::{Request, Response, Status};

use super::message::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};
use super::target::Target;
use super::watch::Watch;
use crate::http::Endpoints;
use crate::render::Details;

/// What every method answers from, and how much of it.
pub(super) struct Rpc {
    pub(super) endpoints: Arc<Endpoints>,
    pub(super) details: Details,
}

impl Rpc {
    fn find(&self, service: &str) -> Option<Target> {
        Target::find(&self.endpoints, service, self.details)
    }
}

/// `Check`: the status of one name.
pub(super) struct CheckRpc(pub(super) Rpc);

impl UnaryService<HealthCheckRequest> for CheckRpc {
    type Response = HealthCheckResponse;
    type Future = Ready<Result<Response<HealthCheckResponse>, Status>>;

    fn call(&mut self, request: Request<HealthCheckRequest>) -> Self::Future {
        let Self(rpc) = self;
        ready(match rpc.find(&request.get_ref().service) {
            Some(target) => {
                let shared = rpc.endpoints.shared();
                let snapshot = shared.current();
                shared.answered(target.endpoint(), target.status(&snapshot.report));
                Ok(Response::new(target.serving(&snapshot.report).into()))
            }
            None => Err(Status::not_found("unknown service")),
        })
    }
}

/// How many names a list may have: the limit is the protocol's.
const LONGEST_LIST: usize = 100;

/// `List`: the statuses of all names.
pub(super) struct ListRpc(pub(super) Rpc);

impl UnaryService<HealthListRequest> for ListRpc {
    type Response = HealthListResponse;
    type Future = Ready<Result<Response<HealthListResponse>, Status>>;

    fn call(&mut self, _: Request<HealthListRequest>) -> Self::Future {
        let Self(rpc) = self;
        let snapshot = rpc.endpoints.shared().current();
        let statuses = Target::all(&rpc.endpoints, rpc.details)
            .map(|(name, target)| (name.to_owned(), target.serving(&snapshot.report).into()))
            .collect();
        let list = HealthListResponse { statuses };
        ready(if list.statuses.len() <= LONGEST_LIST {
            Ok(Response::new(list))
        } else {
            Err(Status::resource_exhausted(format!(
                "{} services: List answers for {LONGEST_LIST} at most",
                list.statuses.len()
            )))
        })
    }
}

/// `Watch`: the status of one name, and each change of it.
pub(super) struct WatchRpc(pub(super) Rpc);

impl ServerStreamingService<HealthCheckRequest> for WatchRpc {
    type Response = HealthCheckResponse;
    type ResponseStream = Watch;
    type Future = Ready<Result<Response<Watch>, Status>>;

    fn call(&mut self, request: Request<HealthCheckRequest>) -> Self::Future {
        let Self(rpc) = self;
        let target = rpc.find(&request.get_ref().service);
        ready(Ok(Response::new(Watch::new(
            rpc.endpoints.shared(),
            target,
        ))))
    }
}
