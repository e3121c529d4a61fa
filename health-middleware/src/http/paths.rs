//! The paths of the endpoints, and which a request can ask for.

use crate::error::{BuildError, BuildErrorKind};

/// Where the endpoints are: exact paths, without a trailing slash.
///
/// An endpoint that is left out belongs to the inner service.
///
/// ```
/// use health_middleware::{Health, Paths};
///
/// let builder = Health::builder().paths(Paths::kubernetes());
/// let builder = builder.paths(Paths::new().health("/status").without_startup());
/// # drop(builder);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Paths {
    pub(crate) health: Option<String>,
    pub(crate) live: Option<String>,
    pub(crate) ready: Option<String>,
    pub(crate) startup: Option<String>,
    /// Followed by a slash and a component's name.
    pub(crate) components: Option<String>,
    /// Followed by what is to be switched.
    pub(crate) testability: String,
}

macro_rules! paths {
    ($($name:ident, $without:ident: $doc:literal;)*) => {$(
        #[doc = concat!("The path of ", $doc, ".")]
        pub fn $name(mut self, path: impl Into<String>) -> Self {
            self.$name = Some(path.into());
            self
        }

        #[doc = concat!("Leaves out ", $doc, ".")]
        pub fn $without(mut self) -> Self {
            self.$name = None;
            self
        }
    )*};
}

impl Paths {
    /// `/health`, `/health/live`, `/health/ready`, `/health/startup`,
    /// `/health/components/{name}`, `/testability/…`.
    pub fn new() -> Self {
        Self::under("/health")
    }

    /// `/healthz`, `/livez`, `/readyz`, `/startupz`, `/healthz/{name}`.
    pub fn kubernetes() -> Self {
        Self {
            health: Some("/healthz".to_owned()),
            live: Some("/livez".to_owned()),
            ready: Some("/readyz".to_owned()),
            startup: Some("/startupz".to_owned()),
            components: Some("/healthz".to_owned()),
            testability: "/testability".to_owned(),
        }
    }

    /// The default paths with another prefix in the place of `/health`.
    pub fn under(prefix: &str) -> Self {
        Self {
            health: Some(prefix.to_owned()),
            live: Some(format!("{prefix}/live")),
            ready: Some(format!("{prefix}/ready")),
            startup: Some(format!("{prefix}/startup")),
            components: Some(format!("{prefix}/components")),
            testability: "/testability".to_owned(),
        }
    }

    paths! {
        health, without_health: "the endpoint of all components";
        live, without_live: "liveness";
        ready, without_ready: "readiness";
        startup, without_startup: "start-up";
        components, without_components: "single components, without the slash and the name";
    }

    /// The prefix of testability. Default `/testability`.
    #[cfg(feature = "testability")]
    pub fn testability(mut self, prefix: impl Into<String>) -> Self {
        self.testability = prefix.into();
        self
    }
}

impl Default for Paths {
    fn default() -> Self {
        Self::new()
    }
}

/// The longest path that is accepted, in bytes.
const LONGEST: usize = 256;

/// Whether a request can ask for exactly this path.
pub(crate) fn validate(path: &str) -> Result<(), BuildError> {
    // RFC 3986, section 3.3, less the percent sign: paths are compared as they
    // come, and one that needs decoding has more than one spelling.
    let fits = path.len() <= LONGEST
        && path.len() > 1
        && path.starts_with('/')
        && path.split('/').skip(1).all(segment);
    if fits {
        return Ok(());
    }
    Err(BuildError::new(
        BuildErrorKind::InvalidPath,
        format!(
            "path {path:?} cannot be asked for: it needs a leading slash, segments that are \
             neither empty nor dots, of letters, digits and -._~!$&'()*+,;=:@, {LONGEST} bytes \
             at most"
        ),
    ))
}

fn segment(segment: &str) -> bool {
    let character = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_can_be_asked_for() {
        for path in ["/health", "/a/b/c", "/internal/health@v1", "/x"] {
            assert_eq!(validate(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn paths_that_cannot() {
        let long = format!("/{}", "x".repeat(256));
        for path in [
            "", "/", "health", "/health/", "//health", "/a//b", "/a b", "/a?b", "/a#b", "/a%20b",
            "/é", "/a/../b", "/./a", "/a\n", "/{name}", &long,
        ] {
            let error = validate(path).expect_err(path);
            assert_eq!(error.kind(), BuildErrorKind::InvalidPath);
        }
    }
}
