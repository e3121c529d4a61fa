//! A gRPC server with grpc.health.v1 and, on the same port, HTTP/1 probes.
//!
//! ```text
//! cargo run --example grpc --features grpc,testability -- 127.0.0.1:50051
//! healthchecker grpc://127.0.0.1:50051/liveness
//! curl http://127.0.0.1:50051/health
//! ```
//!
//! A second argument, `--testability`, lets `curl` switch it sick:
//! `/testability/components/database/down`, then `…/up`.

use std::env::args_os;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use health_middleware::{BoxError, Check, Health, RuntimeStall, Testability};
use http_body_util::Full;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = args_os().skip(1);
    let address: SocketAddr = match arguments.next() {
        Some(address) => address.to_string_lossy().parse()?,
        None => ([127, 0, 0, 1], 50051).into(),
    };
    let mut builder = Health::builder()
        .check(Check::from_fn("database", || async {
            // … ask the database …
            Ok::<_, BoxError>(())
        }))
        .liveness(RuntimeStall::new());
    if arguments.next().is_some_and(|flag| flag == "--testability") {
        builder = builder.testability(Testability::new());
    }
    let health = builder.build()?;

    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let drained = health.drain_on_shutdown(Duration::from_millis(500));
    Server::builder()
        // The kubelet's HTTP probes speak HTTP/1.
        .accept_http1(true)
        .layer(health.layer_with(|bytes| Body::new(Full::new(bytes))))
        .add_service(health.grpc_service())
        // … and the application's own services.
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            drained,
        )
        .await?;
    Ok(())
}
