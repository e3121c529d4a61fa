//! What a token may do.

use std::fmt;

/// One thing that a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verb {
    /// Kick a watch, and make it with that.
    Kick,
    /// Say that a watch is down, and make it with that.
    Fault,
    /// See watches.
    Status,
    /// Remove watches.
    Retire,
    /// Forget the time that watches were down.
    Clear,
    /// Make tokens, which may do no more than it may itself.
    Auth,
    /// Have others told.
    Monitor,
    /// Hold watches, and release them.
    Pause,
}

impl Verb {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Kick,
        Self::Fault,
        Self::Status,
        Self::Retire,
        Self::Clear,
        Self::Auth,
        Self::Monitor,
        Self::Pause,
    ];

    /// The word under which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kick => "kick",
            Self::Fault => "fault",
            Self::Status => "status",
            Self::Retire => "retire",
            Self::Clear => "clear",
            Self::Auth => "auth",
            Self::Monitor => "monitor",
            Self::Pause => "pause",
        }
    }

    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// What a token may do: words with a space between, `kick fault status`.
///
/// The word `signed` stands for no verb. Without it, who proves to have the token by a hash alone may
/// only kick, fault and see the status: a hash is the same for every verb, so that one that a log has
/// kept of a kick could retire its name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Verbs(u16);

const SIGNED: &str = "signed";
const SIGNED_BIT: u16 = 1 << 15;

impl Verbs {
    /// Kick, fault and status: what a token has unless more is said.
    pub const USUAL: Self =
        Self(1 << Verb::Kick as u16 | 1 << Verb::Fault as u16 | 1 << Verb::Status as u16);

    /// All, and the word `signed`.
    pub const EVERY: Self = Self(((1 << Verb::ALL.len()) - 1) | SIGNED_BIT);

    /// From stored words. What this version does not know allows nothing.
    ///
    /// ```
    /// use health_watchdog::tokens::{Verb, Verbs};
    ///
    /// let verbs = Verbs::from_stored("kick retire");
    /// assert!(verbs.allow(Verb::Retire) && !verbs.allow_signed(Verb::Retire));
    /// ```
    pub fn from_stored(words: &str) -> Self {
        Self(
            words
                .split(' ')
                .filter_map(bit)
                .fold(0, |all, bit| all | bit),
        )
    }

    /// From words that somebody has written; or the first that is none.
    ///
    /// # Errors
    ///
    /// The word that is no verb.
    pub fn parse(words: &str) -> Result<Self, &str> {
        let bits = words
            .split_ascii_whitespace()
            .try_fold(0, |all, word| bit(word).map(|bit| all | bit).ok_or(word));
        bits.map(Self)
    }

    /// Whether they have this one.
    pub fn allow(self, verb: Verb) -> bool {
        self.0 & verb.bit() != 0
    }

    /// Whether they have this one for who proves the token by a hash alone.
    pub fn allow_signed(self, verb: Verb) -> bool {
        self.allow(verb) && (self.0 & SIGNED_BIT != 0 || Self::USUAL.allow(verb))
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

fn bit(word: &str) -> Option<u16> {
    if word == SIGNED {
        return Some(SIGNED_BIT);
    }
    let verb = Verb::ALL.into_iter().find(|verb| verb.word() == word)?;
    Some(verb.bit())
}

impl fmt::Display for Verbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verbs = Verb::ALL.into_iter().filter(|&verb| self.allow(verb));
        let signed = (self.0 & SIGNED_BIT != 0).then_some(SIGNED);
        for (at, word) in verbs.map(Verb::word).chain(signed).enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Verbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verbs({self})")
    }
}
