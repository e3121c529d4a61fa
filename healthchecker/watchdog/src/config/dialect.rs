use serde::{Deserialize, Deserializer};

use super::value;

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Heartbeats without authentication.
    Heartbeat,
    /// The Global Watch Dog's.
    Gwd,
    /// Ping URLs of healthchecks.io.
    Ping,
    /// The server's own.
    Api,
    /// Services and their instances, without authentication.
    Registry,
    /// The page. Where others than this machine can ask, it asks for a token.
    Ui,
}

impl Dialect {
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::Heartbeat,
        Self::Gwd,
        Self::Ping,
        Self::Api,
        Self::Registry,
        Self::Ui,
    ];

    /// Its name in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Heartbeat => "heartbeat",
            Self::Gwd => "gwd",
            Self::Ping => "ping",
            Self::Api => "api",
            Self::Registry => "registry",
            Self::Ui => "ui",
        }
    }

    /// Whether it asks for no token.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Heartbeat | Self::Registry)
    }

    /// Its bit in [`Settings::open_to`](crate::watches::Settings::open_to).
    pub fn bit(self) -> u8 {
        match self {
            Self::Heartbeat => 1,
            Self::Gwd => 2,
            Self::Ping => 4,
            Self::Api => 8,
            Self::Registry => 16,
            Self::Ui => 32,
        }
    }
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(deserializer, "the name of a dialect in quotes", |word| {
            Self::ALL
                .into_iter()
                .find(|dialect| dialect.word() == word)
                .ok_or_else(|| format!("{word:?} is no dialect; there are {}", words(Self::ALL)))
        })
    }
}

/// Their names in one text.
pub(super) fn words(dialects: impl IntoIterator<Item = Dialect>) -> String {
    let words: Vec<_> = dialects.into_iter().map(Dialect::word).collect();
    words.join(", ")
}
