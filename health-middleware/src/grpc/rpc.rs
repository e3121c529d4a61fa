//! The methods of the service: what each answers.

use std::future::{Ready, ready};
use std::sync::Arc;

use tonic::server::{ServerStreamingService, UnaryService};
use tonic::{Request, Response, Status};

use super::message::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse, ServingStatus,
};
use super::target::Target;
use super::watch::Watch;
use crate::http::Endpoints;
use crate::render::Details;
use crate::report::Wording;

/// What every method answers from, and how much of it.
pub(super) struct Rpc {
    pub(super) endpoints: Arc<Endpoints>,
    pub(super) wording: Wording,
    pub(super) details: Details,
}

/// `Check`: the status of one name.
pub(super) struct CheckRpc(pub(super) Rpc);

impl UnaryService<HealthCheckRequest> for CheckRpc {
    type Response = HealthCheckResponse;
    type Future = Ready<Result<Response<HealthCheckResponse>, Status>>;

    fn call(&mut self, request: Request<HealthCheckRequest>) -> Self::Future {
        let Rpc {
            endpoints,
            wording,
            details,
        } = &self.0;
        let shared = endpoints.shared();
        ready(
            match Target::find(endpoints, &request.get_ref().service, *details) {
                Some(target) => {
                    let status = target.status(&shared.current().report);
                    shared.answered(target.endpoint(), status);
                    Ok(Response::new(ServingStatus::of(wording, status).into()))
                }
                None => Err(Status::not_found("unknown service")),
            },
        )
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
        let Rpc {
            endpoints,
            wording,
            details,
        } = &self.0;
        let report = Arc::clone(&endpoints.shared().current().report);
        let statuses = Target::all(endpoints, *details)
            .map(|(name, target)| {
                let serving = ServingStatus::of(wording, target.status(&report));
                (name.to_owned(), serving.into())
            })
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
        let Rpc {
            endpoints,
            wording,
            details,
        } = &self.0;
        let target = Target::find(endpoints, &request.get_ref().service, *details);
        ready(Ok(Response::new(Watch::new(
            endpoints.shared(),
            *wording,
            target,
        ))))
    }
}
