//! JSON as it is sent, and how much of it is read.

use std::borrow::Cow;

use serde::Serialize;

use crate::dialects::Answer;

/// So many bytes a body may have.
pub const BODY_LIMIT: usize = 64 * 1024;

pub(super) fn answer(status: u16, body: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(body).expect("its keys are texts, and nothing in it fails");
    said(status, body)
}

pub(super) fn said(status: u16, body: impl Into<Cow<'static, [u8]>>) -> Answer {
    let answer = Answer {
        body: body.into(),
        ..Answer::new(status)
    };
    answer
        .with("content-type", "application/json")
        .with("x-content-type-options", "nosniff")
        // It may be a token, and is old in a moment.
        .with("cache-control", "no-store")
}
