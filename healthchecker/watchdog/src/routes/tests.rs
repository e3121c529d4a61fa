//! What somebody without a token can do, and whoever has one too often.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::{BodyExt, Full};

use super::*;
use crate::owner::Beginning;
use crate::store::{Group, Loaded, Pace, Retention, Store, StoreError};
use crate::tokens::Master;
use crate::watches::{Limits, Now};

struct Fake;

impl Store for Fake {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        Ok(Loaded::default())
    }

    fn commit(&mut self, _: &Group) -> Result<(), StoreError> {
        Ok(())
    }

    fn tidy(&mut self, _: &Retention, _: Now, _: Duration) -> Result<bool, StoreError> {
        Ok(false)
    }
}

pub(super) fn master() -> Master {
    Master::new(&[7; 32]).unwrap()
}

pub(super) fn routes() -> Routes {
    routes_with("")
}

pub(super) fn routes_with(config: &str) -> Routes {
    let config = Config::parse(config).unwrap();
    let owner = Owner::begin(Beginning {
        store: Fake,
        loaded: Loaded {
            next_id: 1,
            ..Loaded::default()
        },
        pace: Pace {
            gather: Duration::ZERO,
            ..Pace::default()
        },
        limits: Limits::default(),
        master: master(),
        quota: config.tokens.quota(),
        watches: Vec::new(),
        sinks: Vec::new(),
        audience: Box::new(|_, _| {}),
    });
    let owner = Arc::new(owner.unwrap());
    let peer = Peer {
        listener: 0,
        address: "127.0.0.1:9".parse().unwrap(),
        is_tls: false,
    };
    Routes::new(
        Arc::new(House {
            owner,
            config,
            feed: Arc::new(Feed::new(0, 8)),
            registry: Registry::default(),
            page: Page::new(None),
        }),
        peer,
    )
}

/// The status, and the body as text.
pub(super) async fn ask(
    routes: &Routes,
    method: &str,
    target: &str,
    pairs: &[(&str, &str)],
) -> (u16, String) {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in pairs {
        request = request.header(*name, *value);
    }
    let body = match method {
        "PUT" => r#"{"kind": "job", "ping_url": true}"#,
        _ => "",
    };
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {});
    let body: http_body_util::combinators::BoxBody<Bytes, Infallible> = body.boxed();
    let answer = routes.clone().call(request.body(body).unwrap()).await;
    let answer = answer.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.into()).unwrap())
}

pub(super) fn root() -> String {
    format!("Bearer {}", master().derive(0, "").text())
}

#[tokio::test]
async fn a_page_that_has_rebound_its_name_reads_no_metrics() {
    let routes = routes();
    for (status, pairs) in [
        (200, &[("host", "127.0.0.1:8500")][..]),
        (200, &[("host", "localhost:8500")]),
        (200, &[]),
        (403, &[("host", "evil.example:8500")]),
        (
            403,
            &[("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")],
        ),
    ] {
        let (found, _) = ask(&routes, "GET", "/metrics", pairs).await;
        assert_eq!(found, status, "{pairs:?}");
    }
}

#[tokio::test]
async fn a_ping_url_is_not_a_way_to_fill_the_disk() {
    let routes = routes();
    let pairs = [("authorization", &*root())];
    let (_, watch) = ask(&routes, "PUT", "/api/watchdog/v1/watches/job", &pairs).await;
    let watch: serde_json::Value = serde_json::from_str(&watch).unwrap();
    let url = format!("/ping/{}/log", watch["ping_uuid"].as_str().unwrap());
    let mut taken = 0;
    while ask(&routes, "POST", &url, &[]).await.0 == 200 {
        taken += 1;
        assert!(taken < 10_000, "it never ends");
    }
    assert!(taken >= 600, "{taken}");
    assert_eq!(ask(&routes, "POST", &url, &[]).await.0, 429);
    // Others are not held up, and what there is not has no quota to take.
    let unknown = "/ping/00000000-0000-0000-0000-000000000001";
    assert_eq!(ask(&routes, "GET", unknown, &[]).await.0, 404);
    let (status, _) = ask(&routes, "PUT", "/api/watchdog/v1/watches/job", &pairs).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn there_are_so_many_monitors_and_no_more() {
    let routes = routes();
    let pairs = [("authorization", &*root())];
    let url = "/monitor/1/dc?args=https://hooks.slack.com/a";
    let (status, id) = ask(&routes, "GET", url, &pairs).await;
    assert_eq!((status, id.len()), (200, 32));
    routes.house.owner.read(|desk, _| {
        let one = desk.monitors.values().next().unwrap().clone();
        for id in 1..crate::owner::MOST_MONITORS as u128 {
            let monitor = crate::store::Monitor { id, ..one.clone() };
            desk.monitors.insert(id, monitor);
        }
    });
    assert_eq!(ask(&routes, "GET", url, &pairs).await.0, 429);
    let (status, _) = ask(&routes, "GET", &format!("/delmonitor/{id}"), &[]).await;
    assert_eq!(status, 200);
    assert_eq!(ask(&routes, "GET", url, &pairs).await.0, 200);
}

#[tokio::test]
async fn of_who_has_no_token_no_body_is_kept() {
    let routes = routes();
    let wrong = format!("Bearer {}", "0".repeat(64));
    let long = "x".repeat(70_000);
    for (status, authorization, body) in [
        (413, &*root(), &*long),
        (400, &*root(), "x"),
        (403, &*wrong, &*long),
        (403, &*wrong, "x"),
        (403, &*wrong, ""),
        (401, "", &*long),
    ] {
        let request = Request::post("/api/watchdog/v1/retire");
        let request = match authorization {
            "" => request,
            value => request.header("authorization", value),
        };
        let body = Full::new(Bytes::from(body.to_owned()));
        let answer = routes.clone().call(request.body(body).unwrap()).await;
        let found = answer.unwrap().status().as_u16();
        assert_eq!(found, status, "{authorization:.10}");
    }
}
