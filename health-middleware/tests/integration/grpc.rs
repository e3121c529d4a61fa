//! grpc.health.v1, asked by a client that was generated elsewhere.

mod aliases;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use health_middleware::{
    BoxError, Check, Details, GrpcHealthService, Health, HealthBuilder, StartupGuard, heartbeat,
};
use http_body_util::{BodyExt, Full};
use tonic::Code;
use tonic::codegen::http::uri::PathAndQuery;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::Service;

use crate::support::{Act, Script, pass, poll_once, settle};

use ServingStatus::{NotServing, ServiceUnknown, Serving};

const SECOND: Duration = Duration::from_secs(1);

fn fine(name: &str) -> Check {
    Check::from_fn(name, || async { Ok::<_, BoxError>(()) })
}

fn request(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

async fn check(health: &Health, service: &str) -> Result<ServingStatus, Code> {
    let mut client = HealthClient::new(health.grpc_service());
    match client.check(request(service)).await {
        Ok(response) => Ok(response.into_inner().status()),
        Err(status) => Err(status.code()),
    }
}

struct Watch(tonic::Streaming<tonic_health::pb::HealthCheckResponse>);

impl Watch {
    async fn of(health: &Health, service: &str) -> Self {
        let mut client = HealthClient::new(health.grpc_service());
        let response = client.watch(request(service)).await.expect("a stream");
        Self(response.into_inner())
    }

    /// `None` is an end with `OK`.
    async fn next(&mut self) -> Option<ServingStatus> {
        let message = self.0.message().await.expect("no other end than OK");
        message.map(|message| message.status())
    }

    fn is_quiet(&mut self) -> bool {
        poll_once(self.0.message()).is_pending()
    }
}

#[tokio::test(start_paused = true)]
async fn check_answers_for_endpoints_and_components() {
    let script = Script::new(Act::Fail("down"));
    let guard = StartupGuard::new("migrations");
    let (worker, _beat) = heartbeat("worker", SECOND * 3600);
    let health = Health::builder()
        .check(script.check("database"))
        .check(fine("queue"))
        .liveness(worker)
        .startup(&guard)
        .build()
        .unwrap();
    let all = async || {
        let mut answers = Vec::new();
        for service in [
            "",
            "readiness",
            "liveness",
            "startup",
            "database",
            "queue",
            "worker",
        ] {
            answers.push(check(&health, service).await.unwrap());
        }
        answers
    };
    // Nothing has run yet.
    assert_eq!(
        all().await,
        [
            NotServing, NotServing, Serving, NotServing, NotServing, NotServing, Serving
        ]
    );
    settle().await;
    guard.done();
    assert_eq!(
        all().await,
        [
            NotServing, NotServing, Serving, Serving, NotServing, Serving, Serving
        ]
    );
    script.set(Act::Healthy);
    pass(SECOND * 6).await;
    assert_eq!(all().await, [Serving; 7]);

    health.maintenance(true);
    assert_eq!(check(&health, "readiness").await, Ok(NotServing));
    assert_eq!(check(&health, "liveness").await, Ok(Serving));
    health.maintenance(false);
    health.drain();
    assert_eq!(check(&health, "").await, Ok(NotServing));
    assert_eq!(check(&health, "liveness").await, Ok(Serving));
}

#[tokio::test(start_paused = true)]
async fn what_counts_for_readiness_alone_is_asked_for_by_readiness_and_its_own_name() {
    let database = Script::new(Act::Fail("down")).check("database");
    let health = Health::builder().readiness(database).build().unwrap();
    settle().await;
    for (service, answer) in [
        ("", NotServing),
        ("readiness", NotServing),
        ("database", NotServing),
        ("liveness", Serving),
        ("startup", Serving),
    ] {
        assert_eq!(check(&health, service).await, Ok(answer), "{service:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn check_does_not_find_what_is_not_there() {
    let health = Health::builder().check(fine("database")).build().unwrap();
    let long = "x".repeat(4000);
    for service in [
        "Database",
        "database ",
        "health",
        "ready",
        "grpc.health.v1.Health",
        "ä",
        &long,
    ] {
        assert_eq!(
            check(&health, service).await,
            Err(Code::NotFound),
            "{service}"
        );
    }
}

/// Names that can be guessed one by one are not hidden.
#[tokio::test(start_paused = true)]
async fn where_the_status_alone_is_shown_no_component_can_be_asked_for() {
    let health = Health::builder()
        .check(fine("database"))
        .details(Details::StatusOnly)
        .build()
        .unwrap();
    settle().await;
    assert_eq!(check(&health, "readiness").await, Ok(Serving));
    for name in ["database", "nobody"] {
        assert_eq!(check(&health, name).await, Err(Code::NotFound), "{name}");
        let mut watch = Watch::of(&health, name).await;
        assert_eq!(watch.next().await, Some(ServiceUnknown), "{name}");
        assert!(watch.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn degraded_serves_unless_the_builder_says_otherwise() {
    let degraded = |builder: HealthBuilder| {
        let script = Script::new(Act::Degraded("half open"));
        builder.check(script.check("breaker")).build().unwrap()
    };
    let lenient = degraded(Health::builder());
    let strict = degraded(Health::builder().degraded_status(503));
    settle().await;
    for service in ["", "breaker"] {
        assert_eq!(check(&lenient, service).await, Ok(Serving));
        assert_eq!(check(&strict, service).await, Ok(NotServing));
    }
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ListRequest {}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Entry {
    #[prost(int32, tag = "1")]
    status: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ListResponse {
    #[prost(btree_map = "string, message", tag = "1")]
    statuses: BTreeMap<String, Entry>,
}

async fn list(health: &Health) -> Result<BTreeMap<String, i32>, tonic::Status> {
    let mut client = tonic::client::Grpc::new(health.grpc_service());
    let codec = tonic_prost::ProstCodec::<ListRequest, ListResponse>::default();
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/List");
    let response = client
        .unary(tonic::Request::new(ListRequest {}), path, codec)
        .await?;
    let statuses = response.into_inner().statuses.into_iter();
    Ok(statuses.map(|(name, entry)| (name, entry.status)).collect())
}

#[tokio::test(start_paused = true)]
async fn list_answers_for_all_names() {
    let script = Script::new(Act::Fail("down"));
    let health = Health::builder()
        .check(script.check("database").optional())
        .check(script.check("queue"))
        .build()
        .unwrap();
    settle().await;
    let (serving, not_serving) = (Serving as i32, NotServing as i32);
    let expected = [
        ("", not_serving),
        ("database", serving),
        ("liveness", serving),
        ("queue", not_serving),
        ("readiness", not_serving),
        ("startup", serving),
    ];
    let expected = expected.map(|(name, status)| (name.to_owned(), status));
    assert_eq!(list(&health).await.unwrap(), BTreeMap::from(expected));
}

#[tokio::test(start_paused = true)]
async fn list_answers_for_a_hundred_names_at_most() {
    let components = |count: usize| {
        (0..count)
            .fold(Health::builder(), |builder, index| {
                builder.check(fine(&format!("component-{index}")))
            })
            .build()
            .unwrap()
    };
    assert_eq!(list(&components(96)).await.unwrap().len(), 100);
    let refused = list(&components(97)).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.message().contains("101"), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn list_leaves_out_components_where_details_do() {
    let health = |builder: HealthBuilder| builder.check(fine("database")).build().unwrap();
    let only = health(Health::builder().details(Details::StatusOnly));
    let names: Vec<_> = list(&only).await.unwrap().into_keys().collect();
    assert_eq!(names, ["", "liveness", "readiness", "startup"]);
    // tonic's client sends it with every call.
    let trusted = health(
        Health::builder().details_by(|request| match request.headers.get("te") {
            Some(_) => Details::Full,
            None => Details::StatusOnly,
        }),
    );
    assert_eq!(list(&trusted).await.unwrap().len(), 5);
    let broken = health(Health::builder().details_by(|_| panic!("on purpose")));
    assert_eq!(list(&broken).await.unwrap().len(), 4);
}

/// What a request of these bytes ends with.
async fn call(health: &Health, path: &str, body: &'static [u8]) -> (u16, String) {
    let request = http::Request::post(path)
        .header("content-type", "application/grpc")
        .body(Full::new(Bytes::from_static(body)))
        .unwrap();
    let Ok(response) = GrpcHealthService::call(&mut health.grpc_service(), request).await;
    let status = response.status().as_u16();
    let head = response.headers().get("grpc-status").cloned();
    let body = response.into_body().collect().await.unwrap();
    let trailers = body
        .trailers()
        .and_then(|trailers| trailers.get("grpc-status"));
    let code = head.as_ref().or(trailers).expect("a grpc-status");
    (status, code.to_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn requests_that_make_no_sense() {
    let health = Health::builder().build().unwrap();
    const CHECK: &str = "/grpc.health.v1.Health/Check";
    const WATCH: &str = "/grpc.health.v1.Health/Watch";
    let (ok, internal, unimplemented) = ("0", "13", "12");
    for (path, body, code) in [
        (CHECK, &b"\0\0\0\0\0"[..], ok),
        // A field that this version does not know.
        (CHECK, b"\0\0\0\0\x02\x50\x07", ok),
        (CHECK, b"", internal),
        (CHECK, b"\0\0\0\0\x09\x0a", internal),
        (CHECK, b"\0\0\0\0\x01\x0a", internal),
        (CHECK, b"\0\0\0\0\x04\x0a\x02\xff\xfe", internal),
        (CHECK, b"\x07\0\0\0\0", internal),
        (WATCH, b"", internal),
        // 4 GiB are announced.
        (CHECK, b"\0\xff\xff\xff\xff\x0a", "11"),
        ("/grpc.health.v1.Health/check", b"\0\0\0\0\0", unimplemented),
        ("/grpc.health.v1.Health/", b"\0\0\0\0\0", unimplemented),
        ("/", b"\0\0\0\0\0", unimplemented),
    ] {
        let answer = call(&health, path, body).await;
        assert_eq!(answer, (200, code.to_owned()), "{path} {body:?}");
    }
}

#[test]
fn auto_traits() {
    fn is<T: Clone + Send + Sync + Unpin + std::fmt::Debug + 'static>() {}
    is::<GrpcHealthService>();
}
