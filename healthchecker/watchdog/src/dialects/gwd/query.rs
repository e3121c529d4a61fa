//! What a query string has, decoded as a form: `+` and `%20` are both a space.

use std::borrow::Cow;

/// The parameters that the dialect knows, each where it stands first.
#[derive(Debug, Default)]
pub(super) struct Query<'a> {
    pub(super) hmac: Option<Cow<'a, str>>,
    pub(super) timeout: Option<Cow<'a, str>>,
    pub(super) reason: Option<Cow<'a, str>>,
    pub(super) header: Option<Cow<'a, str>>,
    pub(super) args: Option<Cow<'a, str>>,
}

impl<'a> Query<'a> {
    pub(super) fn parse(query: &'a str) -> Self {
        let mut found = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "hmac" => &mut found.hmac,
                "timeout" => &mut found.timeout,
                "reason" => &mut found.reason,
                "header" => &mut found.header,
                "args" => &mut found.args,
                _ => continue,
            };
            place.get_or_insert(value);
        }
        found
    }
}
