use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Duration, timeout};

use super::super::dialect::JSON;
use super::*;

const BOUND: Duration = Duration::from_secs(30);

fn message(most: usize) -> Message {
    Message {
        method: Method::PUT,
        path: "/v1/agent/service/register".to_owned(),
        body: "{}".to_owned(),
        kind: JSON,
        most,
    }
}

/// Reads a request with its body, as far as it says how long that is.
pub(in super::super) async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        request.push(stream.read_u8().await.unwrap());
    }
}

/// What comes of a call to a server that sends this, over and over if so told, and
/// then closes; and what it was sent.
async fn exchange(
    message: Message,
    token: Option<&str>,
    answer: &[u8],
    for_ever: bool,
) -> (Result<Answer, String>, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let token = token.map(|token| HeaderValue::from_str(token).unwrap());
    let wire = HttpWire::new(HttpUrl::parse(&url).unwrap(), token);
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        while stream.write_all(answer).await.is_ok() && for_ever {}
        request
    };
    timeout(BOUND, async { tokio::join!(wire.send(message), server) })
        .await
        .expect("an end")
}

#[tokio::test]
async fn a_call_is_one_request_with_what_it_needs() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let (answered, request) = exchange(message(2), Some("secret"), answer, false).await;
    let answered = answered.unwrap();
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(answered.body, b"{}");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("PUT /v1/agent/service/register HTTP/1.1\r\n"),
        "{head}"
    );
    for line in [
        "host: 127.0.0.1:",
        "content-type: application/json",
        "content-length: 2",
        "connection: close",
        "x-consul-token: secret",
    ] {
        assert!(
            head.lines().any(|found| found.starts_with(line)),
            "{line} in {head}"
        );
    }
    assert_eq!(body, "{}");

    let empty = Message {
        body: String::new(),
        kind: None,
        ..message(0)
    };
    let (_, request) = exchange(empty, None, answer, false).await;
    assert!(request.contains("\r\ncontent-length: 0\r\n"), "{request}");
    assert!(!request.contains("content-type"), "{request}");
    assert!(!request.contains("token"), "{request}");
}

#[tokio::test]
async fn any_status_is_an_answer() {
    for status in [
        "301 Moved",
        "403 Forbidden",
        "404 Not Found",
        "500 X",
        "503 X",
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nlocation: http://192.0.2.1/\r\n\r\nwhy");
        let (answered, _) = exchange(message(9), None, answer.as_bytes(), false).await;
        let answered = answered.unwrap();
        assert!(status.starts_with(answered.status.as_str()), "{status}");
        assert_eq!(answered.body, b"why");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told_as_such() {
    for (answer, says) in [
        (&b""[..], "closed"),
        (b"\x00\xff\x16\x03", ""),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", ""),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n", ""),
        (b"HTTP/1.1 999999 OK\r\n\r\n", ""),
        (b"SSH-2.0-OpenSSH\r\n", ""),
    ] {
        let (answered, _) = exchange(message(100), None, answer, false).await;
        let error = answered.unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/secret", listener.local_addr().unwrap());
    drop(listener);
    let wire = HttpWire::new(HttpUrl::parse(&url).unwrap(), None);
    let error = wire.send(message(0)).await.unwrap_err();
    assert!(
        error.contains("refused") && !error.contains("secret"),
        "{error}"
    );
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let body = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'x'; 100_000]].concat();
    let (answered, _) = exchange(message(1000), None, &body, true).await;
    assert_eq!(answered.unwrap_err(), "answered more than 1000 bytes");
    // What is not read cannot flood.
    let (answered, _) = exchange(message(0), None, &body, true).await;
    assert_eq!(answered.unwrap().body, b"");
    // Interim answers, which hyper passes over, as well.
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    for head in ["HTTP/1.1 200 OK\r\n", "x: y\r\n", "x", interim] {
        let (answered, _) = exchange(message(1000), None, head.as_bytes(), true).await;
        let error = answered.unwrap_err();
        assert!(
            head != interim || error.ends_with("the answer has no end"),
            "{error}"
        );
    }
}
