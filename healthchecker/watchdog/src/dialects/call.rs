use std::fmt;

/// What dialects read of a request over HTTP. None reads all of it, and what one does not read may be left
/// out.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::{Call, api, gwd};
///
/// let call = Call { method: "GET", path: "/kick/dc.server1", ..Call::default() };
/// assert!(gwd::parse(&call, &gwd::Settings::default()).is_some());
/// assert!(api::parse(&call).is_none());
/// ```
#[derive(Clone, Copy, Default)]
pub struct Call<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path as it was sent, without the query.
    pub path: &'a str,
    /// What follows the `?`, or nothing.
    pub query: &'a str,
    /// The header `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The body. What is longer than a dialect's limit need not be read to be refused.
    pub body: &'a [u8],
}

impl fmt::Debug for Call<'_> {
    /// Without what may be secret: a query has proofs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
