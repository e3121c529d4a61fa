//! How much of a report a body shows, and to whom.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;

use crate::contain::contain;
use crate::report::Component;

/// How much of a report a body shows.
///
/// ```
/// use health_middleware::{Details, Health};
///
/// let builder = Health::builder().details(Details::StatusOnly);
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Details {
    /// The status alone: `{"status":"healthy"}`. Components have no names then:
    /// whoever asks for a single one is told that there is none.
    StatusOnly,
    /// Names, statuses, times and the class of a cause. The default.
    #[default]
    Summary,
    /// Everything, with the texts of errors and reasons. Not for strangers:
    /// errors name hosts, users and queries.
    Full,
}

impl Details {
    /// Why a component is not healthy, in as many words as may be shown.
    pub(super) fn message(self, component: &Component) -> Option<Cow<'_, str>> {
        let summary = component.summary.as_deref()?;
        Some(match &component.text {
            Some(text) if self == Self::Full => format!("{summary}: {text}").into(),
            _ => summary.into(),
        })
    }
}

type Predicate = dyn Fn(&Parts) -> Details + Send + Sync;

/// The same for everybody, or decided for each request.
#[derive(Clone)]
pub(crate) enum Policy {
    Always(Details),
    ByRequest(Arc<Predicate>),
}

impl Policy {
    /// What this request may see. A predicate that panics trusts nobody.
    pub(crate) fn allow(&self, request: &Parts) -> Details {
        match self {
            Self::Always(details) => *details,
            Self::ByRequest(predicate) => {
                contain(|| predicate(request)).unwrap_or(Details::StatusOnly)
            }
        }
    }
}

#[cfg(any(feature = "announce", feature = "systemd"))]
impl Policy {
    /// What everybody may see; `undecided` where that is said only of a request.
    pub(crate) fn for_everybody(&self, undecided: Details) -> Details {
        match self {
            Self::Always(details) => *details,
            Self::ByRequest(_) => undecided,
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(details) => f.debug_tuple("Always").field(details).finish(),
            Self::ByRequest(_) => f.debug_struct("ByRequest").finish_non_exhaustive(),
        }
    }
}
