//! The handle of a service's health: reports, layers, drain, maintenance, faults.
//!
//! May touch `http`, `engine`, `state`, `report` and `error`. The builder, announce,
//! gRPC, systemd and shutdown add what is theirs to the type.

use std::future::Future;
use std::sync::Arc;
#[cfg(feature = "systemd")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::engine::{FaultGuard, Shared, Subscription};
use crate::error::ForceError;
use crate::http::{EndpointService, Endpoints, FromBytes, HealthLayer, MakeWith};
use crate::report::Report;
use crate::state::{Fault, Switch};

/// The health of a service: a handle, cheap to clone.
///
/// The checks run for as long as a handle is there, or a layer or a service that
/// was made of one.
#[derive(Clone, Debug)]
pub struct Health {
    endpoints: Arc<Endpoints>,
    /// Whether somebody tells systemd already.
    #[cfg(feature = "systemd")]
    joined: Arc<AtomicBool>,
}

impl Health {
    pub(crate) fn new(endpoints: Endpoints) -> Self {
        Self {
            endpoints: Arc::new(endpoints),
            #[cfg(feature = "systemd")]
            joined: Arc::default(),
        }
    }

    #[cfg(any(feature = "announce", feature = "grpc", feature = "systemd"))]
    pub(crate) fn endpoints(&self) -> &Arc<Endpoints> {
        &self.endpoints
    }

    /// Notes that systemd is told; whether it was already.
    #[cfg(feature = "systemd")]
    pub(crate) fn joined_before(&self) -> bool {
        self.joined.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        self.endpoints.shared()
    }

    /// The layer that answers the endpoints, for services whose body is
    /// `From<Bytes>`, such as axum's.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use axum::{Router, routing::get};
    /// use health_middleware::Health;
    ///
    /// let health = Health::builder().build()?;
    /// let app: Router = Router::new()
    ///     .route("/", get(|| async { "hello" }))
    ///     .layer(health.layer());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn layer(&self) -> HealthLayer {
        HealthLayer::new(Arc::clone(&self.endpoints), FromBytes)
    }

    /// The layer for services whose body is made in another way.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::Health;
    /// use http_body_util::{BodyExt, Full};
    ///
    /// let health = Health::builder().build()?;
    /// let layer = health.layer_with(|bytes| Full::new(bytes).boxed());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn layer_with<F, B>(&self, make_body: F) -> HealthLayer<MakeWith<F>>
    where
        F: Fn(Bytes) -> B,
    {
        HealthLayer::new(Arc::clone(&self.endpoints), MakeWith(make_body))
    }

    /// A service that answers the endpoints and nothing else (404), for a
    /// management port.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use axum::Router;
    /// use health_middleware::Health;
    ///
    /// let health = Health::builder().build()?;
    /// let management = Router::new().fallback_service(health.into_service());
    /// let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    /// tokio::spawn(async move { axum::serve(listener, management).await });
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_service(self) -> EndpointService {
        EndpointService::new(self.endpoints)
    }

    /// What is known now. A component whose last answer is too old is stale in
    /// it, even if nothing runs any more. Never waits for a check.
    #[must_use]
    pub fn report(&self) -> Arc<Report> {
        Arc::clone(&self.shared().current().report)
    }

    /// Follows the changes of state from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(self.shared()))
    }

    /// Says that the service is shutting down: `/health/ready` answers 503 from
    /// now on, the other endpoints go on as before. There is no way back.
    pub fn drain(&self) {
        self.shared().switch(Switch::Draining, true);
    }

    /// Waits for `signal`, [drains](Self::drain), and ends `delay` later: the
    /// argument of a server's graceful shutdown. In between the listener is
    /// open, so that balancers can see the 503 before it closes. For SIGTERM and
    /// SIGINT there is `drain_on_shutdown`; this is for what else may ask a
    /// service to end.
    ///
    /// What the signal answers is ignored. Dropping the future before the signal
    /// leaves the service as it is; afterwards it stays draining.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use axum::Router;
    /// use health_middleware::Health;
    /// use tokio::sync::oneshot;
    ///
    /// let health = Health::builder().build()?;
    /// let app: Router = Router::new().layer(health.layer());
    /// let listener = tokio::net::TcpListener::bind("0.0.0.0:6767").await?;
    /// let (stop, stopped) = oneshot::channel::<()>(); // for who embeds the service
    /// let drained = health.drain_on(stopped, Duration::from_secs(5));
    /// axum::serve(listener, app).with_graceful_shutdown(drained).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn drain_on<F>(
        &self,
        signal: F,
        delay: Duration,
    ) -> impl Future<Output = ()> + Send + 'static + use<F>
    where
        F: Future + Send + 'static,
    {
        let health = self.clone();
        async move {
            signal.await;
            health.drain();
            sleep(delay).await;
        }
    }

    /// Takes the service out of rotation, or back: `/health/ready` answers 503
    /// while it is in maintenance, the other endpoints go on as before.
    pub fn maintenance(&self, on: bool) {
        self.shared().switch(Switch::Maintenance, on);
    }

    /// Forces a fault upon a component until the guard is dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use health_middleware::{BoxError, Check, Fault, Health};
    ///
    /// let health = Health::builder()
    ///     .check(Check::from_fn("database", || async { Ok::<_, BoxError>(()) }))
    ///     .build()?;
    /// let fault = health.force("database", Fault::Down)?;
    /// assert!(health.report().status().is_unhealthy());
    /// drop(fault);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No component has this name, or it makes no runs that could be slow, hang
    /// or panic, as a heartbeat or a reporter.
    pub fn force(&self, component: &str, fault: Fault) -> Result<FaultGuard, ForceError> {
        self.shared().force(component, fault)
    }
}
