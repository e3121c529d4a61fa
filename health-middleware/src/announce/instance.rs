//! What registries are told of the service: where this instance of it is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::error::{AnnounceError, AnnounceErrorKind};

/// The longest name, id, host or tag, in bytes.
const LONGEST: usize = 255;
/// Consul's limits for metadata: pairs, and the bytes of a key and of a value.
const META: (usize, usize, usize) = (64, 128, 512);

/// One instance of a service, as registries are to know it.
///
/// ```
/// use health_middleware::Instance;
///
/// let instance = Instance::new("accounts", "10.0.0.7", 6767)
///     .id("accounts-1")
///     .tag("v2")
///     .meta("zone", "a");
/// # drop(instance);
/// ```
///
/// It is checked by [`Health::announce`](crate::Health::announce).
#[derive(Clone, Debug)]
#[must_use]
pub struct Instance {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) id: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) meta: BTreeMap<String, String>,
}

impl Instance {
    /// An instance of the service `name`, which clients reach at this host and
    /// port: an IP address or a name, as they see it. `0.0.0.0` and `[::]`, as a
    /// listener may tell of itself, are refused, and so is port 0.
    ///
    /// The name is 1 to 255 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-` and `:`.
    pub fn new(name: impl Into<String>, host: impl ToString, port: u16) -> Self {
        Self {
            name: name.into(),
            host: host.to_string(),
            port,
            id: None,
            tags: Vec::new(),
            meta: BTreeMap::new(),
        }
    }

    /// What tells this instance from others, of the same characters as the name.
    /// Default: name, host and port, with `-` between. An instance that comes up
    /// while another of the same id is still there takes its place, and is taken
    /// out together with it.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// One more tag, for clients to select by: 1 to 255 bytes.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Metadata: up to 64 pairs, keys of 1 to 128 of `A`–`Z`, `a`–`z`, `0`–`9`, `_`
    /// and `-`, values of up to 512 bytes. The last value of a key counts. Keys that
    /// begin with `consul-` are Consul's own and refused.
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }

    /// `host:port`, with brackets around an IPv6 address.
    pub(super) fn address(&self) -> String {
        match self.host.parse() {
            Ok(IpAddr::V6(host)) => format!("[{host}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    pub(super) fn given_id(&self) -> String {
        let default = || format!("{}-{}-{}", self.name, self.host, self.port);
        self.id.clone().unwrap_or_else(default)
    }

    /// Whether a registry would take it.
    pub(super) fn check(&self) -> Result<(), AnnounceError> {
        let refuse = |message| {
            Err(AnnounceError::new(
                AnnounceErrorKind::InvalidInstance,
                message,
            ))
        };
        let name = |what: &str, name: &str| {
            format!(
                "the instance's {what} {name:?}: 1-{LONGEST} of A-Z a-z 0-9 . _ - : are accepted, \
                 not dots alone"
            )
        };
        if !is_name(&self.name) {
            return refuse(name("name", &self.name));
        }
        match self.host.parse::<IpAddr>() {
            Ok(host) if host.to_canonical().is_unspecified() => {
                return refuse(format!(
                    "the instance's host {host}: others cannot reach it there; give an address \
                     or a name by which they do"
                ));
            }
            Ok(_) => {}
            Err(_) if is_name(&self.host) && !self.host.contains(':') => {}
            Err(_) => {
                return refuse(format!(
                    "the instance's host {:?}: an IP address or a name is accepted",
                    self.host
                ));
            }
        }
        if self.port == 0 {
            return refuse("the instance's port 0: 1-65535 is accepted".to_owned());
        }
        // The host is a part of it, where it is not given.
        let id = self.given_id();
        if !is_name(&id) {
            return refuse(name("id", &id));
        }
        let is_no_tag = |tag: &&String| {
            !(1..=LONGEST).contains(&tag.len()) || tag.chars().any(char::is_control)
        };
        if let Some(tag) = self.tags.iter().find(is_no_tag) {
            return refuse(format!(
                "the instance's tag {tag:?}: 1-{LONGEST} bytes without control characters are \
                 accepted"
            ));
        }
        let (pairs, key_bytes, value_bytes) = META;
        let fits = |(key, value): (&String, &String)| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            (1..=key_bytes).contains(&key.len())
                && key.bytes().all(plain)
                && !key.starts_with("consul-")
                && value.len() <= value_bytes
        };
        if self.meta.len() > pairs || !self.meta.iter().all(fits) {
            return refuse(format!(
                "the instance's metadata: at most {pairs} pairs are accepted, with keys of \
                 1-{key_bytes} of A-Z a-z 0-9 _ - that do not begin with consul-, and values of at \
                 most {value_bytes} bytes"
            ));
        }
        Ok(())
    }
}

/// What can stand in a path as it is.
fn is_name(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
        && !name.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        for instance in [
            Instance::new("accounts", "10.0.0.7", 6767),
            Instance::new("accounts", "accounts-1.internal", 1).id("a:1"),
            Instance::new("a", IpAddr::from([127, 0, 0, 1]), 65535)
                .tag("é")
                .meta("k", ""),
        ] {
            assert_eq!(instance.check(), Ok(()), "{instance:?}");
        }
        let instance = Instance::new("accounts", "::1", 6767);
        assert_eq!(instance.check(), Ok(()));
        assert_eq!(instance.address(), "[::1]:6767");
        assert_eq!(instance.given_id(), "accounts-::1-6767");
        assert_eq!(instance.id("one").given_id(), "one");
    }

    #[test]
    fn what_is_refused_names_the_culprit() {
        let new = || Instance::new("accounts", "10.0.0.7", 6767);
        let many = (0..65).fold(new(), |one, key| one.meta(key.to_string(), ""));
        for (instance, culprit) in [
            (Instance::new("", "h", 1), "name \"\""),
            (Instance::new("a/b", "h", 1), "name \"a/b\""),
            (new().id(".."), "id \"..\""),
            (new().id("a".repeat(256)), "id \"aaa"),
            (
                Instance::new("a", "0.0.0.0", 1),
                "host 0.0.0.0: others cannot",
            ),
            (Instance::new("a", "::", 1), "host ::: others cannot"),
            (Instance::new("a", "::ffff:0.0.0.0", 1), "others cannot"),
            (Instance::new("a", "10.0.0.7:80", 1), "host \"10.0.0.7:80\""),
            (Instance::new("a", "", 1), "host \"\""),
            (Instance::new("a", "h", 0), "port 0"),
            (new().tag(""), "tag \"\""),
            (new().tag("a\nb"), "tag \"a\\nb\""),
            (new().meta("a.b", ""), "metadata"),
            (new().meta("", ""), "metadata"),
            (new().meta("consul-zone", ""), "metadata"),
            (new().meta("a", "v".repeat(513)), "metadata"),
            (many, "at most 64 pairs"),
        ] {
            let error = instance.check().unwrap_err();
            assert_eq!(error.kind(), AnnounceErrorKind::InvalidInstance);
            assert!(error.to_string().contains(culprit), "{error}");
        }
    }
}
