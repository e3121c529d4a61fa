//! Secrets: the master, the tokens that come of it, and what clients prove them with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

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
        Secret(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master").finish_non_exhaustive()
    }
}

/// A token itself: 32 bytes, which are shown to its owner once.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A token as its owner has it: 64 lower-case hexadecimal digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// As its owner is to have it: 64 lower-case hexadecimal digits.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What is stored of it.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// What a client of the Global Watch Dog sends: SHA-256 of the token and then a name or a prefix.
    ///
    /// That is no HMAC: who knows the hash of a name can make that of the name with certain bytes after
    /// it. No name has those bytes, if it is looked at before the hash.
    pub fn signature(&self, name: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.0).chain_update(name);
        hash.finalize().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
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
        unhex(text).map(Self::Signature)
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

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}
