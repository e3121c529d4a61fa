//! `Check::http`: another service's health endpoint.

use super::{Check, HealthCheck, Outcome};
use crate::error::BoxError;
use crate::http_call::HttpUrl;
use crate::look_up::LookUp;

impl Check {
    /// Whether a GET of `url` answers 200–299. Over plain HTTP/1.1, a connection
    /// for each run, redirects and proxies not followed, the body not read. For
    /// `https://` write a check around the HTTP client that the service uses
    /// anyway. The host's name is looked up as by `Check::tcp`. Needs the feature
    /// `http`.
    ///
    /// Mind what it is asked of: a service whose health depends on ours in turn
    /// makes a circle that never gets well. `/health/live` breaks it.
    ///
    /// ```
    /// use health_middleware::Check;
    ///
    /// let check = Check::http("billing", "http://billing:8080/health/live").optional();
    /// # drop(check);
    /// ```
    pub fn http(name: impl Into<String>, url: &str) -> Self {
        match HttpUrl::parse(url) {
            Ok(url) => {
                let server = LookUp::new(url.host(), url.port());
                Self::new(name, Remote { url, server })
            }
            Err(problem) => Self::refused(name, format!("URL {url:?}: {problem}")),
        }
    }
}

/// An endpoint to ask.
struct Remote {
    url: HttpUrl,
    server: LookUp,
}

impl HealthCheck for Remote {
    async fn check(&self) -> Result<Outcome, BoxError> {
        let addresses = self.server.addresses().await?;
        let status = self.url.get(&addresses).await?;
        if status.is_success() {
            Ok(Outcome::Healthy)
        } else {
            Err(format!("answered {status}").into())
        }
    }
}
