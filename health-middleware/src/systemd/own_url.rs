//! A URL of the service's own, asked as a client would.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::error::{SystemdError, SystemdErrorKind};
use crate::http_call::HttpUrl;

/// Something that can be asked whether it answers. Without a timeout.
pub(crate) trait Ask: Send + Sync + 'static {
    /// `Ok` for any answer at all; else why there was none.
    fn ask(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// A URL at an address of this machine.
#[derive(Debug)]
pub(crate) struct OwnUrl {
    url: HttpUrl,
    addresses: Vec<SocketAddr>,
}

impl OwnUrl {
    /// Takes a URL whose host is `localhost` or an IP address of this machine.
    /// The unspecified address, as a listener tells of itself, means loopback.
    pub(crate) fn parse(text: &str) -> Result<Self, SystemdError> {
        let invalid = |problem| {
            SystemdError::new(
                SystemdErrorKind::InvalidUrl,
                format!("URL {text:?}: {problem}"),
            )
        };
        let url = HttpUrl::parse(text).map_err(invalid)?;
        // No resolver: it may hang, and it is no part of this service.
        let hosts = if url.host().eq_ignore_ascii_case("localhost") {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        } else {
            let host: IpAddr = url
                .host()
                .parse()
                .map_err(|_| invalid("localhost or an IP address is accepted".to_owned()))?;
            vec![reachable(host)]
        };
        if let Some(foreign) = hosts.iter().find(|host| !is_own(**host)) {
            return Err(SystemdError::new(
                SystemdErrorKind::NotOwnUrl,
                format!(
                    "URL {text:?}: {foreign} is not an address of this machine, and another \
                     machine's faults must not restart this service"
                ),
            ));
        }
        let port = url.port();
        let addresses = hosts.into_iter().map(|host| (host, port).into()).collect();
        Ok(Self { url, addresses })
    }
}

impl Ask for OwnUrl {
    async fn ask(&self) -> Result<(), String> {
        match self.url.get(&self.addresses).await {
            Ok(_status) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Where to reach a listener that is bound to this address.
fn reachable(host: IpAddr) -> IpAddr {
    match host.to_canonical() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// Loopback, or what an interface of this machine has: a UDP socket that is
/// connected there has that very address. Nothing is sent.
fn is_own(host: IpAddr) -> bool {
    host.is_loopback() || {
        let local = UdpSocket::bind((reachable_from(host), 0))
            .and_then(|socket| {
                socket.connect((host, 9))?;
                socket.local_addr()
            })
            .map(|local| local.ip());
        local.is_ok_and(|local| local == host)
    }
}

/// Any address of the same family.
fn reachable_from(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::super::tests::fakes::read_head;
    use super::*;

    fn addresses(url: &str) -> Vec<String> {
        let url = OwnUrl::parse(url).expect(url);
        url.addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn loopback_and_what_a_listener_says_of_itself() {
        for (url, expected) in [
            ("http://127.0.0.1:6767/accounts/10000", "127.0.0.1:6767"),
            ("http://127.1.2.3:6767/", "127.1.2.3:6767"),
            ("http://127.0.0.1/", "127.0.0.1:80"),
            ("http://[::1]:6767/", "[::1]:6767"),
            ("http://0.0.0.0:6767/", "127.0.0.1:6767"),
            ("http://[::]:6767/", "[::1]:6767"),
            ("http://[::ffff:127.0.0.1]:6767/", "127.0.0.1:6767"),
        ] {
            assert_eq!(addresses(url), [expected], "{url}");
        }
        assert_eq!(
            addresses("http://LocalHost:6767/"),
            ["127.0.0.1:6767", "[::1]:6767"]
        );
    }

    #[test]
    fn what_is_elsewhere_is_refused() {
        // Addresses for documentation, which nobody has.
        for url in ["http://192.0.2.1:80/", "http://[2001:db8::1]/"] {
            let error = OwnUrl::parse(url).unwrap_err();
            assert_eq!(error.kind(), SystemdErrorKind::NotOwnUrl, "{url}");
            assert!(error.to_string().contains(url), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (url, form) in [
            ("", "URL \"\""),
            ("/accounts/10000", "http:// is accepted"),
            ("https://127.0.0.1/", "http:// is accepted"),
            ("http://accounts:6767/", "localhost or an IP address"),
            ("http://127.0.0.1:0/", "port 1-65535"),
        ] {
            let error = OwnUrl::parse(url).unwrap_err();
            assert_eq!(error.kind(), SystemdErrorKind::InvalidUrl, "{url}");
            assert!(error.to_string().contains(form), "{error}");
        }
    }

    /// What asking a server says that does this with its one connection.
    async fn asked(response: Option<&'static str>) -> Result<(), String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            if let Some(response) = response {
                read_head(&mut stream).await;
                stream.write_all(response.as_bytes()).await.unwrap();
            }
        };
        let url = OwnUrl::parse(&format!("http://{address}/")).unwrap();
        tokio::join!(url.ask(), server).0
    }

    #[tokio::test]
    async fn any_answer_counts() {
        for response in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nnot all",
            "HTTP/1.1 404 Not Found\r\n\r\n",
            "HTTP/1.1 500 Internal Server Error\r\n\r\n",
            "HTTP/1.1 503 Service Unavailable\r\n\r\n",
        ] {
            assert_eq!(asked(Some(response)).await, Ok(()), "{response}");
        }
    }

    #[tokio::test]
    async fn no_answer_is_named() {
        assert!(asked(None).await.is_err());
        assert!(asked(Some("nonsense\r\n\r\n")).await.is_err());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let url = OwnUrl::parse(&format!("http://{address}/")).unwrap();
        let error = url.ask().await.unwrap_err();
        assert!(error.contains("refused"), "{error}");
    }
}
