//! One server: its URL, taken apart once, and the task that tells it.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::consul::Consul;
use super::error::{AnnounceError, AnnounceErrorKind};
use super::etcd::Etcd;
use super::instance::Instance;
use super::ping::Ping;
use super::rhythm::Rhythm;
use super::task::Task;
use super::watchdog::Watchdog;
use super::wire::HttpWire;
use crate::engine::Subscription;
use crate::http_call::HttpUrl;
use crate::render::Details;

enum Kind {
    Ping(Ping),
    Consul(Consul),
    Etcd(Etcd),
    Watchdog(Watchdog),
}

pub(super) struct Target {
    kind: Kind,
    wire: HttpWire,
    rhythm: Rhythm,
    /// For people: no path.
    label: String,
}

impl Target {
    pub(super) fn parse(
        text: &str,
        instance: Option<&Instance>,
        every: Duration,
        ttl: Duration,
        token: Option<&HeaderValue>,
    ) -> Result<Self, AnnounceError> {
        let refuse = |problem: &str| {
            AnnounceError::new(
                AnnounceErrorKind::InvalidUrl,
                format!("URL \"{}\": {problem}", shown(text)),
            )
        };
        const ACCEPTED: &str =
            "http://, consul+http://, etcd+http:// or watchdog+http:// is accepted";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse(ACCEPTED))?;
        let scheme = scheme.to_ascii_lowercase();
        let (kind, transport) = scheme.split_once('+').unwrap_or(("ping", &scheme));
        match (kind, transport) {
            ("ping" | "consul" | "etcd" | "watchdog", "http") => {}
            ("ping" | "consul" | "etcd" | "watchdog", "https") => {
                return Err(refuse(&format!(
                    "TLS is not spoken here: {ACCEPTED}, such as a proxy's on this host"
                )));
            }
            _ => return Err(refuse(ACCEPTED)),
        }
        let url = HttpUrl::parse(&format!("http://{rest}")).map_err(|why| refuse(&why))?;
        if kind != "ping" && url.path().query().is_some() {
            return Err(refuse("no query is accepted"));
        }
        let instance = || {
            let missing = || {
                let what = "a registry is told where the service is: give an instance()";
                AnnounceError::new(
                    AnnounceErrorKind::MissingInstance,
                    format!("URL \"{}\": {what}", shown(text)),
                )
            };
            let instance = instance.ok_or_else(missing)?;
            instance.check().map(|()| instance)
        };
        let path = url.path().path();
        let registry = Rhythm::registry(ttl);
        let (kind, rhythm) = match kind {
            "consul" => (Kind::Consul(Consul::new(path, instance()?, ttl)), registry),
            "etcd" => {
                // A slash more begins a key that begins with one.
                let key = path.strip_prefix('/').unwrap_or(path).trim_end_matches('/');
                if key.is_empty() || key.contains('%') {
                    return Err(refuse(
                        "a key of plain characters is accepted: etcd+http://HOST:PORT/services/name",
                    ));
                }
                (Kind::Etcd(Etcd::new(key, instance()?, ttl)), registry)
            }
            "watchdog" => {
                let watchdog = Watchdog::new(path, instance()?, ttl);
                (Kind::Watchdog(watchdog), registry)
            }
            _ => {
                let ping = Ping::new(path, url.path().query());
                (Kind::Ping(ping), Rhythm::ping(every))
            }
        };
        let (name, token) = match &kind {
            Kind::Ping(_) => ("ping", None),
            Kind::Consul(_) => ("consul", token),
            Kind::Etcd(_) => ("etcd", None),
            Kind::Watchdog(_) => ("watchdog", None),
        };
        let label = format!("{name} at {}:{}", url.host(), url.port());
        let wire = HttpWire::new(url, token.cloned());
        Ok(Self {
            kind,
            wire,
            rhythm,
            label,
        })
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Starts its task. A registry counts as one that has the service from now on.
    pub(super) fn spawn(
        self,
        runtime: &Handle,
        changes: Subscription,
        details: Details,
        inside: &Arc<watch::Sender<usize>>,
    ) {
        if self.rhythm.life.is_some() {
            inside.send_modify(|inside| *inside += 1);
        }
        let about = (changes, details, Arc::clone(inside));
        macro_rules! run {
            ($dialect:expr) => {
                runtime.spawn(Task::new($dialect, self.wire, self.rhythm, self.label, about).run())
            };
        }
        match self.kind {
            Kind::Ping(ping) => run!(ping),
            Kind::Consul(consul) => run!(consul),
            Kind::Etcd(etcd) => run!(etcd),
            Kind::Watchdog(watchdog) => run!(watchdog),
        };
    }
}

/// As much of a URL as anybody may read: scheme, host and port.
pub(super) fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "…".to_owned();
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((_, host)) => host,
        // Maybe a user and the first part of a password.
        None if rest.contains('@') => "",
        None => authority,
    };
    let rest = if rest.len() > host.len() { "/…" } else { "" };
    format!("{scheme}://{host}{rest}")
        .escape_debug()
        .to_string()
}

#[cfg(test)]
mod tests;
