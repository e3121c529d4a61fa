//! The words of `--cacert`, `--cert`, `--key`, `--server-name` and `--insecure`, judged together.

use std::path::PathBuf;

use rustls::pki_types::ServerName;

use super::error::OptionsError;
#[cfg(feature = "remote")]
use crate::kick::Kick;
use crate::net::{Identity, TlsOptions, Trust};

#[derive(Clone, Debug, Default)]
pub(super) struct TlsWords {
    pub(super) cacert: Option<PathBuf>,
    pub(super) cert: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) server_name: Option<String>,
    pub(super) insecure: bool,
    /// Whether there is a kick over TLS, which takes the same authority.
    pub(super) is_kick_secure: bool,
}

impl TlsWords {
    /// A kick that trusts what `--cacert` says, unless it was given a file of its own. The other options
    /// are about the target alone: `--insecure` would tell the kick's URL to anyone.
    #[cfg(feature = "remote")]
    pub(super) fn trusted_by(&self, kick: Kick) -> Kick {
        match (&self.cacert, &kick.tls.trust) {
            (Some(file), Trust::System) => kick.cacert(file),
            _ => kick,
        }
    }

    /// Judges them for a target, and the authority for a kick beside it, too.
    pub(super) fn judge(self, is_secure: bool) -> Result<TlsOptions, OptionsError> {
        let given = [
            ("cacert", self.cacert.is_some() && !self.is_kick_secure),
            ("cert", self.cert.is_some()),
            ("key", self.key.is_some()),
            ("server-name", self.server_name.is_some()),
            ("insecure", self.insecure),
        ];
        if !is_secure && let Some((option, _)) = given.iter().find(|(_, given)| *given) {
            return Err(OptionsError::new(
                option,
                "has no meaning without https:// or grpcs://",
            ));
        }
        let trust = match (self.insecure, self.cacert) {
            (true, Some(_)) => return Err(OptionsError::new("insecure", "excluded by --cacert")),
            (true, None) => Trust::Anyone,
            (false, Some(file)) => Trust::File(file),
            (false, None) => Trust::System,
        };
        let identity = match (self.cert, self.key) {
            (None, Some(_)) => {
                return Err(OptionsError::new("key", "has no meaning without --cert"));
            }
            (None, None) => None,
            (Some(cert), key) => Some(Identity { cert, key }),
        };
        let server_name = match self.server_name {
            None => None,
            Some(name) => Some(
                ServerName::try_from(name.as_str())
                    .map_err(|_| {
                        OptionsError::value(
                            "server-name",
                            name.as_bytes(),
                            "a DNS name or an address",
                        )
                    })?
                    .to_owned(),
            ),
        };
        Ok(TlsOptions {
            trust,
            identity,
            server_name,
        })
    }
}
