use std::fmt;

use crate::dialects::uuid;
use crate::watches::{Key, Namespace};

/// What is pinged.
#[derive(Clone, PartialEq, Eq)]
pub enum Subject {
    /// The watch of a ping URL.
    Uuid(u128),
    /// A name under a token's authority.
    Slug {
        /// The token: a secret.
        key: Box<str>,
        /// The rest of the name.
        slug: Box<str>,
    },
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever knows either may ping it.
        match self {
            Self::Uuid(_) => f.write_str("Uuid(…)"),
            Self::Slug { slug, .. } => write!(f, "Slug(…, {slug:?})"),
        }
    }
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// It is well; a job has succeeded.
    Success,
    /// A job starts.
    Start,
    /// A job has failed.
    Fail,
    /// Something that moves nothing.
    Log,
    /// A job's exit status; of 0, success.
    Exit(u8),
}

/// The parts of a path.
pub(super) fn read(path: &str) -> Option<(Subject, Signal)> {
    let mut segments = path.strip_prefix("/ping/")?.split('/');
    let first = segments.next()?;
    let second = segments.next();
    let third = segments.next();
    if segments.next().is_some() {
        return None;
    }
    if let Some(uuid) = uuid::read(first) {
        let signal = match (second, third) {
            (None | Some(""), None) => Signal::Success,
            (Some(word), None) => signal(word)?,
            _ => return None,
        };
        return Some((Subject::Uuid(uuid), signal));
    }
    let is_key = !first.is_empty()
        && first
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let slug = second.filter(|slug| is_key && is_slug(slug))?;
    let signal = third.map_or(Some(Signal::Success), signal)?;
    let subject = Subject::Slug {
        key: first.into(),
        slug: slug.into(),
    };
    Some((subject, signal))
}

fn is_slug(text: &str) -> bool {
    signal(text).is_none() && !text.starts_with('.') && Key::new(Namespace::Named, text).is_ok()
}

fn signal(word: &str) -> Option<Signal> {
    match word {
        "start" => Some(Signal::Start),
        "fail" => Some(Signal::Fail),
        "log" => Some(Signal::Log),
        // The standard library's numbers may begin with a sign.
        _ if word.starts_with('+') => None,
        _ => word.parse().ok().map(Signal::Exit),
    }
}
