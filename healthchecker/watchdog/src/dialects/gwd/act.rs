//! What is to be done for a request that a token allows.

use super::request::USUAL_TIMEOUT;
use super::{Ask, Settings, Signed};
use crate::tokens::{Grant, Verbs, Wish};
use crate::watches::{Command, Deed, Fresh, Key, Kind, Millis, Namespace, Sweep, Target};

/// What is to be done for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// A command to the table; the answer is [`answer::done`](super::answer::done).
    Do(Command),
    /// Watches are to be shown: with [`answer::status`](super::answer::status) those of
    /// [`Table::select`](crate::watches::Table::select).
    List {
        /// What their names begin with.
        prefix: Box<str>,
        /// Whose they must be.
        authority: Box<str>,
        /// Whether a line comes first that says what the fields are.
        is_headed: bool,
        /// Whether the name comes before the expiry.
        is_name_first: bool,
    },
    /// A token is to be made, stored, and answered with [`answer::token`](super::answer::token).
    Mint {
        /// Whom it reaches.
        prefix: Box<str>,
        /// What it may do: no more than who asks for it.
        verbs: Verbs,
        /// When it ends: no later than that of who asks for it.
        expires: Millis,
        /// Who has asked for it.
        note: Box<str>,
    },
    /// A monitor is to be made, stored, and answered with [`answer::monitor`](super::answer::monitor).
    Monitor {
        /// Of names that begin so.
        prefix: Box<str>,
        /// And are in this authority.
        authority: Box<str>,
        /// Whom it tells.
        url: Box<str>,
    },
}

impl Act {
    /// The token that is to be made.
    pub fn wish(&self) -> Option<Wish<'_>> {
        let Self::Mint {
            prefix,
            verbs,
            expires,
            note,
        } = self
        else {
            return None;
        };
        Some(Wish {
            prefix,
            verbs: *verbs,
            expires: *expires,
            note,
        })
    }
}

impl Signed {
    /// What is to be done, as the grant allows it. `id` is the number of a watch that is made for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::dialects::Call;
    /// use health_watchdog::dialects::gwd::*;
    /// use health_watchdog::tokens::*;
    /// use health_watchdog::watches::{Command, NEVER};
    ///
    /// let mut tokens = Tokens::new(Master::new(&[7; 32])?, Vec::new(), 0);
    /// let wish = Wish { prefix: "dc", verbs: Verbs::USUAL, expires: NEVER, note: "" };
    /// let secret = tokens.mint(&wish, 0)?.secret;
    /// let authorization = format!("Bearer {}", secret.text());
    ///
    /// let settings = Settings::default();
    /// let call = Call {
    ///     method: "GET",
    ///     path: "/kick/dc.server1",
    ///     authorization: Some(&authorization),
    ///     ..Call::default()
    /// };
    /// let Some(Ok(Request::Signed(request))) = parse(&call, &settings) else { panic!() };
    /// let grant = tokens.check(&request.proof, request.name.name(), request.verb(), 0)?;
    /// assert!(matches!(request.act(&grant, &settings, 1), Act::Do(Command::One { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn act(self, grant: &Grant, settings: &Settings, id: u64) -> Act {
        // Copied only where they are asked for, as kicks do not.
        let prefix = |name: &Key| Box::from(name.name());
        let authority = || grant.authority.clone();
        let sweep = |name: &Key, sweep| {
            Act::Do(Command::Each {
                namespace: Namespace::Named,
                prefix: prefix(name),
                authority: authority(),
                sweep,
            })
        };
        let one = |name, timeout, deed| {
            let fresh = Fresh {
                id,
                uuid: None,
                kind: Kind::Kick,
                timeout,
                grace: settings.grace,
            };
            Act::Do(Command::One {
                target: Target::Key(name),
                fresh: Some(fresh),
                deed,
            })
        };
        match self.ask {
            Ask::Kick { timeout } => {
                let deed = Deed::kick_for(timeout);
                one(self.name, timeout, deed)
            }
            Ask::Fault { reason } => {
                let body = Box::default();
                one(self.name, USUAL_TIMEOUT, Deed::Fault { reason, body })
            }
            Ask::Retire => sweep(&self.name, Sweep::Retire),
            Ask::Clear => sweep(&self.name, Sweep::Clear),
            Ask::Status {
                is_headed,
                is_name_first,
            } => Act::List {
                prefix: prefix(&self.name),
                authority: authority(),
                is_headed,
                is_name_first,
            },
            Ask::Auth => Act::Mint {
                prefix: prefix(&self.name),
                verbs: grant.verbs,
                expires: grant.expires,
                note: format!("made by token {}", grant.serial).into(),
            },
            Ask::Monitor { url } => Act::Monitor {
                prefix: prefix(&self.name),
                authority: authority(),
                url,
            },
        }
    }
}
