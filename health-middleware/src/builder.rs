//! Collecting what a service is made of, and refusing what cannot work.
//!
//! May touch `health`, `http`, `testability`, `engine`, `render`, `checks`, `report`
//! and `error`.

mod components;
mod validate;

use std::sync::Arc;

use http::StatusCode;
use http::request::Parts;

#[cfg(any(test, fuzzing))]
pub(crate) use validate::validate_name;

use crate::checks::{Definition, Hold};
use crate::engine::{self, Engine, Plan};
use crate::error::{BuildError, BuildErrorKind};
use crate::health::Health;
use crate::http::{Config, Endpoints, Paths, Surface};
use crate::render::Details;
use crate::report::{InfoValue, Vocabulary, Wording};
#[cfg(feature = "testability")]
use crate::testability::Testability;

impl Health {
    /// Begins to describe what the service is made of.
    pub fn builder() -> HealthBuilder {
        HealthBuilder::new()
    }
}

/// Builds a [`Health`].
#[derive(Debug)]
#[must_use = "nothing runs until `build()`"]
pub struct HealthBuilder {
    components: Vec<Definition>,
    holds: Vec<Arc<Hold>>,
    info: Vec<(Arc<str>, InfoValue)>,
    paths: Paths,
    /// The layer, and what the management port has that says nothing of its own.
    surface: Surface,
    management: Surface,
    vocabulary: Vocabulary,
    degraded: u16,
    /// Names that gRPC answers for, and what they stand for.
    #[cfg(feature = "grpc")]
    aliases: Vec<(String, String)>,
}

impl HealthBuilder {
    fn new() -> Self {
        Self {
            components: Vec::new(),
            holds: Vec::new(),
            info: Vec::new(),
            paths: Paths::default(),
            surface: Surface::new(),
            management: Surface::new(),
            vocabulary: Vocabulary::default(),
            degraded: 200,
            #[cfg(feature = "grpc")]
            aliases: Vec::new(),
        }
    }

    /// Adds a field to every body but those of [`Details::StatusOnly`]:
    /// `version`, `service`, anything else that strangers may read.
    ///
    /// ```
    /// use health_middleware::Health;
    ///
    /// let builder = Health::builder()
    ///     .info("service", "accounts")
    ///     .info("version", env!("CARGO_PKG_VERSION"));
    /// # drop(builder);
    /// ```
    pub fn info(mut self, name: impl Into<String>, value: impl Into<InfoValue>) -> Self {
        self.info.push((name.into().into(), value.into()));
        self
    }

    /// Where the endpoints are. Default [`Paths::new`].
    pub fn paths(mut self, paths: Paths) -> Self {
        self.paths = paths;
        self
    }

    /// How much bodies show to everybody, unless [`management`](Self::management)
    /// says otherwise of its port. Default [`Details::Summary`].
    pub fn details(mut self, details: Details) -> Self {
        self.surface = self.surface.details(details);
        self
    }

    /// How much bodies show, decided for each request. A predicate that panics
    /// shows the status alone. It runs on the probe's path: look at a header or
    /// an extension, and do not block.
    ///
    /// ```
    /// use health_middleware::{Details, Health};
    ///
    /// let builder = Health::builder().details_by(|request| {
    ///     match request.headers.get("authorization") {
    ///         Some(token) if token == "Bearer operators" => Details::Full,
    ///         _ => Details::StatusOnly,
    ///     }
    /// });
    /// # drop(builder);
    /// ```
    pub fn details_by<F>(mut self, predicate: F) -> Self
    where
        F: Fn(&Parts) -> Details + Send + Sync + 'static,
    {
        self.surface = self.surface.details_by(predicate);
        self
    }

    /// What the management port, which is
    /// [`Health::into_service`](crate::Health::into_service), shows and lets be
    /// switched apart from the layer: the texts of errors, and testability, where
    /// none of the service's own callers get to. Without it both surfaces have what
    /// the builder says. What it does not say itself is as the builder says for
    /// both, and it can take nothing away from the layer.
    ///
    /// gRPC, systemd and announcements go with the layer.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use axum::Router;
    /// use health_middleware::{Details, Health, Surface};
    ///
    /// let health = Health::builder()
    ///     .management(Surface::new().details(Details::Full))
    ///     .build()?;
    /// let app: Router = Router::new().layer(health.layer()); // a summary
    /// let management: Router = Router::new().fallback_service(health.into_service());
    /// # Ok(())
    /// # }
    /// ```
    pub fn management(mut self, surface: Surface) -> Self {
        self.management = surface;
        self
    }

    /// The words for statuses. Default [`Vocabulary::Health`].
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// The status code for degraded. Default 200, since taking a whole fleet out
    /// of rotation for an optional dependency does more harm than serving
    /// without it. 503 is the stricter reading; Consul takes 429 for a warning.
    pub fn degraded_status(mut self, code: u16) -> Self {
        self.degraded = code;
        self
    }

    /// Lets requests switch the service sick on purpose, through the layer and on
    /// the management port. On the latter alone it is safer: see
    /// [`Surface::testability`]. For test environments, never for production.
    #[cfg(feature = "testability")]
    pub fn testability(mut self, testability: Testability) -> Self {
        self.surface = self.surface.testability(testability);
        self
    }

    /// Another name that gRPC answers for, as what it stands for does:
    /// `readiness`, `liveness`, `startup` or the name of a component. Clients ask
    /// for the health of a service by its full name, and those of other health
    /// services expect to be answered. Needs the feature `grpc`.
    ///
    /// The name is 1 to 255 visible ASCII characters. It counts among the 100 that
    /// List answers for; where components have no names for a request, an alias of
    /// one has none either.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::Health;
    ///
    /// let health = Health::builder()
    ///     .grpc_alias("accounts.v1.Accounts", "readiness")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "grpc")]
    pub fn grpc_alias(mut self, service: impl Into<String>, stands_for: impl Into<String>) -> Self {
        self.aliases.push((service.into(), stands_for.into()));
        self
    }

    /// Checks everything, and begins to run the checks on the current tokio
    /// runtime.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] that names the culprit: names that are empty, repeated,
    /// cannot stand in a path or are gRPC's for an endpoint (`liveness`,
    /// `readiness`, `startup`); durations that are zero or beyond 7 days;
    /// thresholds of zero; paths that collide or cannot be asked for; reserved
    /// info fields; gRPC aliases that are taken or stand for nothing; no tokio
    /// runtime, or one without timers.
    pub fn build(mut self) -> Result<Health, BuildError> {
        self.components
            .sort_by(|one, other| one.slot.name.cmp(&other.slot.name));
        for definition in &self.components {
            validate::component(definition)?;
        }
        validate::names(&self.components, &self.holds)?;
        validate::info(&self.info)?;
        #[cfg(feature = "grpc")]
        validate::aliases(&self.aliases, &self.components)?;
        let wording = self.wording()?;
        let management = self.management.or(&self.surface);
        let config = Config {
            layer: self.surface.settle(&self.paths, "as the builder has it")?,
            management: management.settle(&self.paths, "as management() has it")?,
            #[cfg(feature = "grpc")]
            aliases: self.aliases,
        };
        let runtime = engine::runtime()?;
        #[cfg(feature = "testability")]
        config.warn();
        let plan = Plan {
            components: self.components,
            holds: self.holds,
            info: self.info,
            wording,
        };
        let engine = Engine::spawn(&runtime, plan);
        Ok(Health::new(Endpoints::new(engine, config)))
    }

    fn wording(&self) -> Result<Wording, BuildError> {
        let degraded = StatusCode::from_u16(self.degraded)
            .ok()
            .filter(|code| code.is_success() || code.as_u16() >= 400)
            .filter(|code| code.as_u16() < 600)
            .ok_or_else(|| {
                BuildError::new(
                    BuildErrorKind::InvalidStatusCode,
                    format!(
                        "degraded_status({}): 200-299 or 400-599 are accepted",
                        self.degraded
                    ),
                )
            })?;
        Ok(Wording {
            vocabulary: self.vocabulary,
            degraded,
        })
    }
}
