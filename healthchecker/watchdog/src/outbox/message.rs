use crate::watches::{Key, Millis, Namespace, State};

/// What has become of a watch, as those are told who are to act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Type {
    /// It is down.
    Down,
    /// It is up again, or was retired while it was down.
    Up,
    /// Its deadline has passed, its grace has not.
    Late,
    /// It has been restarted, and a kick is awaited.
    Restarted,
    /// Restarting did not help.
    GaveUp,
    /// Nothing: somebody tries whether the sink can be reached.
    Test,
}

impl Type {
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::Down,
        Self::Up,
        Self::Late,
        Self::Restarted,
        Self::GaveUp,
        Self::Test,
    ];

    /// Its name in the configuration and on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::Late => "late",
            Self::Restarted => "restarted",
            Self::GaveUp => "gave_up",
            Self::Test => "test",
        }
    }

    /// The type of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One transition of one watch. It has all that a sink may show: what becomes of the watch later changes
/// nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its number, the same whenever it is told again, and whomever: 128 bits.
    pub id: u128,
    /// What has happened.
    pub kind: Type,
    /// To which watch.
    pub key: Key,
    /// When, by the wall.
    pub at: Millis,
    /// Which time that it was down it belongs to.
    pub episode: u32,
    /// The watch's state before.
    pub from: State,
    /// The watch's state afterwards.
    pub to: State,
    /// Why, in one line; often empty.
    pub reason: Box<str>,
    /// What came with it, at most 10,000 bytes, of whatever kind; often empty.
    pub body: Box<[u8]>,
}

impl News {
    /// By what it is gathered with others: the first label of a dotted name, else the namespace.
    pub(super) fn group(&self) -> Box<str> {
        match self.key.name().split_once('.') {
            Some((label, _)) if self.key.namespace() == Namespace::Named && !label.is_empty() => {
                format!("{label}.").into()
            }
            _ => format!(":{}", self.key.namespace().word()).into(),
        }
    }

    /// What all names of a message of so many begin with, of which this is the first.
    pub(super) fn prefix(&self, count: usize) -> Box<str> {
        if count == 1 {
            return self.key.name().into();
        }
        // Those of a whole namespace have nothing in common.
        self.group().strip_suffix('.').unwrap_or_default().into()
    }
}

/// What a sink is told in one request: one transition, or several under one prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number, the same whenever it is sent again: that of the first of its news.
    pub id: u128,
    /// What all its names begin with, where there are several; otherwise the name.
    pub prefix: Box<str>,
    /// What has happened, in its order; one at least.
    pub news: Vec<News>,
}
