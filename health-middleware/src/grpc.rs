//! grpc.health.v1 for tonic, from the same snapshot that HTTP probes read.
//!
//! May touch `health`, `http` for the endpoints and how they are told, `engine`,
//! `render`, `report` and `error`.

mod codec;
mod message;
mod rpc;
mod target;
mod watch;

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::Body as HttpBody;
use tonic::Status;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tower_service::Service;

use codec::{Codec, MAX_REQUEST};
use rpc::{CheckRpc, ListRpc, Rpc, WatchRpc};

use crate::error::BoxError;
use crate::health::Health;
use crate::http::Endpoints;

/// The gRPC health service, `grpc.health.v1.Health`, for tonic; made by
/// [`Health::grpc_service`](crate::Health::grpc_service).
///
/// | service name | what it tells |
/// |---|---|
/// | the empty one, `readiness` | what `/health/ready` says |
/// | `liveness` | what `/health/live` says |
/// | `startup` | what `/health/startup` says |
/// | a component's name | what `/health/components/{name}` says |
/// | an [alias](crate::HealthBuilder::grpc_alias) | what it stands for says |
///
/// Where [`details`](crate::HealthBuilder::details) allow a request
/// [`Details::StatusOnly`](crate::Details::StatusOnly), components and their aliases
/// are not in the table; those of the layer count, beside whose service this one
/// is, and not what [`management`](crate::HealthBuilder::management) says of its
/// port. A status that HTTP answers with 2xx is `SERVING`, so degraded is too,
/// unless
/// [`degraded_status`](crate::HealthBuilder::degraded_status) says otherwise;
/// every other one is `NOT_SERVING`, also where nothing is known yet.
///
/// - **Check** answers from the current snapshot and never waits for a check. A
///   name that is not in the table ends it with `NOT_FOUND`.
/// - **List** answers for all names at once, of one moment; more than 100 of them,
///   as the protocol has it, end it with `RESOURCE_EXHAUSTED`.
/// - **Watch** sends the status at once and then each change, also when a
///   component goes stale because nothing runs any more. A name that is not in the
///   table is told `SERVICE_UNKNOWN`, and the stream stays open.
///
/// A [drain](crate::Health::drain) turns `readiness` to `NOT_SERVING`, and then
/// ends every stream with `OK`, so that a graceful shutdown is not held up by
/// those who watch. A stream that begins later tells the status, and ends after a
/// second: clients that ask again at once do so once a second.
///
/// An idle stream takes about 2 KiB, its part in HTTP/2 included, and a connection
/// about 20 KiB more (seen with tonic 0.14); all of it is freed when the client
/// leaves.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use health_middleware::Health;
/// use tonic::transport::Server;
///
/// let health = Health::builder().build()?;
/// let drained = health.drain_on_shutdown(Duration::from_secs(5));
/// Server::builder()
///     .add_service(health.grpc_service())
///     // … the application's own services …
///     .serve_with_shutdown("0.0.0.0:50051".parse()?, drained)
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// In Kubernetes, `livenessProbe` asks for `service: liveness`, `readinessProbe` for
/// `readiness` and `startupProbe` for `startup`: without a service name, a database
/// outage would restart every replica. For HTTP probes at the same port there is
/// `accept_http1(true)` and the layer:
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use health_middleware::Health;
/// # use tonic::transport::Server;
/// use http_body_util::Full;
/// use tonic::body::Body;
///
/// # let health = Health::builder().build()?;
/// Server::builder()
///     .accept_http1(true)
///     .layer(health.layer_with(|bytes| Body::new(Full::new(bytes))))
///     .add_service(health.grpc_service())
/// #   .serve("0.0.0.0:50051".parse()?).await?;
/// # Ok(())
/// # }
/// ```
///
/// Source: [`grpc/health/v1/health.proto`] and the [gRPC health checking
/// protocol].
///
/// [`grpc/health/v1/health.proto`]: https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto
/// [gRPC health checking protocol]: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
#[derive(Clone, Debug)]
pub struct GrpcHealthService {
    endpoints: Arc<Endpoints>,
}

impl Health {
    /// The gRPC health service for tonic: Check, List and Watch.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::Health;
    /// use tonic::service::Routes;
    ///
    /// let health = Health::builder().build()?;
    /// let routes = Routes::new(health.grpc_service());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn grpc_service(&self) -> GrpcHealthService {
        GrpcHealthService {
            endpoints: Arc::clone(self.endpoints()),
        }
    }
}

impl NamedService for GrpcHealthService {
    const NAME: &'static str = "grpc.health.v1.Health";
}

impl<B> Service<http::Request<B>> for GrpcHealthService
where
    B: HttpBody + Send + 'static,
    B::Error: Into<BoxError> + Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let rpc = Rpc {
            details: self.endpoints.config.layer.details.allow(&parts),
            endpoints: Arc::clone(&self.endpoints),
        };
        let request = http::Request::from_parts(parts, body);
        match request.uri().path() {
            "/grpc.health.v1.Health/Check" => {
                Box::pin(async move { Ok(grpc().unary(CheckRpc(rpc), request).await) })
            }
            "/grpc.health.v1.Health/List" => {
                Box::pin(async move { Ok(grpc().unary(ListRpc(rpc), request).await) })
            }
            "/grpc.health.v1.Health/Watch" => {
                Box::pin(async move { Ok(grpc().server_streaming(WatchRpc(rpc), request).await) })
            }
            _ => Box::pin(ready(Ok(
                Status::unimplemented("no such method").into_http()
            ))),
        }
    }
}

fn grpc<E, D>() -> Grpc<Codec<E, D>>
where
    E: prost::Message + 'static,
    D: prost::Message + Default + 'static,
{
    Grpc::new(Codec::new()).max_decoding_message_size(MAX_REQUEST)
}
