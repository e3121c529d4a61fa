use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::dialect::{Dialect, words};
use super::value;

/// Where is listened, and what is spoken there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [[listen]]")]
#[non_exhaustive]
pub struct Listener {
    /// At which address.
    #[serde(deserialize_with = "address")]
    pub address: SocketAddr,
    /// With what TLS; `None`: without.
    pub tls: Option<Tls>,
    /// What is spoken, one dialect at least.
    pub dialects: BTreeSet<Dialect>,
    /// Whether dialects without authentication may be reached from elsewhere.
    #[serde(rename = "open")]
    pub is_open: bool,
    /// By which names dialects without authentication may be asked here, in lower case. Addresses and
    /// names without a dot need not be named: nobody else can have such a name lead here.
    #[serde(deserialize_with = "hosts")]
    pub hosts: BTreeSet<String>,
}

/// What a listener shows of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with two files, { certificate = \"/…\", key = \"/…\" }"
)]
#[non_exhaustive]
pub struct Tls {
    /// The file with its certificate and those above it, PEM.
    #[serde(deserialize_with = "value::file")]
    pub certificate: PathBuf,
    /// The file with the certificate's key, PEM.
    #[serde(deserialize_with = "value::file")]
    pub key: PathBuf,
}

impl Default for Listener {
    /// All dialects at 127.0.0.1:8500.
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8500)),
            tls: None,
            dialects: Dialect::ALL.into(),
            is_open: false,
            hosts: BTreeSet::new(),
        }
    }
}

impl Listener {
    /// Holds it against itself.
    ///
    /// # Errors
    ///
    /// What cannot work, in one line.
    pub fn check_alone(&self) -> Result<(), String> {
        self.check(&mut BTreeSet::new())
    }

    /// Holds it against itself and against those before it.
    pub(super) fn check(&self, before: &mut BTreeSet<SocketAddr>) -> Result<(), String> {
        let address = self.address;
        if self.dialects.is_empty() {
            return Err(format!(
                "{address} speaks nothing: name dialects ({}), or leave `dialects` out for all",
                words(Dialect::ALL)
            ));
        }
        let (open, closed): (Vec<_>, Vec<_>) = Dialect::ALL
            .into_iter()
            .partition(|dialect| dialect.is_open());
        let is_reached = !address.ip().to_canonical().is_loopback();
        if is_reached && !self.is_open && open.iter().any(|open| self.dialects.contains(open)) {
            return Err(format!(
                "{address} is no loopback address, and {} asks for no token: name only others in \
                 `dialects` ({}), or set `open = true` where whoever reaches it may kick",
                words(open),
                words(closed)
            ));
        }
        // Each port 0 is another port.
        if address.port() != 0 && !before.insert(address) {
            return Err(format!(
                "{address} is listened at already: give each [[listen]] an address of its own"
            ));
        }
        Ok(())
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let expected = "an address and a port in quotes, such as \"127.0.0.1:8500\"";
    value::text(deserializer, expected, |text| {
        text.parse()
            .map_err(|_| format!("{text:?} is not {expected} or \"[::1]:8500\""))
    })
}

fn hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let hosts = BTreeSet::<String>::deserialize(deserializer)?;
    let is_name = |name: &String| {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        (1..=253).contains(&name.len()) && name.bytes().all(is_plain)
    };
    if let Some(name) = hosts.iter().find(|name| !is_name(name)) {
        return Err(D::Error::custom(format!(
            "{name:?} is no name of a host; give it without a scheme and a port, as \"dog.example\""
        )));
    }
    Ok(hosts.iter().map(|name| name.to_ascii_lowercase()).collect())
}
