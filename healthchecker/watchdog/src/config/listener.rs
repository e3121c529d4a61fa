use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

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
    #[serde(deserialize_with = "file")]
    pub certificate: PathBuf,
    /// The file with the certificate's key, PEM.
    #[serde(deserialize_with = "file")]
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
        }
    }
}

impl Listener {
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

fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let expected = "the absolute path of a file in quotes";
    value::text(deserializer, expected, |text| {
        if text.starts_with('/') && !text.ends_with('/') && !text.contains('\0') {
            Ok(text.into())
        } else {
            Err(format!(
                "{text:?} is not {expected}, such as \"/etc/watchdog/key.pem\""
            ))
        }
    })
}
