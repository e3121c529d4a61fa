//! Another service's health endpoint.

use std::pin::pin;
use std::sync::Arc;

use http::header::{ACCEPT, CONNECTION, HOST, USER_AGENT};
use http::uri::{Scheme, Uri};
use http::{HeaderValue, Request};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::body::ResponseBody;
use crate::check::{Check, HealthCheck};
use crate::outcome::{BoxError, Outcome};
use crate::race::{First, race};

impl Check {
    /// Whether a GET of `url` answers 200–299. Over plain HTTP/1.1, a connection
    /// for each run, redirects and proxies not followed, the body not read. For
    /// `https://` write a check around the HTTP client that the service uses
    /// anyway. Needs the feature `http`.
    ///
    /// Mind what it is asked of: a service whose health depends on ours in turn
    /// makes a circle that never gets well. `/health/live` breaks it.
    ///
    /// ```
    /// use health_middleware::Check;
    ///
    /// let check = Check::http("billing", "http://billing:8080/health/live").optional();
    /// # drop(check);
    /// ```
    pub fn http(name: impl Into<String>, url: &str) -> Self {
        match Target::parse(url) {
            Ok(target) => Self::new(name, target),
            Err(problem) => {
                let mut check = Self::from_fn(name, || async { Ok::<_, BoxError>(()) });
                check.invalid = Some(format!("URL {url:?}: {problem}"));
                check
            }
        }
    }
}

/// What to ask, taken apart once.
#[derive(Debug)]
struct Target {
    host: Arc<str>,
    port: u16,
    authority: HeaderValue,
    path: Uri,
}

impl Target {
    fn parse(url: &str) -> Result<Self, String> {
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

    fn request(&self) -> Request<ResponseBody> {
        let mut request = Request::new(ResponseBody::default());
        *request.uri_mut() = self.path.clone();
        let headers = request.headers_mut();
        headers.insert(HOST, self.authority.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        request
    }
}

const AGENT: &str = concat!("health-middleware/", env!("CARGO_PKG_VERSION"));

impl HealthCheck for Target {
    async fn check(&self) -> Result<Outcome, BoxError> {
        let stream = TcpStream::connect((&*self.host, self.port))
            .await
            .map_err(|error| format!("connecting to {}:{}: {error}", self.host, self.port))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Driven here and not in a task, so that a cancelled run leaves nothing.
        let mut asked = pin!(sender.send_request(self.request()));
        let answered = match race(asked.as_mut(), connection).await {
            First::Left(answered) => answered,
            // It may have ended with the answer just delivered.
            First::Right(Ok(())) => asked.await,
            First::Right(Err(error)) => asked.await.map_err(|_| error),
        };
        let status = answered?.status();
        if status.is_success() {
            Ok(Outcome::Healthy)
        } else {
            Err(format!("answered {status}").into())
        }
    }
}

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
            let target = Target::parse(url).expect(url);
            assert_eq!((&*target.host, target.port), (host, port), "{url}");
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
            assert!(Target::parse(url).is_err(), "{url}");
        }
    }
}
