//! Collecting whom to announce the service to, and refusing what cannot work.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use http::HeaderValue;

use super::error::{AnnounceError, AnnounceErrorKind};
use super::instance::Instance;
use super::target::{Target, shown};

const SECOND: Duration = Duration::from_secs(1);
const PERIODS: RangeInclusive<Duration> = SECOND..=Duration::from_secs(24 * 3600);
const LIVES: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(3600);

/// Whom to announce a service to, for [`Health::announce`](crate::Health::announce).
///
/// ```
/// use health_middleware::{Announcer, Instance};
///
/// let announcer = Announcer::new()
///     .instance(Instance::new("accounts", "10.0.0.7", 6767))
///     .to("consul+http://127.0.0.1:8500")
///     .to("etcd+http://127.0.0.1:2379/services/accounts")
///     .to("watchdog+http://watchdog:8500")
///     .to("http://watchdog:8500/ping/5ae1d5b9-5e72-4f4a-a9a8-6f8a9a4c9b1e");
/// // The path of a ping URL is a secret.
/// assert!(!format!("{announcer:?}").contains("5ae1d5b9"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Announcer {
    urls: Vec<String>,
    instance: Option<Instance>,
    every: Duration,
    ttl: Duration,
    consul_token: Option<String>,
}

impl Announcer {
    /// Announces to nobody yet.
    pub fn new() -> Self {
        Self {
            urls: Vec::new(),
            instance: None,
            every: Duration::from_secs(30),
            ttl: Duration::from_secs(15),
            consul_token: None,
        }
    }

    /// One more server to announce to. Its URL says of which kind it is:
    ///
    /// | | |
    /// |---|---|
    /// | `http://HOST[:PORT]/PATH` | a ping URL, such as those of healthchecks.io |
    /// | `consul+http://HOST[:PORT]` | a Consul agent, as a rule the one on this host; a path is put before `/v1` |
    /// | `etcd+http://HOST[:PORT]/KEY` | etcd 3.4 or later; the service is put at `KEY/` and the instance's id |
    /// | `watchdog+http://HOST[:PORT]` | the registry of `watchdog serve`; a path is put before its own |
    ///
    /// All over plain HTTP/1.1, without a user before the host, on port 80 unless
    /// the URL has one. For TLS go through a proxy on this host.
    pub fn to(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// What registries are told. They need it; ping URLs do not, and where there are
    /// no others it is not looked at.
    pub fn instance(mut self, instance: Instance) -> Self {
        self.instance = Some(instance);
        self
    }

    /// How often ping URLs are kicked: 1 s to 1 day, default 30 s. What the server
    /// waits for must be longer, by a minute or so where the service restarts.
    pub fn every(mut self, period: Duration) -> Self {
        self.every = period;
        self
    }

    /// How long a registration lasts after the last sign of life: 5 s to 1 hour in
    /// whole seconds, a fraction is cut off. Default 15 s. A sign of life goes out
    /// every third of it, and may take a quarter, so that one may be lost.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The token for Consul's ACL, sent as `X-Consul-Token`. It needs
    /// `service:write` for the instance's name.
    pub fn consul_token(mut self, token: impl Into<String>) -> Self {
        self.consul_token = Some(token.into());
        self
    }

    /// The targets, unless something cannot work.
    pub(super) fn settle(self) -> Result<Vec<Target>, AnnounceError> {
        within("every", self.every, &PERIODS)?;
        within("ttl", self.ttl, &LIVES)?;
        let token = self.consul_token.as_deref().map(header).transpose()?;
        let ttl = Duration::from_secs(self.ttl.as_secs());
        self.urls
            .iter()
            .map(|url| Target::parse(url, self.instance.as_ref(), self.every, ttl, token.as_ref()))
            .collect()
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls: Vec<_> = self.urls.iter().map(|url| shown(url)).collect();
        f.debug_struct("Announcer")
            .field("urls", &urls)
            .field("instance", &self.instance)
            .field("every", &self.every)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}

fn within(
    what: &str,
    found: Duration,
    range: &RangeInclusive<Duration>,
) -> Result<(), AnnounceError> {
    if range.contains(&found) {
        return Ok(());
    }
    let (least, most) = (range.start().as_secs(), range.end().as_secs());
    Err(AnnounceError::new(
        AnnounceErrorKind::InvalidDuration,
        format!("{what}({found:?}): {least} s to {most} s are accepted"),
    ))
}

/// The token is in no message.
fn header(token: &str) -> Result<HeaderValue, AnnounceError> {
    let value = HeaderValue::from_str(token).ok();
    let mut value = value.filter(|value| !value.is_empty()).ok_or_else(|| {
        AnnounceError::new(
            AnnounceErrorKind::InvalidToken,
            "consul_token: visible ASCII characters are accepted, at least one; does it end in \
             a line's end?",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_hides_itself() {
        let shown = format!("{:?}", header("secret").unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
