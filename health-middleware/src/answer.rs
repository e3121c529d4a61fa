//! Answers that are kept beside what they tell of.
//!
//! Whoever holds them, a report's component or a snapshot, does not look inside;
//! HTTP fills them. Touches no room.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
#[cfg(feature = "html")]
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// A response but for the body's type: cloning it copies no bytes of the body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        // Content-Length is the server's to set, from the body's exact length.
        let mut headers = HeaderMap::with_capacity(2);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// The same with one more header.
    #[cfg(feature = "html")]
    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }
}

impl From<&Answer> for Response<Bytes> {
    fn from(answer: &Answer) -> Self {
        let mut response = Response::new(answer.body.clone());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers.clone();
        response
    }
}

/// How many forms of an answer are told apart.
pub(crate) const FORMS: usize = if cfg!(feature = "html") { 10 } else { 7 };

/// One answer for each form, made when it is first asked for.
#[derive(Default)]
pub(crate) struct Answers {
    /// Boxed: most components are never asked for alone.
    forms: OnceLock<Box<[OnceLock<Answer>; FORMS]>>,
}

impl Answers {
    /// The answer in the form of this index.
    pub(crate) fn get(&self, form: usize, make: impl FnOnce() -> Answer) -> &Answer {
        self.forms.get_or_init(Box::default)[form].get_or_init(make)
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}
