//! Who is told of a prefix because somebody with a token has asked for it.

use std::fmt;

use crate::watches::Millis;

/// Somebody is told of all that happens under a prefix.
#[derive(Clone, PartialEq, Eq)]
pub struct Monitor {
    /// By what it is known: whoever knows it may remove the monitor.
    pub id: u128,
    /// How it tells.
    pub kind: MonitorKind,
    /// What the names begin with of which it tells.
    pub prefix: Box<str>,
    /// The authority that covers them, which is that of the token.
    pub authority: Box<str>,
    /// Whom it tells. Often a secret, too.
    pub url: Box<str>,
    /// The number of the token with which it was made.
    pub serial: u64,
    /// When it was made, by the wall.
    pub at: Millis,
}

/// How a monitor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MonitorKind {
    /// By a webhook of Slack's.
    Slack,
}

impl MonitorKind {
    /// The word under which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        (word == Self::Slack.word()).then_some(Self::Slack)
    }
}

/// Without what would let a reader of a log remove it, or write to whom it tells.
impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("kind", &self.kind)
            .field("prefix", &self.prefix)
            .field("authority", &self.authority)
            .field("serial", &self.serial)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
