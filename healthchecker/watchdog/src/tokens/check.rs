//! All tokens, and whether a proof is one of them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use subtle::ConstantTimeEq;

use super::secret::{Master, Proof};
use super::verbs::{Verb, Verbs};
use crate::secret::Secret;
use crate::store::Token;
use crate::watches::{Millis, NEVER, authorities, covers};

/// Of a prefix's tokens that are valid no more, so many are told that they are.
const MOST_DEAD: usize = 4;

/// The number of the root token.
pub(super) const ROOT: u64 = 0;

/// All tokens, revoked ones too.
///
/// Beside those that are stored there is the root token, of number 0: the master's own, which may do
/// everything as a bearer's, nothing by a hash, and ends with the master. With it the first others are made.
#[derive(Debug)]
pub struct Tokens {
    pub(super) master: Master,
    pub(super) rows: BTreeMap<u64, Token>,
    /// The numbers of each prefix's against which hashes are held: those that are valid, and the last
    /// few of those that are not.
    pub(super) by_prefix: HashMap<Box<str>, Vec<u64>>,
    by_hash: HashMap<[u8; 32], u64>,
    /// The least number of a new token.
    pub(super) first: u64,
}

/// What a proof allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The token's number: by it the quota is counted, and nothing secret is in it.
    pub serial: u64,
    /// Its authority: the names that it reaches by whole labels; empty: all.
    pub authority: Box<str>,
    /// What it may do.
    pub verbs: Verbs,
    /// When it ends, by the wall.
    pub expires: Millis,
}

/// Why a proof allows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denied {
    /// It is of no token that reaches the name.
    Wrong,
    /// Its token has come to its end.
    Expired,
    /// Its token was revoked.
    Revoked,
    /// Its token may not do that.
    Verb(Verb),
    /// Its token may do that, but not by a hash.
    Signed(Verb),
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong => f.write_str("no token that reaches this name fits"),
            Self::Expired => f.write_str("the token has expired: ask for another one"),
            Self::Revoked => f.write_str("the token was revoked: ask for another one"),
            Self::Verb(verb) => {
                write!(f, "the token may not {}: it needs that verb", verb.word())
            }
            Self::Signed(verb) => write!(
                f,
                "the token may {0} as a bearer token only: by hmac it needs the word signed",
                verb.word()
            ),
        }
    }
}

impl std::error::Error for Denied {}

impl Tokens {
    /// The tokens that are stored, at a moment by the wall.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::tokens::*;
    /// use health_watchdog::watches::NEVER;
    ///
    /// let mut tokens = Tokens::new(Master::new(&[7; 32])?, Vec::new(), 1_000);
    /// let wish = Wish { prefix: "dc", verbs: Verbs::USUAL, expires: NEVER, note: "" };
    /// let minted = tokens.mint(&wish, 1_000)?;
    ///
    /// let proof = Proof::Signature(minted.secret.signature("dc.server1"));
    /// let grant = tokens.check(&proof, "dc.server1", Verb::Kick, 2_000)?;
    /// assert_eq!(&*grant.authority, "dc");
    /// assert_eq!(tokens.check(&proof, "dcx", Verb::Kick, 2_000), Err(Denied::Wrong));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(master: Master, rows: Vec<Token>, wall: Millis) -> Self {
        let mut tokens = Self {
            master,
            rows: BTreeMap::new(),
            by_prefix: HashMap::new(),
            by_hash: HashMap::new(),
            first: 1,
        };
        let root = Token {
            serial: ROOT,
            prefix: Box::default(),
            verbs: Verbs::EVERY.to_string().into(),
            sha256: tokens.master.derive(ROOT, "").sha256(),
            expires: NEVER,
            revoked: None,
            note: "the master's own".into(),
        };
        tokens.put(root);
        for row in rows {
            tokens.put(row);
        }
        for serials in tokens.by_prefix.values_mut() {
            forget(&tokens.rows, serials, wall);
        }
        tokens
    }

    /// New tokens have numbers from this one on, and beyond all that there are.
    ///
    /// From the same master, number and prefix comes the same token. Where a database was lost, or an older
    /// one was put back, numbers that begin with the wall's microseconds of the start are not given again.
    #[must_use]
    pub fn numbered_from(mut self, first: u64) -> Self {
        self.first = first;
        self
    }

    /// A token as it is now. Its prefix and its hash never change.
    pub(super) fn put(&mut self, row: Token) {
        let serial = row.serial;
        if let Some(before) = self.rows.insert(serial, row) {
            let now = &self.rows[&serial];
            debug_assert!(before.prefix == now.prefix && before.sha256 == now.sha256);
            return;
        }
        let row = &self.rows[&serial];
        self.by_hash.insert(row.sha256, serial);
        self.by_prefix
            .entry(row.prefix.clone())
            .or_default()
            .push(serial);
    }

    /// A row is known no longer.
    pub(super) fn forget_row(&mut self, serial: u64) {
        let Some(row) = self.rows.remove(&serial) else {
            return;
        };
        self.by_hash.remove(&row.sha256);
        if let Some(serials) = self.by_prefix.get_mut(&row.prefix) {
            serials.retain(|&found| found != serial);
            if serials.is_empty() {
                self.by_prefix.remove(&row.prefix);
            }
        }
    }

    /// All that are stored, by number.
    pub fn rows(&self) -> impl Iterator<Item = &Token> {
        self.rows.values().filter(|row| row.serial != ROOT)
    }

    /// The one of a number.
    pub fn row(&self, serial: u64) -> Option<&Token> {
        self.rows.get(&serial).filter(|row| row.serial != ROOT)
    }

    /// Whether a proof allows to do something to a name, or to all names that begin so, at a moment by
    /// the wall.
    ///
    /// The name must be one of the alphabet that the proof is for: it is part of what is hashed.
    ///
    /// # Errors
    ///
    /// Why it does not. What is said of a token is said to whoever has it, and to nobody else.
    pub fn check(
        &self,
        proof: &Proof,
        name: &str,
        verb: Verb,
        wall: Millis,
    ) -> Result<Grant, Denied> {
        match proof {
            Proof::Signature(signature) => self.signed(signature, name, verb, wall),
            Proof::Bearer(secret) => {
                let grant = self.bearer(secret, verb, wall)?;
                if covers(&grant.authority, name) {
                    Ok(grant)
                } else {
                    Err(Denied::Wrong)
                }
            }
        }
    }

    /// What a token itself allows, whatever names it reaches.
    ///
    /// # Errors
    ///
    /// Why it allows nothing.
    pub fn bearer(&self, secret: &Secret, verb: Verb, wall: Millis) -> Result<Grant, Denied> {
        let sha256 = secret.sha256();
        // Finding it by its hash tells by its duration nothing that helps to find the token.
        let row = self
            .by_hash
            .get(&sha256)
            .and_then(|serial| self.rows.get(serial));
        let row = row.ok_or(Denied::Wrong)?;
        if !bool::from(row.sha256.ct_eq(&sha256)) {
            return Err(Denied::Wrong);
        }
        let grant = alive(row, wall)?;
        if grant.verbs.allow(verb) {
            Ok(grant)
        } else {
            Err(Denied::Verb(verb))
        }
    }

    fn signed(
        &self,
        signature: &[u8; 32],
        name: &str,
        verb: Verb,
        wall: Millis,
    ) -> Result<Grant, Denied> {
        let candidates = authorities(name)
            .filter_map(|authority| self.by_prefix.get(authority))
            .flatten()
            .filter(|serial| **serial != ROOT)
            .filter_map(|serial| self.rows.get(serial));
        for row in candidates {
            let secret = self.master.derive(row.serial, &row.prefix);
            if !bool::from(secret.signature(name).ct_eq(signature)) {
                continue;
            }
            // Derived from another master than the one that it was made with.
            if !bool::from(secret.sha256().ct_eq(&row.sha256)) {
                continue;
            }
            let grant = alive(row, wall)?;
            return match () {
                () if grant.verbs.allow_signed(verb) => Ok(grant),
                () if grant.verbs.allow(verb) => Err(Denied::Signed(verb)),
                () => Err(Denied::Verb(verb)),
            };
        }
        Err(Denied::Wrong)
    }
}

/// Few are held against a hash, however many a prefix has had.
pub(super) fn forget(rows: &BTreeMap<u64, Token>, serials: &mut Vec<u64>, wall: Millis) {
    let is_dead = |serial: &u64| rows.get(serial).is_none_or(|row| is_over(row, wall));
    let dead = serials.iter().filter(|serial| is_dead(serial)).count();
    let mut surplus = dead.saturating_sub(MOST_DEAD);
    serials.retain(|serial| {
        let is_kept = surplus == 0 || !is_dead(serial);
        surplus -= usize::from(!is_kept);
        is_kept
    });
}

fn alive(row: &Token, wall: Millis) -> Result<Grant, Denied> {
    if row.revoked.is_some() {
        Err(Denied::Revoked)
    } else if is_over(row, wall) {
        Err(Denied::Expired)
    } else {
        Ok(Grant {
            serial: row.serial,
            authority: row.prefix.clone(),
            verbs: Verbs::from_stored(&row.verbs),
            expires: row.expires,
        })
    }
}

pub(super) fn is_over(row: &Token, wall: Millis) -> bool {
    row.revoked.is_some() || wall >= row.expires
}
