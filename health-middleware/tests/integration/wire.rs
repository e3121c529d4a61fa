//! Requests over real sockets, as probes send them.

use std::net::SocketAddr;
use std::time::Duration;

use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// What came back, as it was on the wire.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: StatusCode,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A GET on a connection of its own.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Raw {
    try_get(address, path).await.unwrap()
}

pub(crate) async fn try_get(address: SocketAddr, path: &str) -> std::io::Result<Raw> {
    send(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"),
    )
    .await
}

/// Whatever bytes, and all that comes back until the server closes.
pub(crate) async fn send(address: SocketAddr, request: &str) -> std::io::Result<Raw> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8(answer).expect("text"))
    };
    let answer = timeout(Duration::from_secs(30), exchange)
        .await
        .expect("an answer in time")?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok(Raw {
        status: status.ok_or_else(|| std::io::Error::other(format!("no status: {answer:?}")))?,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    })
}
