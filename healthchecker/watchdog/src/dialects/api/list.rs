//! Pages of watches.

use serde::Serialize;

use super::{json, query, refusal, shown};
use crate::dialects::Answer;
use crate::watches::{Key, Namespace, Now, State, Table, Watch, covers};

/// So many watches are looked at for one page: nobody else is served meanwhile.
pub(super) const MOST_LOOKED_AT: usize = 100_000;

/// A page that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Page {
    namespace: Namespace,
    prefix: Box<str>,
    state: Option<State>,
    limit: usize,
    /// The last name of the page before, or nothing.
    after: Box<str>,
}

#[derive(Serialize)]
struct Shown<'a> {
    watches: Vec<shown::Watch<'a>>,
    next: Option<&'a str>,
}

impl Page {
    pub(super) fn read(text: &str) -> Result<Self, Answer> {
        let known = ["namespace", "prefix", "state", "limit", "after"];
        let [namespace, prefix, state, limit, after] = query::read(text, known)?;
        let namespace = query::namespace(namespace.as_deref())?;
        let name = |text: Option<std::borrow::Cow<'_, str>>| {
            let text = text.unwrap_or_default();
            match namespace {
                Namespace::Named => query::prefix(&text),
                _ if text.is_empty() => Ok(Box::default()),
                _ => match Key::new(namespace, &text) {
                    Ok(_) => Ok(text.into()),
                    Err(error) => Err(refusal::refuse(400, "bad_name", error.to_string())),
                },
            }
        };
        let state_of = |word: &str| {
            let state = State::from_word(word).filter(|state| *state != State::Retired);
            state.ok_or_else(|| {
                refusal::value(
                    "state must be new, up, late, timeout, fault, restarting, gave-up, paused \
                     or maintenance",
                )
            })
        };
        Ok(Self {
            namespace,
            prefix: name(prefix)?,
            state: state.as_deref().map(state_of).transpose()?,
            limit: query::limit(limit.as_deref())?,
            after: name(after)?,
        })
    }

    pub(super) fn is_named(&self) -> bool {
        self.namespace == Namespace::Named
    }

    /// Of what the authority covers; nothing else is even looked at, so that no name of others can be
    /// where the next page begins.
    pub(super) fn answer(
        &self,
        authority: &str,
        shows_ping: bool,
        table: &Table,
        now: Now,
    ) -> Answer {
        let mut watches = Vec::new();
        let mut next = None;
        let mut last = None;
        for (at, watch) in self.covered(authority, table).enumerate() {
            if watches.len() == self.limit || at == MOST_LOOKED_AT {
                next = last;
                break;
            }
            debug_assert!(covers(authority, watch.key.name()));
            last = Some(watch.key.name());
            if self.state.is_none_or(|state| state == watch.shown()) {
                watches.push(shown::Watch::new(watch, shows_ping, now));
            }
        }
        json::answer(200, &Shown { watches, next })
    }

    /// By name: the one that has the authority's name, and those whose names go on with a dot.
    fn covered<'a>(
        &self,
        authority: &str,
        table: &'a Table,
    ) -> impl Iterator<Item = &'a Watch> + use<'a> {
        let inside = format!("{authority}.");
        let mut own = None;
        let beginning = if authority.is_empty() {
            Some(&*self.prefix)
        } else if inside.starts_with(&*self.prefix) {
            let is_asked_for = authority.starts_with(&*self.prefix) && *self.after < *authority;
            own = Key::new(self.namespace, authority)
                .ok()
                .filter(|_| is_asked_for)
                .and_then(|key| table.get(&key));
            Some(&*inside)
        } else {
            self.prefix.starts_with(&inside).then_some(&*self.prefix)
        };
        let rest = beginning.map(|prefix| table.after(self.namespace, prefix, &self.after));
        own.into_iter().chain(rest.into_iter().flatten())
    }
}
