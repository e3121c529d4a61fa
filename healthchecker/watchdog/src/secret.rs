//! A token itself, as its owner has it, and what of it goes over the wire.

use std::fmt;

use sha2::{Digest, Sha256};

/// A token itself: 32 bytes, which are shown to its owner once.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    #[cfg(feature = "serve")]
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A token as its owner has it: 64 lower-case hexadecimal digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// As its owner is to have it: 64 lower-case hexadecimal digits.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What a server stores of it.
    #[cfg(feature = "serve")]
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

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
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
