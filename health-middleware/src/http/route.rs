//! Which of the paths is asked for: a pure function.

use super::paths::{Paths, validate};
use crate::error::{BuildError, BuildErrorKind};
use crate::report::Endpoint;

/// What a request's path asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Endpoint(Endpoint),
    /// A component, by what is taken for its name.
    Component(Rest),
    /// What follows the slash of testability.
    #[cfg(feature = "testability")]
    Testability(Rest),
}

/// What follows a prefix, by where it begins: the path moves with its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rest(usize);

impl Rest {
    /// Of the path that the route was found for.
    pub(crate) fn of(self, path: &str) -> &str {
        path.get(self.0..).unwrap_or_default()
    }
}

/// The paths, checked.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    exact: Vec<(Box<str>, Endpoint)>,
    /// With its slash.
    components: Option<Box<str>>,
    #[cfg(feature = "testability")]
    testability: Option<Box<str>>,
}

impl Routes {
    pub(crate) fn new(paths: &Paths, testability: bool) -> Result<Self, BuildError> {
        let exact: Vec<(Box<str>, Endpoint)> = [
            (&paths.health, Endpoint::Health),
            (&paths.live, Endpoint::Live),
            (&paths.ready, Endpoint::Ready),
            (&paths.startup, Endpoint::Startup),
        ]
        .into_iter()
        .filter_map(|(path, endpoint)| Some((path.as_deref()?.into(), endpoint)))
        .collect();
        let testability = testability.then_some(&paths.testability);
        let prefixes = [paths.components.as_ref(), testability]
            .map(|prefix| prefix.map(|prefix| format!("{prefix}/").into_boxed_str()));

        for path in exact.iter().map(|(path, _)| &**path) {
            validate(path)?;
        }
        for prefix in prefixes.iter().flatten() {
            validate(prefix.strip_suffix('/').unwrap_or(prefix))?;
        }
        collide(&exact, &prefixes)?;
        let [components, _testability] = prefixes;
        Ok(Self {
            exact,
            components,
            #[cfg(feature = "testability")]
            testability: _testability,
        })
    }

    /// What a path asks for, if it is not the inner service's.
    pub(crate) fn find(&self, path: &str) -> Option<Route> {
        let last = path.as_bytes().last();
        for (exact, endpoint) in &self.exact {
            // Lengths often agree by chance, and a call to compare the rest costs most.
            if exact.as_bytes().last() == last && **exact == *path {
                return Some(Route::Endpoint(*endpoint));
            }
        }
        if let Some(prefix) = &self.components
            && path.starts_with(&**prefix)
        {
            return Some(Route::Component(Rest(prefix.len())));
        }
        #[cfg(feature = "testability")]
        if let Some(prefix) = &self.testability
            && path.starts_with(&**prefix)
        {
            return Some(Route::Testability(Rest(prefix.len())));
        }
        None
    }
}

/// No path may hide another.
fn collide(
    exact: &[(Box<str>, Endpoint)],
    prefixes: &[Option<Box<str>>],
) -> Result<(), BuildError> {
    let refuse = |one: &str, other: &str| {
        Err(BuildError::new(
            BuildErrorKind::PathCollision,
            format!("paths {one:?} and {other:?} collide: each endpoint needs one of its own"),
        ))
    };
    let mut seen: Vec<&str> = Vec::new();
    for (path, _) in exact {
        if seen.contains(&&**path) {
            return refuse(path, path);
        }
        seen.push(path);
    }
    let prefixes: Vec<&str> = prefixes.iter().flatten().map(|prefix| &**prefix).collect();
    for (index, prefix) in prefixes.iter().enumerate() {
        let hidden = |path: &&&str| path.starts_with(prefix);
        if let Some(path) = seen.iter().find(hidden) {
            return refuse(path, prefix);
        }
        let overlaps = |other: &&&str| other.starts_with(prefix) || prefix.starts_with(**other);
        if let Some(other) = prefixes[index + 1..].iter().find(overlaps) {
            return refuse(other, prefix);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: Paths) -> Routes {
        Routes::new(&paths, true).unwrap()
    }

    /// A component, by what stands before its name.
    fn component(prefix: &str) -> Route {
        Route::Component(Rest(prefix.len()))
    }

    #[test]
    fn default_paths() {
        let routes = routes(Paths::default());
        for (path, route) in [
            ("/health", Some(Route::Endpoint(Endpoint::Health))),
            ("/health/live", Some(Route::Endpoint(Endpoint::Live))),
            ("/health/ready", Some(Route::Endpoint(Endpoint::Ready))),
            ("/health/startup", Some(Route::Endpoint(Endpoint::Startup))),
            (
                "/health/components/db",
                Some(component("/health/components/")),
            ),
            (
                "/health/components/",
                Some(component("/health/components/")),
            ),
            (
                "/health/components/a/b",
                Some(component("/health/components/")),
            ),
            ("/health/components", None),
            ("/health/", None),
            ("/healthy", None),
            ("/Health", None),
            ("/health%2Flive", None),
            ("//health", None),
            ("health", None),
            ("*", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(routes.find(path), route, "{path}");
        }
    }

    #[test]
    fn what_follows_a_prefix() {
        let routes = routes(Paths::default());
        for (path, expected) in [
            ("/health/components/db", "db"),
            ("/health/components/", ""),
            ("/health/components/a/b", "a/b"),
        ] {
            let Some(Route::Component(name)) = routes.find(path) else {
                panic!("{path}");
            };
            assert_eq!(name.of(path), expected);
        }
    }

    #[test]
    fn kubernetes_paths() {
        let routes = routes(Paths::kubernetes());
        for (path, route) in [
            ("/healthz", Route::Endpoint(Endpoint::Health)),
            ("/livez", Route::Endpoint(Endpoint::Live)),
            ("/readyz", Route::Endpoint(Endpoint::Ready)),
            ("/startupz", Route::Endpoint(Endpoint::Startup)),
            ("/healthz/db", component("/healthz/")),
        ] {
            assert_eq!(routes.find(path), Some(route), "{path}");
        }
        assert_eq!(routes.find("/health"), None);
    }

    #[test]
    fn what_is_left_out_is_passed_on() {
        let paths = Paths::new().without_health().without_components();
        let routes = routes(paths);
        assert_eq!(routes.find("/health"), None);
        assert_eq!(routes.find("/health/components/db"), None);
        assert!(routes.find("/health/live").is_some());
    }

    #[test]
    fn collisions() {
        for paths in [
            Paths::new().live("/health"),
            Paths::new().ready("/health/components/db"),
            Paths::new().components("/testability"),
            Paths::new().components("/testability/x"),
            Paths::new().health("/testability/healthy"),
        ] {
            let error = Routes::new(&paths, true).expect_err("a collision");
            assert_eq!(error.kind(), BuildErrorKind::PathCollision, "{error}");
        }
        let paths = Paths::new().health("/testability/healthy");
        assert!(Routes::new(&paths, false).is_ok());
    }
}
