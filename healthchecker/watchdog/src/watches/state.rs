//! The states of a watch, and its kinds.

/// What is known of a watch.
///
/// A watch is itself in one of the first seven. The others are how it is shown while it is held, and
/// what its last event leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Never kicked.
    New,
    /// Kicked in time.
    Up,
    /// Its deadline has passed, its grace has not.
    Late,
    /// Down: silent for too long.
    Timeout,
    /// Down: it has said so itself.
    Fault,
    /// Down: its restart has begun, and a kick is awaited.
    Restarting,
    /// Down: restarting did not help.
    GaveUp,
    /// Held by an operator: kicks count, nothing is told.
    Paused,
    /// Held for maintenance: the same in another word.
    Maintenance,
    /// Gone.
    Retired,
}

impl State {
    pub(super) const ALL: [Self; 10] = [
        Self::New,
        Self::Up,
        Self::Late,
        Self::Timeout,
        Self::Fault,
        Self::Restarting,
        Self::GaveUp,
        Self::Paused,
        Self::Maintenance,
        Self::Retired,
    ];

    /// Whether an episode is open in it.
    pub fn is_down(self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::Fault | Self::Restarting | Self::GaveUp
        )
    }

    /// The word under which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Up => "up",
            Self::Late => "late",
            Self::Timeout => "timeout",
            Self::Fault => "fault",
            Self::Restarting => "restarting",
            Self::GaveUp => "gave-up",
            Self::Paused => "paused",
            Self::Maintenance => "maintenance",
            Self::Retired => "retired",
        }
    }

    /// The state of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What sort of thing is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Kicked again and again.
    Kick,
    /// Run now and then: its starts may be told, too.
    Job,
    /// An instance of a service: retired when its grace has passed after its deadline.
    Instance,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Kick, Self::Job, Self::Instance];

    /// The word under which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kick => "kick",
            Self::Job => "job",
            Self::Instance => "instance",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
