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
use super::wire::HttpWire;
use crate::engine::Subscription;
use crate::http_call::HttpUrl;
use crate::render::Details;

enum Kind {
    Ping(Ping),
    Consul(Consul),
    Etcd(Etcd),
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
        const ACCEPTED: &str = "http://, consul+http:// or etcd+http:// is accepted";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse(ACCEPTED))?;
        let scheme = scheme.to_ascii_lowercase();
        let (kind, transport) = scheme.split_once('+').unwrap_or(("ping", &scheme));
        match (kind, transport) {
            ("ping" | "consul" | "etcd", "http") => {}
            ("ping" | "consul" | "etcd", "https") => {
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
            _ => {
                let ping = Ping::new(path, url.path().query());
                (Kind::Ping(ping), Rhythm::ping(every))
            }
        };
        let (name, token) = match &kind {
            Kind::Ping(_) => ("ping", None),
            Kind::Consul(_) => ("consul", token),
            Kind::Etcd(_) => ("etcd", None),
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
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Target, AnnounceError> {
        let instance = Instance::new("accounts", "10.0.0.7", 6767);
        let time = Duration::from_secs(15);
        Target::parse(url, Some(&instance), time, time, None)
    }

    #[test]
    fn urls_of_three_kinds() {
        for (url, label) in [
            ("http://hc/ping/id", "ping at hc:80"),
            ("HTTP://[::1]:8500/ping/id?create=1", "ping at ::1:8500"),
            ("consul+http://127.0.0.1:8500", "consul at 127.0.0.1:8500"),
            ("consul+HTTP://consul:8500/", "consul at consul:8500"),
            ("etcd+http://etcd:2379/services/a", "etcd at etcd:2379"),
            ("etcd+http://etcd:2379//services/a/", "etcd at etcd:2379"),
        ] {
            let target = parse(url).map_err(|error| panic!("{url}: {error}"));
            assert_eq!(target.ok().unwrap().label(), label);
        }
    }

    #[test]
    fn what_is_refused_says_why_and_keeps_paths_to_itself() {
        for (url, says) in [
            ("", "URL \"…\": http://, consul"),
            ("/ping/secret", "URL \"…\": http://, consul"),
            (
                "https://hc/secret",
                "URL \"https://hc/…\": TLS is not spoken",
            ),
            ("consul+https://hc/", "TLS is not spoken"),
            ("etcd+https://hc/secret", "TLS is not spoken"),
            ("ftp://hc/secret", "URL \"ftp://hc/…\": http://, consul"),
            ("zookeeper+http://hc/secret", "http://, consul+http://"),
            ("ping+tcp://hc/secret", "http://, consul+http://"),
            (
                "http://user:secret@hc/secret",
                "URL \"http://hc/…\": no user",
            ),
            // A password with a character that ends a host.
            ("http://user:secret/?#@hc/", "URL \"http:///…\": "),
            ("http://user:/secret@hc/", "URL \"http:///…\": "),
            ("http:///secret", "URL \"http:///…\": "),
            ("http://hc:0/secret", "port 1-65535"),
            ("http://hc:http/secret", "URL \"http://hc:http/…\": "),
            ("http://h\nc/secret", "URL \"http://h\\nc/…\": "),
            ("consul+http://hc/?token=secret", "no query is accepted"),
            ("etcd+http://hc", "a key of plain characters"),
            ("etcd+http://hc/", "a key of plain characters"),
            ("etcd+http://hc/secret%20", "a key of plain characters"),
        ] {
            let error = parse(url).err().unwrap_or_else(|| panic!("{url} is taken"));
            assert_eq!(error.kind(), AnnounceErrorKind::InvalidUrl);
            let error = error.to_string();
            assert!(error.contains(says), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_registry_needs_an_instance() {
        let time = Duration::from_secs(15);
        let parse = |url| Target::parse(url, None, time, time, None);
        assert!(parse("http://hc/id").is_ok());
        for url in ["consul+http://hc", "etcd+http://hc/a"] {
            let error = parse(url).err().unwrap();
            assert_eq!(error.kind(), AnnounceErrorKind::MissingInstance);
            assert!(error.to_string().contains("give an instance()"), "{error}");
        }
        let nowhere = Instance::new("a", "0.0.0.0", 1);
        let parse = |url| Target::parse(url, Some(&nowhere), time, time, None);
        assert!(parse("http://hc/id").is_ok(), "it is not told");
        for url in ["consul+http://hc", "etcd+http://hc/a"] {
            let error = parse(url).err().unwrap();
            assert_eq!(error.kind(), AnnounceErrorKind::InvalidInstance);
        }
    }
}
