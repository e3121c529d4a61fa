use std::borrow::Cow;
use std::fmt;

/// A finished answer. How many bytes its body has, and that one to HEAD has none, is said by whoever
/// sends it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// Its headers, their names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// Its body.
    pub body: Cow<'static, [u8]>,
}

impl Answer {
    /// Without headers, and empty.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A text as it is, without a line's end that it does not have.
    ///
    /// ```
    /// use health_watchdog::dialects::Answer;
    ///
    /// let answer = Answer::text(429, "too many requests").with("retry-after", "60");
    /// assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    /// assert_eq!(&*answer.body, b"too many requests");
    /// ```
    pub fn text(status: u16, text: impl Into<Cow<'static, str>>) -> Self {
        let body = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Self {
            body,
            ..Self::new(status)
        }
        .with("content-type", "text/plain; charset=utf-8")
    }

    /// With one header more. Its name is in lower case.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!(!name.bytes().any(|byte| byte.is_ascii_uppercase()));
        self.headers.push((name, value.into()));
        self
    }

    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(found, _)| *found == name)?;
        Some(value)
    }
}

impl fmt::Debug for Answer {
    /// Without the body, which may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn what_is_logged_of_it_has_no_body() {
        let answer = Answer::text(200, "5ecret").with("cache-control", "no-store");
        let shown = format!("{answer:?}");
        assert!(shown.contains("200") && shown.contains("no-store") && shown.ends_with(".. }"));
        assert!(!shown.contains("5ecret") && !shown.contains(&format!("{:?}", b"5ecret")));
    }
}
