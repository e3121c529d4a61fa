//! The tower layer: puts the endpoints in front of a service.

use std::sync::Arc;

use tower_layer::Layer;

use super::{Endpoints, FromBytes, HealthService};

/// Answers the health endpoints in front of a service; made by
/// [`Health::layer`](crate::Health::layer).
///
/// It keeps the inner service's response, body and error types. Put it outermost,
/// which for axum's `Router` is the last call of `.layer(…)`, so that probes reach
/// neither the logs nor the limits of the layers inside.
#[derive(Clone, Debug)]
pub struct HealthLayer<M = FromBytes> {
    endpoints: Arc<Endpoints>,
    make_body: M,
}

impl<M> HealthLayer<M> {
    pub(crate) fn new(endpoints: Arc<Endpoints>, make_body: M) -> Self {
        Self {
            endpoints,
            make_body,
        }
    }
}

impl<S, M: Clone> Layer<S> for HealthLayer<M> {
    type Service = HealthService<S, M>;

    fn layer(&self, inner: S) -> Self::Service {
        HealthService::new(inner, Arc::clone(&self.endpoints), self.make_body.clone())
    }
}
