//! A TCP port that accepts connections.

use tokio::net::TcpStream;

use crate::check::Check;
use crate::outcome::BoxError;

impl Check {
    /// Whether `address`, as `host:port` or `[IPv6 address]:port`, accepts a
    /// connection. Names are resolved at every run, and every address is tried.
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
        let invalid = validate(&address).err();
        let mut check = Self::with(name, address, |address| async move {
            let stream = TcpStream::connect(&address)
                .await
                .map_err(|error| format!("connecting to {address}: {error}"))?;
            drop(stream);
            Ok::<_, BoxError>(())
        });
        check.invalid = invalid;
        check
    }
}

fn validate(address: &str) -> Result<(), String> {
    let fits = address.rsplit_once(':').is_some_and(|(host, port)| {
        let bracketed = host.starts_with('[') && host.ends_with(']');
        !host.is_empty()
            && (bracketed || !host.contains([':', '/', '@', ' ']))
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if fits {
        Ok(())
    } else {
        Err(format!(
            "address {address:?}: host:port or [IPv6 address]:port is accepted"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for address in ["redis:6379", "127.0.0.1:1", "[::1]:65535", "a.b-c:80"] {
            assert_eq!(validate(address), Ok(()), "{address}");
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
        ] {
            assert!(validate(address).is_err(), "{address}");
        }
    }
}
