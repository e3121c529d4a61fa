//! Who is told how much, and who may switch: apart for the layer and for the
//! management port.

use std::sync::Arc;

use http::request::Parts;

use super::{Paths, Routes};
use crate::error::BuildError;
use crate::render::{Details, Policy};
#[cfg(feature = "testability")]
use crate::testability::Testability;

/// What the management port shows, and who may switch the service there, for
/// [`HealthBuilder::management`](crate::HealthBuilder::management). The other
/// surface is the layer, where the service's own callers are.
///
/// What is not said here is as the builder says for both.
///
/// ```
/// use health_middleware::{Details, Health, Surface};
///
/// let builder = Health::builder()
///     .details(Details::StatusOnly)
///     .management(Surface::new().details(Details::Full));
/// # drop(builder);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Surface {
    details: Option<Policy>,
    #[cfg(feature = "testability")]
    testability: Option<Testability>,
}

impl Surface {
    /// Nothing of its own: as the builder says for both.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much bodies show to everybody who reaches the port.
    ///
    /// ```
    /// use health_middleware::{Details, Surface};
    ///
    /// let surface = Surface::new().details(Details::Full);
    /// # drop(surface);
    /// ```
    pub fn details(mut self, details: Details) -> Self {
        self.details = Some(Policy::Always(details));
        self
    }

    /// How much bodies show, decided for each request, as
    /// [`HealthBuilder::details_by`](crate::HealthBuilder::details_by) does.
    ///
    /// ```
    /// use health_middleware::{Details, Surface};
    ///
    /// let surface = Surface::new().details_by(|request| {
    ///     match request.headers.contains_key("x-operator") {
    ///         true => Details::Full,
    ///         false => Details::Summary,
    ///     }
    /// });
    /// # drop(surface);
    /// ```
    pub fn details_by<F>(mut self, predicate: F) -> Self
    where
        F: Fn(&Parts) -> Details + Send + Sync + 'static,
    {
        self.details = Some(Policy::ByRequest(Arc::new(predicate)));
        self
    }

    /// Lets requests that reach the port switch the service sick on purpose. On the
    /// layer the paths belong to the inner service then, unless the builder allows
    /// it on both. For test environments, never for production.
    ///
    /// A token that cannot stand in a header, and a prefix that collides with an
    /// endpoint, are refused by [`HealthBuilder::build`](crate::HealthBuilder::build).
    ///
    /// ```
    /// use health_middleware::{Surface, Testability};
    ///
    /// let surface = Surface::new().testability(Testability::new().token("only for tests"));
    /// # drop(surface);
    /// ```
    #[cfg(feature = "testability")]
    pub fn testability(mut self, testability: Testability) -> Self {
        self.testability = Some(testability);
        self
    }

    /// With what both have for what it does not say itself.
    pub(crate) fn or(mut self, both: &Self) -> Self {
        self.details = self.details.or_else(|| both.details.clone());
        #[cfg(feature = "testability")]
        {
            self.testability = self.testability.or_else(|| both.testability.clone());
        }
        self
    }

    /// Settles it for good, under the name that an error gives it.
    pub(crate) fn settle(self, paths: &Paths, _name: &str) -> Result<Exposure, BuildError> {
        #[cfg(feature = "testability")]
        if let Some(testability) = &self.testability {
            testability.validate(_name)?;
        }
        #[cfg(feature = "testability")]
        let testable = self.testability.is_some();
        #[cfg(not(feature = "testability"))]
        let testable = false;
        Ok(Exposure {
            routes: Routes::new(paths, testable)?,
            details: self.details.unwrap_or(Policy::Always(Details::default())),
            #[cfg(feature = "testability")]
            testability: self.testability,
        })
    }
}

/// A surface, settled.
#[derive(Debug)]
pub(crate) struct Exposure {
    /// A path of testability is none of them where that is off.
    pub(crate) routes: Routes,
    pub(crate) details: Policy,
    #[cfg(feature = "testability")]
    pub(crate) testability: Option<Testability>,
}
