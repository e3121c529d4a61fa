//! What a query string asks for, and the link that asks for it again.

use form_urlencoded::Serializer;

use crate::watches::State;

/// The longest text that names are searched for.
const LONGEST: usize = 400;

/// In which order watches are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// What is down first, and of that what went down last.
    #[default]
    Worst,
    Name,
    /// What must be kicked next.
    Due,
    /// What has changed last.
    Since,
    /// What was down the longest in all.
    Down,
}

impl Sort {
    pub(super) const ALL: [Self; 5] = [Self::Worst, Self::Name, Self::Due, Self::Since, Self::Down];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Worst => "worst",
            Self::Name => "name",
            Self::Due => "due",
            Self::Since => "since",
            Self::Down => "down",
        }
    }
}

/// The states that are shown, in the order of what is worst.
pub(super) const STATES: [State; 9] = [
    State::GaveUp,
    State::Fault,
    State::Timeout,
    State::Restarting,
    State::Late,
    State::New,
    State::Maintenance,
    State::Paused,
    State::Up,
];

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(super) sort: Sort,
    /// A bit for each of [`STATES`]; none: all are shown.
    pub(super) states: u16,
    /// What names have in them, whatever the case.
    pub(super) part: String,
    /// With what names begin.
    pub(crate) prefix: String,
    pub(crate) is_tree: bool,
}

impl Ask {
    /// Reads a query string. What is unknown is left alone: links that are passed on gather parameters
    /// of others. What is known and has no such value is refused, in one line.
    pub(crate) fn read(query: &str) -> Result<Self, String> {
        let mut ask = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "sort" => {
                    let mut all = Sort::ALL.into_iter();
                    let sort = all.find(|sort| sort.word() == value);
                    ask.sort = sort.ok_or("sort is worst, name, due, since or down")?;
                }
                "state" => {
                    for word in value.split(',').filter(|word| !word.is_empty()) {
                        ask.states |= bits(word).ok_or(
                            "state is down, gave-up, fault, timeout, restarting, late, new, \
                             maintenance, paused or up, or several with commas between",
                        )?;
                    }
                }
                "view" => {
                    ask.is_tree = match &*value {
                        "tree" => true,
                        "list" | "" => false,
                        _ => return Err("view is list or tree".into()),
                    }
                }
                "q" | "prefix" if value.len() > LONGEST => {
                    return Err(format!("{name} is longer than {LONGEST} bytes"));
                }
                "q" => ask.part = value.trim().into(),
                "prefix" => ask.prefix = value.into(),
                _ => {}
            }
        }
        Ok(ask)
    }

    /// The query string that asks for the same, with its question mark, or nothing but that.
    pub(super) fn link(&self) -> String {
        let mut query = Serializer::for_suffix(String::from("?"), 1);
        if self.sort != Sort::default() {
            query.append_pair("sort", self.sort.word());
        }
        if self.states != 0 {
            query.append_pair("state", &self.state_words());
        }
        if !self.part.is_empty() {
            query.append_pair("q", &self.part);
        }
        if !self.prefix.is_empty() {
            query.append_pair("prefix", &self.prefix);
        }
        if self.is_tree {
            query.append_pair("view", "tree");
        }
        query.finish()
    }

    /// The states that are asked for, with commas between.
    pub(super) fn state_words(&self) -> String {
        let mut states = self.states;
        let mut words = Vec::new();
        if states & DOWN == DOWN {
            words.push("down");
            states &= !DOWN;
        }
        let rest = (0..).zip(STATES).filter(|(at, _)| states & 1 << at != 0);
        words.extend(rest.map(|(_, state)| state.word()));
        words.join(",")
    }

    /// The same with other states.
    pub(super) fn of(&self, states: u16) -> Self {
        Self {
            states,
            ..self.clone()
        }
    }

    /// Whether a state is shown.
    pub(super) fn has(&self, state: State) -> bool {
        self.states == 0 || place(state).is_some_and(|at| self.states & 1 << at != 0)
    }

    /// Whether a name is looked for.
    pub(super) fn names(&self, name: &str) -> bool {
        let part = self.part.as_bytes();
        name.starts_with(&self.prefix)
            && (part.is_empty()
                || name
                    .as_bytes()
                    .windows(part.len())
                    .any(|found| found.eq_ignore_ascii_case(part)))
    }

    /// Whether not all are asked for.
    pub(super) fn is_narrow(&self) -> bool {
        self.states != 0 || !self.part.is_empty() || !self.prefix.is_empty()
    }
}

/// The bits of what is down.
pub(super) const DOWN: u16 = 0b1111;

/// Where a state is among [`STATES`].
pub(super) fn place(state: State) -> Option<usize> {
    STATES.iter().position(|found| *found == state)
}

pub(super) fn bits(word: &str) -> Option<u16> {
    if word == "down" {
        return Some(DOWN);
    }
    let state = State::from_word(word)?;
    place(state).map(|at| 1 << at)
}
