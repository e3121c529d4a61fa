//! One call over plain HTTP/1.1, for checks, for systemd and for announce.
//!
//! May touch `error` and `race`.

mod bounded;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};

use http::header::{ACCEPT, CONNECTION, HOST, USER_AGENT};
use http::uri::{Scheme, Uri};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use bounded::Bounded;

use crate::error::BoxError;
use crate::race::{First, race};

/// How much all heads of an answer may have together, interim ones included, with
/// what of a body that is not read comes along.
const MOST_OF_HEADS: usize = 64 * 1024;

/// What to ask, taken apart once.
#[derive(Debug)]
pub(crate) struct HttpUrl {
    host: Box<str>,
    port: u16,
    authority: HeaderValue,
    path: Uri,
}

impl HttpUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{error}"))?;
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err("http:// is accepted".to_owned());
        }
        let authority = uri.authority().ok_or("a host is missing")?;
        if authority.as_str().contains('@') {
            return Err("no user is accepted before the host".to_owned());
        }
        let host = authority.host();
        let port = match authority.as_str()[host.len()..].strip_prefix(':') {
            None => 80,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or("port 1-65535 is accepted")?,
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            host: host.trim_matches(['[', ']']).into(),
            port,
            authority: HeaderValue::from_str(authority.as_str())
                .map_err(|error| error.to_string())?,
            path: path.parse().map_err(|error| format!("{error}"))?,
        })
    }

    /// The host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The path and query.
    #[cfg(feature = "announce")]
    pub(crate) fn path(&self) -> &Uri {
        &self.path
    }

    /// The status that a server there answers to a GET, over a connection of its
    /// own. Redirects and proxies are not followed, the body is not read.
    ///
    /// Without a timeout. Dropping the future closes the connection.
    #[cfg(any(feature = "http", feature = "systemd"))]
    pub(crate) async fn get(&self, server: &[SocketAddr]) -> Result<StatusCode, BoxError> {
        // An empty string is a body without a frame.
        let mut request = Request::new(String::new());
        *request.uri_mut() = self.path.clone();
        Ok(self.call(server, request, 0).await?.0)
    }

    /// The same for any request, whose URI is a path, with the body of the answer:
    /// an error if it has more than `most` bytes. Where that is 0 it is not read.
    pub(crate) async fn call(
        &self,
        server: &[SocketAddr],
        mut request: Request<String>,
        most: usize,
    ) -> Result<(StatusCode, Vec<u8>), BoxError> {
        self.complete(request.headers_mut());
        let stream = TcpStream::connect(server)
            .await
            .map_err(|error| format!("connecting to {}:{}: {error}", self.host, self.port))?;
        let stream = Bounded::new(stream, MOST_OF_HEADS + most);
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut asked = pin!(async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            Ok::<_, BoxError>((status, read(response.into_body(), most).await?))
        });
        // Driven here and not in a task, so that a cancelled run leaves nothing.
        match race(asked.as_mut(), connection).await {
            First::Left(answer) => answer,
            // The last thing that it has read may be the answer.
            First::Right(ended) => match (asked.await, ended) {
                (Err(_), Err(why)) => Err(why.into()),
                (answer, _) => answer,
            },
        }
    }

    fn complete(&self, headers: &mut HeaderMap) {
        headers.insert(HOST, self.authority.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    }
}

/// The data of a body, unless there is more of it than that.
async fn read(mut body: Incoming, most: usize) -> Result<Vec<u8>, BoxError> {
    let mut kept = Vec::new();
    if most == 0 {
        return Ok(kept);
    }
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if kept.len() + data.len() > most {
            return Err(format!("answered more than {most} bytes").into());
        }
        kept.extend_from_slice(&data);
    }
    Ok(kept)
}

const AGENT: &str = concat!("health-middleware/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, host, port, path) in [
            ("http://billing/health", "billing", 80, "/health"),
            ("http://billing:8080", "billing", 8080, "/"),
            ("http://[::1]:81/a?b=c", "::1", 81, "/a?b=c"),
            ("HTTP://127.0.0.1/", "127.0.0.1", 80, "/"),
        ] {
            let target = HttpUrl::parse(url).expect(url);
            assert_eq!((target.host(), target.port()), (host, port), "{url}");
            assert_eq!(target.path, *path, "{url}");
        }
    }

    #[test]
    fn urls_that_cannot_be_asked() {
        for url in [
            "",
            "/health",
            "billing:8080",
            "https://billing/",
            "http://",
            "http://user:secret@billing/",
            "http://billing:0/",
            "http://billing:65536/",
            "http://bill ing/",
        ] {
            assert!(HttpUrl::parse(url).is_err(), "{url}");
        }
    }
}
