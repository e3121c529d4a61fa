//! The ready-made checks against real ports, servers and file systems.

#[cfg(any(feature = "tcp", feature = "http", feature = "disk"))]
use {
    health_middleware::{BuildErrorKind, Check, Health, Report},
    std::sync::Arc,
    std::time::Duration,
};

/// The report after the first run.
#[cfg(any(feature = "tcp", feature = "http", feature = "disk"))]
async fn first(check: Check) -> Arc<Report> {
    let check = check.timeout(Duration::from_secs(30));
    let health = Health::builder().check(check).build().unwrap();
    health.subscribe().changed().await.unwrap()
}

#[cfg(any(feature = "tcp", feature = "http", feature = "disk"))]
fn error(report: &Report) -> &str {
    report.component("it").unwrap().error().unwrap_or_default()
}

#[cfg(any(feature = "tcp", feature = "http", feature = "disk"))]
#[track_caller]
fn refused(check: Check, culprit: &str) {
    let error = Health::builder().check(check).build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::InvalidTarget);
    assert!(error.to_string().contains(culprit), "{error}");
}

/// Runs a check of a name on a runtime whose blocking pool is taken, all of it,
/// by something else.
#[cfg(any(feature = "tcp", feature = "http"))]
fn without_the_blocking_pool(check: impl FnOnce(u16) -> Check) -> Arc<Report> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let report = runtime.block_on(async {
        tokio::task::spawn_blocking(move || held.recv());
        let check = check(port).timeout(Duration::from_secs(5));
        let health = Health::builder().check(check).build().unwrap();
        health.subscribe().changed().await.unwrap()
    });
    drop(release);
    let _ = std::net::TcpStream::connect(("127.0.0.1", port));
    server.join().unwrap();
    report
}

#[cfg(feature = "tcp")]
mod tcp {
    use super::*;
    use crate::wire::listen;

    #[tokio::test]
    async fn a_port_that_accepts_and_one_that_does_not() {
        let (listener, address) = listen().await;
        assert!(
            first(Check::tcp("it", address.to_string()))
                .await
                .status()
                .is_healthy()
        );
        let name = format!("localhost:{}", address.port());
        assert!(first(Check::tcp("it", name)).await.status().is_healthy());
        drop(listener);
        let report = first(Check::tcp("it", address.to_string())).await;
        assert!(report.status().is_unhealthy());
        assert!(error(&report).contains("refused"), "{}", error(&report));
        assert!(error(&report).contains(&address.to_string()));
    }

    #[test]
    fn a_name_is_looked_up_without_the_blocking_pool() {
        let report =
            without_the_blocking_pool(|port| Check::tcp("it", format!("localhost:{port}")));
        assert!(report.status().is_healthy(), "{report:?}");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_refused() {
        refused(Check::tcp("it", "redis"), "\"redis\"");
    }
}

#[cfg(feature = "http")]
mod http {
    use super::*;
    use crate::wire::listen;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Answers one request with these bytes, and gives the request back.
    async fn answer(bytes: &'static str) -> (tokio::task::JoinHandle<String>, String) {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let byte = stream.read_u8().await.unwrap();
                request.push(byte);
            }
            stream.write_all(bytes.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            String::from_utf8(request).unwrap()
        });
        (server, format!("http://{address}/health/live?a=b"))
    }

    #[tokio::test]
    async fn verdicts() {
        for (bytes, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""),
            ("HTTP/1.1 204 No Content\r\n\r\n", ""),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "",
            ),
            ("HTTP/1.0 200 OK\r\n\r\nuntil the end", ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", ""),
            (
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
                "answered 503",
            ),
            (
                "HTTP/1.1 301 Moved Permanently\r\nLocation: /ok\r\n\r\n",
                "answered 301",
            ),
            ("", "connection"),
            ("not http\r\n\r\n", "invalid"),
        ] {
            let (server, url) = answer(bytes).await;
            let report = first(Check::http("it", &url)).await;
            assert_eq!(
                report.status().is_healthy(),
                expected.is_empty(),
                "{bytes:?} {report:?}"
            );
            assert!(
                error(&report).contains(expected),
                "{bytes:?}: {}",
                error(&report)
            );
            let request = server.await.unwrap().to_ascii_lowercase();
            assert!(
                request.starts_with("get /health/live?a=b http/1.1\r\n"),
                "{request}"
            );
            for header in [
                "host: 127.0.0.1:",
                "connection: close\r\n",
                "user-agent: health-middleware/",
            ] {
                assert!(request.contains(header), "{request}");
            }
        }
    }

    #[test]
    fn a_name_is_looked_up_without_the_blocking_pool() {
        let report = without_the_blocking_pool(|port| {
            Check::http("it", &format!("http://localhost:{port}/health"))
        });
        assert!(report.status().is_healthy(), "{report:?}");
    }

    #[tokio::test]
    async fn nobody_there() {
        let (listener, address) = listen().await;
        drop(listener);
        let report = first(Check::http("it", &format!("http://{address}/"))).await;
        assert!(error(&report).contains("refused"), "{}", error(&report));
    }

    #[tokio::test]
    async fn a_url_that_cannot_be_asked_is_refused() {
        refused(Check::http("it", "https://billing/"), "http:// is accepted");
    }
}

#[cfg(feature = "disk")]
mod disk {
    use super::*;
    use health_middleware::Free;

    #[tokio::test]
    async fn room_and_none() {
        let some = Check::disk("it", "/", Free::Bytes(1));
        assert!(first(some).await.status().is_healthy());
        let report = first(Check::disk("it", "/", Free::Bytes(u64::MAX))).await;
        assert!(error(&report).contains("wanted"), "{}", error(&report));
        let report = first(Check::disk("it", "/no/such/place", Free::Share(0.1))).await;
        assert!(
            error(&report).contains("/no/such/place"),
            "{}",
            error(&report)
        );
    }

    #[tokio::test]
    async fn shares_that_are_none_are_refused() {
        for share in [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            refused(Check::disk("it", "/", Free::Share(share)), "Free::Share");
        }
        refused(Check::disk("it", "/", Free::Bytes(0)), "Free::Bytes(0)");
    }
}
