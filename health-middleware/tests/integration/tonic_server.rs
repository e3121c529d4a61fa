//! In a tonic server that also speaks HTTP/1, as the kubelet's probes do.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use health_middleware::Health;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::Server;
use tower::Service;

use crate::wire::{self, listen};

/// A gRPC service that implements nothing.
#[derive(Clone)]
struct Stub;

impl NamedService for Stub {
    const NAME: &'static str = "test.Stub";
}

impl Service<Request<Body>> for Stub {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let status = tonic::Status::unimplemented("nothing here");
        ready(Ok(status.into_http()))
    }
}

#[tokio::test]
async fn probes_over_http_1_beside_calls_over_http_2() {
    let health = Health::builder().build().unwrap();
    let (listener, address) = listen().await;
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let server = Server::builder()
        .accept_http1(true)
        .layer(health.layer_with(|bytes| Body::new(Full::new(bytes))))
        .add_service(Stub)
        .serve_with_incoming(incoming);
    let server = tokio::spawn(server);

    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = wire::get(address, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.starts_with("{\"status\":\"healthy\""));
    }

    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let call = Request::post(format!("http://{address}/test.Stub/Call"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Full::<Bytes>::default())
        .unwrap();
    let response = sender.send_request(call).await.unwrap();
    assert_eq!(response.headers()["grpc-status"], "12");
    let probe = Request::get(format!("http://{address}/health/live"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let response = sender.send_request(probe).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(b"{\"status\":\"healthy\""));
    connection.abort();
    server.abort();
}
