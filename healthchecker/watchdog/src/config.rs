//! The configuration's file as typed values. What cannot work is refused with its key, its value and what
//! to do about it.
//!
//! Touches `dialects`, `outbox`, `span`, `store`, `tokens`, `watches` and `words`.
//!
//! ```toml
//! [[listen]]                      # without any: 127.0.0.1:8500, with all dialects
//! address = "0.0.0.0:8501"
//! dialects = ["gwd", "ping"]      # all, unless named
//! open = false                    # whether anybody may reach dialects without authentication
//! hosts = ["dog.example"]         # by which names with a dot in them it is asked for heartbeats
//! tls = { certificate = "/etc/watchdog/chain.pem", key = "/etc/watchdog/key.pem" }
//!
//! [heartbeat]                     # ids that no watch is opened to
//! strict = false                  # whether they are refused
//! timeout = "10s"
//! grace = "5s"
//!
//! [gwd]                           # the Global Watch Dog's dialect
//! order = "auto"                  # of the fields of a status line: "go", "python", or by the client
//! zone = "+0000"                  # of the moments in it
//! grace = "0s"                    # of watches that a kick or a fault makes
//! monitors = ["https://hooks.slack.com/"] # with what the URL of a monitor begins
//!
//! [registry]                      # services and their instances
//! check_networks = ["10.0.0.0/8"] # where the server itself may ask them; nowhere, unless named
//!
//! [store]
//! path = "/var/lib/watchdog/watchdog.db"
//! events_for = "90d"              # 1h to 366d
//! events_most = 1000000           # 1000 to 100000000
//!
//! [tokens]
//! master = "/etc/watchdog/master.key" # 32 random bytes or more, which nobody else may read
//! per_minute = 600000             # requests of each token; 1 to 100000000
//!
//! [watch.worker]
//! open_to = ["heartbeat"]         # dialects without authentication that may kick it; none unless named
//! timeout = "10s"                 # 1s to 366d
//! grace = "5s"                    # 0s to 366d
//! first = "1m"                    # within what its first kick must come; without it, any time
//!
//! [watch.worker.restart]
//! exec = ["/usr/bin/systemctl", "restart", "worker.service"]
//! time_limit = "30s"              # then it is killed; 1s to 1h
//! start_grace = "30s"             # within what a kick must come; 1s to 366d
//! max = 10                        # in `per`; 0 is never, "unlimited" a word
//! per = "10m"                     # 1s to 366d
//!
//! [sink.ops]                      # who is told; 32 at most
//! kind = "webhook"                # "slack", "alertmanager"
//! url = "https://hooks.example/watchdog" # of Alertmanager without /api/v2/alerts
//! prefix = "dc.server1"           # of which watches, by whole labels; all, unless given
//! namespaces = ["named"]          # "heartbeat", "registry"; all, unless named
//! events = ["down", "up"]         # "late", "restarted", "gave_up"; all but late, unless named; not for
//!                                 # Alertmanager
//! allow_private = false           # whether it may be at an address that is not public
//! ca_file = "/etc/watchdog/ca.pem" # who is trusted, PEM; Mozilla's certificates, unless given
//! bearer_file = "/etc/watchdog/ops.token" # `Authorization: Bearer`; not for Slack
//! headers = { x-source = "dog" }  # 16 at most; not for Slack
//! secret_file = "/etc/watchdog/ops.secret" # webhooks alone: `whsec_…`, two lines while it is changed
//! body = '{"text": "{{ title }}"}' # webhooks alone: a template
//! content_type = "application/json" # of the template: text/plain, application/x-www-form-urlencoded
//! ```

mod dialect;
mod error;
mod gwd;
mod listener;
mod registry;
mod restart;
mod sink;
mod store;
mod tokens;
mod value;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::dialects::{self, Times, heartbeat};
use crate::watches::{Key, Millis};

pub use dialect::Dialect;
pub use error::ConfigError;
pub use listener::{Listener, Tls};
pub use restart::Restart;
pub use sink::{Headers, SinkConfig, SinkKind, SinkUrl, UrlError};
pub use store::StoreConfig;
pub use tokens::TokensConfig;
pub use watch::WatchConfig;

/// A configuration that can work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where is listened, at one address at least.
    pub listeners: Vec<Listener>,
    /// What holds for ids that no watch is opened to.
    pub heartbeat: heartbeat::Rules,
    /// What holds for the Global Watch Dog's dialect.
    pub gwd: dialects::gwd::Settings,
    /// What holds for services and their instances.
    pub registry: dialects::registry::Rules,
    /// What is kept, and where.
    pub store: StoreConfig,
    /// What holds for tokens.
    pub tokens: TokensConfig,
    /// The watches, by name.
    pub watches: BTreeMap<Key, WatchConfig>,
    /// Those who are told, by name.
    pub sinks: BTreeMap<Box<str>, SinkConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<Vec<Listener>>,
    #[serde(default)]
    heartbeat: Heartbeat,
    #[serde(default)]
    gwd: gwd::Gwd,
    #[serde(default)]
    registry: registry::Registry,
    #[serde(default)]
    store: StoreConfig,
    #[serde(default)]
    tokens: TokensConfig,
    #[serde(default)]
    watch: BTreeMap<watch::Name, WatchConfig>,
    #[serde(default)]
    sink: BTreeMap<sink::Name, SinkConfig>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [heartbeat]")]
struct Heartbeat {
    strict: bool,
    #[serde(deserialize_with = "value::timeout")]
    timeout: Millis,
    #[serde(deserialize_with = "value::grace")]
    grace: Millis,
}

impl Default for Heartbeat {
    fn default() -> Self {
        let heartbeat::Rules { is_strict, times } = heartbeat::Rules::default();
        Self {
            strict: is_strict,
            timeout: times.timeout,
            grace: times.grace,
        }
    }
}

impl Config {
    /// Reads the text of a configuration. An empty one is the defaults.
    ///
    /// # Errors
    ///
    /// The first thing in it that cannot work.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::config::Config;
    ///
    /// let config = Config::parse("[watch.worker]\nopen_to = [\"heartbeat\"]")?;
    /// assert_eq!(config.listeners[0].address.to_string(), "127.0.0.1:8500");
    /// assert_eq!(config.watches.len(), 1);
    ///
    /// let error = Config::parse("[watch.worker]\ntimeout = \"10\"").unwrap_err();
    /// assert_eq!(error.key(), "watch.worker.timeout");
    /// assert_eq!(error.line(), Some(2));
    /// # Ok::<(), health_watchdog::config::ConfigError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| ConfigError::new(text, error))?;
        let listeners = file.listen.unwrap_or_else(|| vec![Listener::default()]);
        if listeners.is_empty() {
            return Err(ConfigError::of(
                "listen",
                "there is no listener: leave it out for 127.0.0.1:8500, or write [[listen]]",
            ));
        }
        let mut addresses = BTreeSet::new();
        for (at, listener) in listeners.iter().enumerate() {
            listener
                .check(&mut addresses)
                .map_err(|problem| ConfigError::of(format!("listen[{at}]"), problem))?;
        }
        let Heartbeat {
            strict: is_strict,
            timeout,
            grace,
        } = file.heartbeat;
        let times = Times { timeout, grace };
        if file.sink.len() > sink::MOST {
            let count = file.sink.len();
            let most = sink::MOST;
            return Err(ConfigError::of(
                "sink",
                format!("there are {count} sinks; give {most} at most"),
            ));
        }
        let watches = file.watch.into_iter();
        let sinks = file.sink.into_iter();
        Ok(Self {
            listeners,
            heartbeat: heartbeat::Rules { is_strict, times },
            gwd: file.gwd.0,
            registry: file.registry.0,
            store: file.store,
            tokens: file.tokens,
            watches: watches.map(|(name, watch)| (name.0, watch)).collect(),
            sinks: sinks.map(|(name, sink)| (name.0, sink)).collect(),
        })
    }

    /// With what a watch is made that a dialect without authentication may kick; `None`: it may not.
    pub fn opened(&self, dialect: Dialect, key: &Key) -> Option<Times> {
        let watch = self.watches.get(key)?;
        watch.open_to.contains(&dialect).then(|| watch.times())
    }
}

#[cfg(test)]
mod tests;
