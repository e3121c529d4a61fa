//! Names: which there are, who may reach them, and how they are kept.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

/// The longest name in bytes. One of the registry is a name and an id, each at most so long.
pub const LONGEST_NAME: usize = 200;

/// Between a service's name and an instance's id in a name of the registry.
const UNIT_SEPARATOR: char = '\u{1f}';

/// Whose name it is: the same text in two namespaces names two watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Namespace {
    /// Reached with a token, and by the configuration: `[a-z0-9._-]`, not only dots.
    Named,
    /// Beaten by anybody who may reach the listener: any text that can be seen.
    Heartbeat,
    /// An instance of a service: its name, U+001F, its id.
    Registry,
}

impl Namespace {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::Named, Self::Heartbeat, Self::Registry];

    /// The word under which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Heartbeat => "heartbeat",
            Self::Registry => "registry",
        }
    }

    /// The namespace of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|namespace| namespace.word() == word)
    }

    fn mark(self) -> char {
        match self {
            Self::Named => 'n',
            Self::Heartbeat => 'h',
            Self::Registry => 'r',
        }
    }
}

/// A watch's name in its namespace, in one allocation that all who hold it share.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

/// A name that no watch can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// It is empty.
    Empty,
    /// It is longer than [`LONGEST_NAME`].
    TooLong,
    /// A character is none of those that the namespace has.
    Character,
    /// It consists of dots, which clients fold in paths.
    OnlyDots,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty",
            Self::TooLong => "the name is longer than 200 bytes",
            Self::Character => "the name has a character that names cannot have",
            Self::OnlyDots => "the name consists of dots",
        })
    }
}

impl std::error::Error for NameError {}

impl Key {
    /// A name in a namespace.
    ///
    /// # Errors
    ///
    /// If the namespace has no such name.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::watches::{Key, NameError, Namespace};
    ///
    /// let key = Key::new(Namespace::Named, "dc.server1")?;
    /// assert_eq!(key.name(), "dc.server1");
    /// assert_eq!(Key::new(Namespace::Named, ".."), Err(NameError::OnlyDots));
    /// # Ok::<(), NameError>(())
    /// ```
    pub fn new(namespace: Namespace, name: &str) -> Result<Self, NameError> {
        match namespace {
            Namespace::Named => {
                check(
                    name,
                    |byte| matches!(byte, 'a'..='z' | '0'..='9' | '.' | '_' | '-'),
                )?;
                if name.bytes().all(|byte| byte == b'.') {
                    return Err(NameError::OnlyDots);
                }
            }
            Namespace::Heartbeat => check(name, is_seen)?,
            Namespace::Registry => {
                let (service, id) = name
                    .split_once(UNIT_SEPARATOR)
                    .ok_or(NameError::Character)?;
                check(service, is_seen)?;
                check(id, is_seen)?;
            }
        }
        let mut text = String::with_capacity(1 + name.len());
        text.push(namespace.mark());
        text.push_str(name);
        Ok(Self(text.into()))
    }

    /// Its namespace.
    pub fn namespace(&self) -> Namespace {
        match self.0.as_bytes().first() {
            Some(b'h') => Namespace::Heartbeat,
            Some(b'r') => Namespace::Registry,
            _ => Namespace::Named,
        }
    }

    /// Its name, without the namespace.
    pub fn name(&self) -> &str {
        &self.0[1..]
    }

    /// The service's name and the instance's id, of a name of the registry.
    ///
    /// ```
    /// use health_watchdog::watches::{Key, NameError};
    ///
    /// let key = Key::instance("api", "1")?;
    /// assert_eq!(key.service(), Some(("api", "1")));
    /// # Ok::<(), NameError>(())
    /// ```
    pub fn service(&self) -> Option<(&str, &str)> {
        let is_instance = self.namespace() == Namespace::Registry;
        is_instance.then(|| self.name().split_once(UNIT_SEPARATOR))?
    }

    /// The name as it is shown: of an instance, `service/id`.
    ///
    /// ```
    /// use health_watchdog::watches::{Key, NameError};
    ///
    /// assert_eq!(Key::instance("api", "1")?.shown(), "api/1");
    /// # Ok::<(), NameError>(())
    /// ```
    pub fn shown(&self) -> Cow<'_, str> {
        match self.service() {
            Some((service, id)) => format!("{service}/{id}").into(),
            None => self.name().into(),
        }
    }

    /// The name of an instance of a service.
    ///
    /// # Errors
    ///
    /// If the service or the instance cannot have such a name.
    pub fn instance(service: &str, id: &str) -> Result<Self, NameError> {
        // Else one of both would end elsewhere.
        check(service, is_seen)?;
        check(id, is_seen)?;
        Self::new(
            Namespace::Registry,
            &format!("{service}{UNIT_SEPARATOR}{id}"),
        )
    }

    /// With what the names of all instances of a service begin.
    pub fn of_service(service: &str) -> String {
        format!("{service}{UNIT_SEPARATOR}")
    }

    /// As keys are compared: what stands above it, by whole labels, the nearest first.
    pub(super) fn above(&self) -> impl Iterator<Item = &str> {
        let is_named = self.namespace() == Namespace::Named;
        let text: &str = if is_named { &self.0 } else { "" };
        std::iter::successors(Some(text), |text| text.rfind('.').map(|dot| &text[..dot]))
            .skip(1)
            .filter(|text| text.len() > 1)
    }

    /// The first 32 bytes, which are ordered as keys are as far as they go.
    pub(super) fn begins(&self) -> [u64; 4] {
        let mut bytes = [[0; 8]; 4];
        let text = self.0.bytes();
        bytes
            .as_flattened_mut()
            .iter_mut()
            .zip(text)
            .for_each(|(to, from)| *to = from);
        bytes.map(u64::from_be_bytes)
    }

    /// What all keys begin with whose names begin with `prefix`.
    pub(super) fn beginning(namespace: Namespace, prefix: &str) -> String {
        format!("{}{prefix}", namespace.mark())
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.namespace().word(), self.name())
    }
}

fn check(name: &str, is_good: impl Fn(char) -> bool) -> Result<(), NameError> {
    if name.is_empty() {
        Err(NameError::Empty)
    } else if name.len() > LONGEST_NAME {
        Err(NameError::TooLong)
    } else if name.chars().all(is_good) {
        Ok(())
    } else {
        Err(NameError::Character)
    }
}

fn is_seen(character: char) -> bool {
    !super::reason::breaks_lines(character)
}

/// Whether a token for `authority` reaches `name`: by whole labels, so that `dc.server1` reaches itself
/// and `dc.server1.disk` but not `dc.server10`. An empty authority reaches everything.
///
/// ```
/// use health_watchdog::watches::covers;
///
/// assert!(covers("dc.server1", "dc.server1.disk"));
/// assert!(!covers("dc.server1", "dc.server10"));
/// ```
pub fn covers(authority: &str, name: &str) -> bool {
    authority.is_empty()
        || name.strip_prefix(authority).is_some_and(|rest| {
            rest.is_empty() || authority.ends_with('.') || rest.starts_with('.')
        })
}

/// The authorities that cover a name, the nearest first, the empty one last: whose tokens may have
/// signed for it. At most ten, since each costs a hash: a name of more labels has the nearest nine.
///
/// ```
/// use health_watchdog::watches::authorities;
///
/// assert_eq!(authorities("dc.server1").collect::<Vec<_>>(), ["dc.server1", "dc", ""]);
/// ```
pub fn authorities(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.rfind('.').map(|dot| &name[..dot]))
        .filter(|authority| !authority.is_empty())
        .take(9)
        .chain([""])
}
