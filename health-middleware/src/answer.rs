//! Answers, rendered at most once per form.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::render::{Form, Wording};
use crate::report::Component;

/// What the endpoint of one component answers.
pub(crate) fn component_answer<'a>(
    component: &'a Component,
    form: Form,
    wording: &Wording,
) -> &'a Answer {
    component.answers.get(form, || {
        let status = wording.status_code(component.status);
        let body = wording.component(component, form);
        Answer::new(status, form.content_type(), body)
    })
}

/// A response but for the body's type: cloning it copies no bytes of the body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
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
}

/// One answer for each form, made when it is first asked for.
#[derive(Default)]
pub(crate) struct Answers {
    /// Boxed: most components are never asked for alone.
    forms: OnceLock<Box<[OnceLock<Answer>; Form::COUNT]>>,
}

impl Answers {
    pub(crate) fn get(&self, form: Form, make: impl FnOnce() -> Answer) -> &Answer {
        self.forms.get_or_init(Box::default)[form.index()].get_or_init(make)
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}
