//! grpc.health.v1 in a tonic server, over real connections.

use std::net::SocketAddr;
use std::time::Duration;

use health_middleware::{BoxError, Check, Fault, Health};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::support::eventually;
use crate::wire::listen;

type Stream = tonic::Streaming<HealthCheckResponse>;

/// A server, until the sender fires.
async fn serve(health: &Health) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let (listener, address) = listen().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let drained = health.drain_on(stopped, Duration::from_millis(50));
    let server = Server::builder()
        .add_service(health.grpc_service())
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            drained,
        );
    let server = tokio::spawn(async move { server.await.unwrap() });
    (address, stop, server)
}

async fn started() -> Health {
    let check = Check::from_fn("database", || async { Ok::<_, BoxError>(()) });
    let health = Health::builder().check(check).build().unwrap();
    let mut subscription = health.subscribe();
    while !health.report().ready().is_healthy() {
        subscription.changed().await.unwrap();
    }
    health
}

async fn connect(address: SocketAddr) -> HealthClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    HealthClient::new(endpoint.connect().await.unwrap())
}

async fn watch(client: &mut HealthClient<Channel>, service: &str) -> Stream {
    let service = service.to_owned();
    let response = client.watch(HealthCheckRequest { service }).await;
    response.unwrap().into_inner()
}

async fn next(stream: &mut Stream) -> Option<ServingStatus> {
    let message = timeout(Duration::from_secs(30), stream.message());
    let message = message.await.expect("a message in time").unwrap();
    message.map(|message| message.status())
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_frees_everything() {
    let health = started().await;
    let (address, _stop, _server) = serve(&health).await;
    let before = tasks();
    let mut client = connect(address).await;
    let mut streams = Vec::new();
    for _ in 0..50 {
        let mut stream = watch(&mut client, "database").await;
        assert_eq!(next(&mut stream).await, Some(ServingStatus::Serving));
        streams.push(stream);
    }
    let most = tasks();
    assert!(most >= before + 50, "{before} tasks became {most}");

    // Streams are left alone, on a connection that stays.
    streams.truncate(10);
    eventually("forty streams to be freed", || tasks() <= most - 40).await;
    let mut last = streams.swap_remove(0);
    let _fault = health.force("database", Fault::Down).unwrap();
    assert_eq!(next(&mut last).await, Some(ServingStatus::NotServing));

    // The connection is lost with what is left of them.
    drop((streams, last, client));
    eventually("everything to be freed", || tasks() <= before).await;
}

#[tokio::test]
async fn a_thousand_watchers_are_told_and_ended() {
    let health = started().await;
    let (address, stop, server) = serve(&health).await;
    let mut streams = Vec::new();
    // A connection carries 200 streams.
    for _ in 0..5 {
        let mut client = connect(address).await;
        for _ in 0..200 {
            streams.push(watch(&mut client, "").await);
        }
    }
    let told = async |streams: &mut Vec<Stream>, status| {
        for stream in streams {
            assert_eq!(next(stream).await, status);
        }
    };
    told(&mut streams, Some(ServingStatus::Serving)).await;
    health.maintenance(true);
    told(&mut streams, Some(ServingStatus::NotServing)).await;
    health.maintenance(false);
    told(&mut streams, Some(ServingStatus::Serving)).await;

    stop.send(()).unwrap();
    told(&mut streams, Some(ServingStatus::NotServing)).await;
    told(&mut streams, None).await;
    let stopped = timeout(Duration::from_secs(30), server).await;
    stopped
        .expect("a shutdown that no watcher holds up")
        .unwrap();
}
