//! Making tokens, replacing them and revoking them.

use std::fmt;

use super::check::{ROOT, Tokens, forget, is_over};
use super::verbs::Verbs;
use crate::secret::Secret;
use crate::store::Token;
use crate::watches::{Key, Millis, NameError, Namespace};

/// So many tokens of one prefix are valid at a time: a hash is held against each.
pub const MOST_OF_A_PREFIX: usize = 16;

/// So many tokens there may be. Those that are valid no more make room for others when there are so many.
pub const MOST_TOKENS: usize = 100_000;

/// What a new token is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The names that it is to reach by whole labels; empty: all. Dots at the end are no part of it.
    pub prefix: &'a str,
    /// What it may do.
    pub verbs: Verbs,
    /// When it ends, by the wall; [`NEVER`](crate::watches::NEVER): not by itself.
    pub expires: Millis,
    /// What is written down about it.
    pub note: &'a str,
}

/// A token that was made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Minted {
    /// What is to be stored, before its owner hears of it.
    pub row: Token,
    /// What its owner is to have, and nobody keeps.
    pub secret: Secret,
}

/// Why no token was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MintError {
    /// No name begins so.
    Prefix(NameError),
    /// [`MOST_OF_A_PREFIX`] are valid.
    ManyOfPrefix,
    /// There are [`MOST_TOKENS`].
    Many,
    /// There is no valid one of that number.
    Missing,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(error) => write!(f, "no token can have this prefix: {error}"),
            Self::ManyOfPrefix => write!(
                f,
                "{MOST_OF_A_PREFIX} tokens of this prefix are valid: revoke one"
            ),
            Self::Many => write!(
                f,
                "there are {MOST_TOKENS} tokens, and there may be no more"
            ),
            Self::Missing => f.write_str("there is no valid token of this number"),
        }
    }
}

impl std::error::Error for MintError {}

impl Tokens {
    /// Makes a token. It is valid at once: nobody has it before the caller tells.
    ///
    /// # Errors
    ///
    /// If its prefix is none, or there are as many tokens as there may be.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::tokens::*;
    /// use health_watchdog::watches::NEVER;
    ///
    /// let mut tokens = Tokens::new(Master::new(&[7; 32])?, Vec::new(), 1_000);
    /// let wish = Wish { prefix: "my.new.", verbs: Verbs::USUAL, expires: NEVER, note: "" };
    /// let minted = tokens.mint(&wish, 1_000)?;
    /// assert_eq!((minted.row.serial, &*minted.row.prefix), (1, "my.new"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint(&mut self, wish: &Wish<'_>, wall: Millis) -> Result<Minted, MintError> {
        let prefix = wish.prefix.trim_end_matches('.');
        if !wish.prefix.is_empty() {
            Key::new(Namespace::Named, wish.prefix).map_err(MintError::Prefix)?;
        }
        if self.rows.len() >= MOST_TOKENS && !self.drop_dead(wall) {
            return Err(MintError::Many);
        }
        if let Some(serials) = self.by_prefix.get_mut(prefix) {
            forget(&self.rows, serials, wall);
            let is_valid =
                |serial: &&u64| !self.rows.get(serial).is_none_or(|row| is_over(row, wall));
            if serials.iter().filter(is_valid).count() >= MOST_OF_A_PREFIX {
                return Err(MintError::ManyOfPrefix);
            }
        }
        let last = self.rows.last_key_value().map_or(0, |(&serial, _)| serial);
        let serial = (last + 1).max(self.first);
        let secret = self.master.derive(serial, prefix);
        let row = Token {
            serial,
            prefix: prefix.into(),
            verbs: wish.verbs.to_string().into(),
            sha256: secret.sha256(),
            expires: wish.expires,
            revoked: None,
            note: wish.note.into(),
        };
        self.put(row.clone());
        Ok(Minted { row, secret })
    }

    /// Makes room: of the tokens that are valid no more, the older half is known no longer. Whether there
    /// were any.
    fn drop_dead(&mut self, wall: Millis) -> bool {
        let rows = self.rows.values();
        let dead = rows.filter(|row| row.serial != ROOT && is_over(row, wall));
        let mut dead: Vec<u64> = dead.map(|row| row.serial).collect();
        dead.truncate(dead.len().div_ceil(2));
        for serial in &dead {
            self.forget_row(*serial);
        }
        !dead.is_empty()
    }

    /// Makes a token like another one, which stays valid for at most `overlap` more milliseconds: the
    /// old one as it is to be stored, and the new one, which ends at `expires`.
    ///
    /// # Errors
    ///
    /// If there is no valid token of that number, or there are as many as there may be; nothing is done
    /// then.
    pub fn rotate(
        &mut self,
        serial: u64,
        wall: Millis,
        overlap: Millis,
        expires: Millis,
    ) -> Result<(Token, Minted), MintError> {
        let old = self
            .rows
            .get(&serial)
            .filter(|row| serial != ROOT && !is_over(row, wall));
        let mut old = old.ok_or(MintError::Missing)?.clone();
        let wish = Wish {
            prefix: &old.prefix,
            verbs: Verbs::from_stored(&old.verbs),
            expires,
            note: &old.note,
        };
        let minted = self.mint(&wish, wall)?;
        old.expires = old.expires.min(wall.saturating_add(overlap));
        self.put(old.clone());
        Ok((old, minted))
    }

    /// Revokes a token: its row as it is to be stored. One that was revoked before stays so, with its
    /// own date. `None`: there is none of that number; the root token ends with its master alone.
    pub fn revoke(&mut self, serial: u64, wall: Millis) -> Option<Token> {
        let row = self.rows.get_mut(&serial).filter(|_| serial != ROOT)?;
        row.revoked.get_or_insert(wall);
        Some(row.clone())
    }
}
