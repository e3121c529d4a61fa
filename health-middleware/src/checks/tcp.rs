//! `Check::tcp`: a TCP port that accepts connections.

use tokio::net::TcpStream;

use super::{Check, HealthCheck, Outcome};
use crate::error::BoxError;
use crate::look_up::LookUp;

impl Check {
    /// Whether `address`, as `host:port` or `[IPv6 address]:port`, accepts a
    /// connection. Names are looked up at every run, on a thread of their own
    /// that neither the runtime nor a shutdown waits for, and never twice at
    /// once; every address is tried.
    ///
    /// It says that something listens, not that it works: where a protocol has a
    /// ping, prefer a check that sends it. Needs the feature `tcp`.
    ///
    /// ```
    /// use health_middleware::Check;
    ///
    /// let check = Check::tcp("cache", "redis:6379").optional();
    /// # drop(check);
    /// ```
    pub fn tcp(name: impl Into<String>, address: impl Into<String>) -> Self {
        let address = address.into();
        match split(&address) {
            Some((host, port)) => {
                let server = LookUp::new(host, port);
                Self::new(name, Port { address, server })
            }
            None => Self::refused(
                name,
                format!("address {address:?}: host:port or [IPv6 address]:port is accepted"),
            ),
        }
    }
}

/// A port to connect to.
struct Port {
    address: String,
    server: LookUp,
}

impl HealthCheck for Port {
    async fn check(&self) -> Result<Outcome, BoxError> {
        let addresses = self.server.addresses().await?;
        let stream = TcpStream::connect(&*addresses)
            .await
            .map_err(|error| format!("connecting to {}: {error}", self.address))?;
        drop(stream);
        Ok(Outcome::Healthy)
    }
}

/// Host and port, the host without brackets.
fn split(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(host) => host.strip_suffix(']')?,
        None if host.contains([':', '/', '@', ' ']) => return None,
        None => host,
    };
    let port = port.parse().ok().filter(|port| *port > 0)?;
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (address, expected) in [
            ("redis:6379", ("redis", 6379)),
            ("127.0.0.1:1", ("127.0.0.1", 1)),
            ("[::1]:65535", ("::1", 65535)),
            ("a.b-c:80", ("a.b-c", 80)),
        ] {
            assert_eq!(split(address), Some(expected), "{address}");
        }
        for address in [
            "",
            ":",
            "redis",
            "redis:",
            ":6379",
            "redis:0",
            "redis:65536",
            "::1:80",
            "http://redis:6379",
            "redis:6379/0",
            "user@redis:1",
            "[]:1",
            "[::1:1",
        ] {
            assert_eq!(split(address), None, "{address}");
        }
    }
}
