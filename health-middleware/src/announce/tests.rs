use std::net::SocketAddr;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::wire::tests::read_request;
use super::*;
use crate::checks::reporter;
use crate::render::Details;

const BOUND: Duration = Duration::from_secs(30);

fn instance() -> Instance {
    Instance::new("accounts", "10.0.0.7", 6767)
}

fn refused(announcer: Announcer) -> AnnounceError {
    let health = Health::builder().build().unwrap();
    health.announce(announcer).unwrap_err()
}

#[tokio::test]
async fn mistakes_are_refused_and_named() {
    use AnnounceErrorKind::*;

    let millis = Duration::from_millis;
    for (announcer, kind, says) in [
        (
            Announcer::new().to("hc.io/ping"),
            InvalidUrl,
            "http://, consul",
        ),
        (
            Announcer::new().to("consul+http://c:8500"),
            MissingInstance,
            "consul+http://c:8500",
        ),
        (
            Announcer::new()
                .instance(Instance::new("a", "0.0.0.0", 1))
                .to("consul+http://c:8500"),
            InvalidInstance,
            "others cannot reach it",
        ),
        (
            Announcer::new().every(millis(999)),
            InvalidDuration,
            "every(999ms): 1 s to 86400 s",
        ),
        (
            Announcer::new().every(millis(86_400_001)),
            InvalidDuration,
            "every(",
        ),
        (
            Announcer::new().ttl(millis(4_999)),
            InvalidDuration,
            "ttl(4.999s): 5 s to 3600 s",
        ),
        (
            Announcer::new().ttl(millis(3_600_001)),
            InvalidDuration,
            "ttl(",
        ),
        (
            Announcer::new().consul_token(""),
            InvalidToken,
            "at least one",
        ),
        (
            Announcer::new().consul_token("secret\n"),
            InvalidToken,
            "line's end",
        ),
    ] {
        let error = refused(announcer);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn a_runtime_with_timers_and_sockets_is_needed() {
    let complete = Builder::new_current_thread().enable_all().build().unwrap();
    let health = complete.block_on(async { Health::builder().build().unwrap() });
    let announcer = || Announcer::new().to("http://127.0.0.1/ping");
    let error = health.announce(announcer()).unwrap_err();
    assert_eq!(error.kind(), AnnounceErrorKind::NoRuntime);
    let bare = Builder::new_current_thread().enable_time().build().unwrap();
    let error = bare.block_on(async { health.announce(announcer()).unwrap_err() });
    assert!(error.to_string().contains("enable_all()"), "{error}");
    complete.block_on(async { health.announce(announcer()).unwrap() });
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let announcer = Announcer::new()
        .instance(instance())
        .to("http://127.0.0.1:1/ping/secret?key=secret")
        .to("http://user:secret@hc/")
        .to("consul+http://127.0.0.1:1/secret")
        .consul_token("secret");
    let shown = format!("{announcer:?}");
    assert!(
        shown.contains("127.0.0.1:1") && !shown.contains("secret"),
        "{shown}"
    );
    let health = Health::builder().build().unwrap();
    let announced = health
        .announce(
            Announcer::new()
                .instance(instance())
                .to("http://127.0.0.1:1/ping/secret")
                .to("etcd+http://127.0.0.1:1/secret"),
        )
        .unwrap();
    assert_eq!(
        announced.to_string(),
        "announced to ping at 127.0.0.1:1, etcd at 127.0.0.1:1"
    );
    assert!(!format!("{announced:?}").contains("secret"));
    let nobody = health.announce(Announcer::default()).unwrap();
    assert_eq!(nobody.to_string(), "announced to nobody");
    assert!(
        nobody.withdrawn(Duration::ZERO).await,
        "nothing to withdraw"
    );
}

/// Answers every request with an empty 200, and notes its first line.
async fn serve(seen: watch::Sender<Vec<String>>) -> SocketAddr {
    use tokio::io::{AsyncBufReadExt, BufReader};

    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if stream.read_line(&mut head).await.unwrap() == 0 {
                    break;
                }
            }
            seen.send_modify(|seen| seen.extend(head.lines().next().map(str::to_owned)));
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.get_mut().write_all(answer).await;
        }
    });
    address
}

#[tokio::test]
async fn registered_over_a_socket_and_withdrawn_though_the_handle_is_dropped() {
    let seen = watch::Sender::new(Vec::new());
    let mut requests = seen.subscribe();
    let address = serve(seen).await;
    let health = Health::builder().build().unwrap();
    let announcer = Announcer::new()
        .instance(instance().id("one"))
        .to(format!("consul+http://{address}"))
        .to(format!("http://{address}/ping"));
    let announced = health.announce(announcer).unwrap();
    drop(announced.clone());
    let registered = requests.wait_for(|seen| seen.len() == 3);
    timeout(BOUND, registered).await.unwrap().unwrap();
    assert!(
        !announced.withdrawn(Duration::from_millis(1)).await,
        "no drain"
    );

    health.drain();
    assert!(announced.withdrawn(BOUND).await);
    let mut seen = requests.borrow().clone();
    assert_eq!(
        seen.pop().unwrap(),
        "PUT /v1/agent/service/deregister/one HTTP/1.1"
    );
    seen.sort();
    assert_eq!(
        seen,
        [
            "GET /ping HTTP/1.1",
            "PUT /v1/agent/check/update/service:one HTTP/1.1",
            "PUT /v1/agent/service/register HTTP/1.1",
        ]
    );
}

/// Who decides by the request may trust others with more.
#[tokio::test]
async fn the_reason_is_as_much_as_strangers_see() {
    for (builder, expected) in [
        (
            Health::builder().details(Details::Full),
            "unhealthy: database failed (gone)",
        ),
        (Health::builder(), "unhealthy: database failed"),
        (Health::builder().details(Details::StatusOnly), "unhealthy"),
        (Health::builder().details_by(|_| Details::Full), "unhealthy"),
    ] {
        let (check, database) = reporter("database");
        database.unhealthy("gone");
        let health = builder.check(check).build().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("consul+http://{}", listener.local_addr().unwrap());
        let announcer = Announcer::new().instance(instance()).to(url);
        health.announce(announcer).unwrap();
        let update = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await
        };
        let update = timeout(BOUND, update).await.unwrap();
        let (_, body) = update.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, json!({"Status": "critical", "Output": expected}));
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_registry_that_does_not_answer_has_an_end() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("consul+http://{}", listener.local_addr().unwrap());
    let health = Health::builder().build().unwrap();
    let announcer = Announcer::new().instance(instance()).to(url);
    let announced = health.announce(announcer).unwrap();
    sleep(Duration::from_millis(10)).await;
    health.drain();
    assert!(!announced.withdrawn(Duration::from_secs(2)).await);
    // By then its task has given up.
    assert!(!announced.withdrawn(Duration::from_secs(3600)).await);
}

#[test]
fn a_runtime_that_ends_takes_the_tasks_with_it() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (health, announced) = runtime.block_on(async {
        let health = Health::builder().build().unwrap();
        let announcer = Announcer::new()
            .instance(instance())
            .to("etcd+http://127.0.0.1:1/a");
        let announced = health.announce(announcer).unwrap();
        sleep(Duration::from_millis(1)).await;
        (health, announced)
    });
    drop(runtime);
    health.drain();
    let other = Builder::new_current_thread().enable_all().build().unwrap();
    assert!(!other.block_on(announced.withdrawn(BOUND)), "at once");
}
