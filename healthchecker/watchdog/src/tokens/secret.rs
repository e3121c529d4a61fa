//! The master, and what clients prove that they have a token with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::{self, Secret};

/// The shortest master, in bytes.
const SHORTEST_MASTER: usize = 32;

/// What every token is derived from.
///
/// Whoever knows it and a token's number and prefix knows the token, so that it is kept apart from the
/// store, in a file that nobody else may read.
#[derive(Clone)]
pub struct Master(Box<[u8]>);

/// A master that is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterError;

impl fmt::Display for MasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the master key is shorter than 32 bytes: write 32 random ones into its file, \
             as `head -c 32 /dev/urandom` gives them",
        )
    }
}

impl std::error::Error for MasterError {}

impl Master {
    /// A master from what its file holds; white space at the end is no part of it.
    ///
    /// # Errors
    ///
    /// If it is shorter than 32 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::tokens::Master;
    ///
    /// let master = Master::new(&[7; 32])?;
    /// let token = master.derive(1, "dc.server1");
    /// assert_eq!(token.text().len(), 64);
    /// # Ok::<(), health_watchdog::tokens::MasterError>(())
    /// ```
    pub fn new(bytes: &[u8]) -> Result<Self, MasterError> {
        let bytes = bytes.trim_ascii_end();
        if bytes.len() < SHORTEST_MASTER {
            return Err(MasterError);
        }
        Ok(Self(bytes.into()))
    }

    /// The token of a number and a prefix.
    pub fn derive(&self, serial: u64, prefix: &str) -> Secret {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .expect("HMAC takes keys of any length (RFC 2104, section 2)");
        mac.update(b"wd/1\0");
        mac.update(serial.to_string().as_bytes());
        mac.update(b"\0");
        mac.update(prefix.as_bytes());
        Secret::new(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master").finish_non_exhaustive()
    }
}

/// How a client proves that it has a token.
#[derive(Clone)]
#[non_exhaustive]
pub enum Proof {
    /// By a hash of the token and the name that it asks for: [`Secret::signature`].
    Signature([u8; 32]),
    /// By the token.
    Bearer(Secret),
}

impl Proof {
    /// A hash as it is in a query: 64 lower-case hexadecimal digits, and nothing else.
    pub fn signature(text: &str) -> Option<Self> {
        secret::unhex(text).map(Self::Signature)
    }

    /// The token in the value of a header `Authorization`.
    pub fn authorization(value: &str) -> Option<Self> {
        let (scheme, token) = value.split_once(' ')?;
        let token = Secret::parse(token.trim_matches(' '))?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(Self::Bearer(token))
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature(_) => "Signature(..)",
            Self::Bearer(_) => "Bearer(..)",
        })
    }
}
