//! Services and their instances, without authentication: who registers, beats and is discovered.
//!
//! | request | success | failure, a line of text |
//! |---|---|---|
//! | `/register`, JSON | 201, the service with `health` and `last_seen` | 400 what is wrong with it; 429 `too many instances, or too much is said of them` |
//! | `/deregister?name=&id=` | 200, empty | 404 `service not found: NAME/ID` |
//! | `/heartbeat?name=&id=` | 200, empty; it is healthy again | 404, the same |
//! | `/drain?name=&id=` | 200, empty; it is discovered no more, and beats on | 404, the same |
//! | `/discover?name=` | 200, an array of those that are healthy | 404 `no instances found for service: NAME`, `no healthy instances found for service: NAME` |
//! | `/watch?name=` | 200, server-sent events | |
//!
//! A service is `{"id", "name", "address", "port", "version", "tags", "metadata"}`; `health` and `last_seen`
//! are added. An instance is known by its name and its id: to register it again says what it is now, and is a
//! beat. `health` is `healthy`, `unhealthy` or, while it drains or is held, `unknown`. It is unhealthy after
//! `ttl`, 30 s unless the body says otherwise, without a beat, and removed after `remove_after`, twice that.
//! A body may also have a `weight`, which is given to whoever discovers it and is how often `random` chooses
//! it, and a [`check`](Check). With `&strategy=round-robin` or `random` the array has one.
//!
//! JSON is as Go's encoder has it, with `<`, `>` and `&` escaped; the texts end with a line feed, as those of
//! Go's `http.Error`. Any of GET, POST, PUT and DELETE is taken, since the guide's registry looks at none.

mod answer;
mod body;
mod check;
mod choice;
mod members;
mod network;
mod service;
mod stream;
mod targets;

use std::borrow::Cow;

use super::answer::Answer;
use super::call::Call;
use super::times::Times;
use crate::watches::{Command, Deed, Fresh, Key, Kind, NameError, Settings, Sweep, Target, Watch};

pub use answer::{
    deregistered, discovered, done, missing, none_healthy, none_registered, registered, too_large,
    too_many_checks,
};
pub use check::{Check, Place, Rules};
pub use choice::{Strategy, choose};
pub use network::Network;
pub use service::{Health, Service, Shown};
pub use stream::{BEAT, Frame};
pub use targets::targets;

/// So much of a body is read.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A request that has been understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// An instance says what it is.
    Register(Registration),
    /// An instance is no more.
    Deregister(Key),
    /// An instance lives.
    Heartbeat(Key),
    /// An instance takes nothing new.
    Drain(Key),
    /// Which instances of a service there are.
    Discover {
        /// Of which service.
        service: Box<str>,
        /// Which one of them is wanted; `None`: all.
        strategy: Option<Strategy>,
    },
    /// What becomes of a service's instances from now on.
    Watch {
        /// Of which service.
        service: Box<str>,
    },
}

/// What an instance says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its service's name and its own id.
    pub key: Key,
    /// What else it says.
    pub service: Service,
    /// When it is unhealthy, and gone.
    pub times: Times,
}

/// Whether a path belongs to this dialect.
pub fn is_route(path: &str) -> bool {
    matches!(
        path,
        "/register" | "/deregister" | "/discover" | "/heartbeat" | "/drain" | "/watch"
    )
}

/// Understands a request, or answers it.
///
/// # Errors
///
/// The answer to what cannot be understood.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::Call;
/// use health_watchdog::dialects::registry::{Request, Rules, parse};
///
/// let body = br#"{"id": "1", "name": "api", "address": "10.0.0.5", "port": 8080}"#;
/// let mut call = Call { method: "POST", path: "/register", body, ..Call::default() };
/// let Request::Register(found) = parse(&call, &Rules::default())? else { panic!() };
/// assert_eq!(found.key.service(), Some(("api", "1")));
/// assert_eq!((found.times.timeout, found.times.grace), (30_000, 30_000));
///
/// call.body = b"{}";
/// let refused = parse(&call, &Rules::default()).unwrap_err();
/// assert_eq!(&*refused.body, b"name is missing\n");
/// # Ok::<(), health_watchdog::dialects::Answer>(())
/// ```
pub fn parse(call: &Call<'_>, rules: &Rules) -> Result<Request, Answer> {
    let is_taken = match call.path {
        "/watch" => call.method == "GET",
        "/discover" => matches!(call.method, "GET" | "HEAD" | "POST" | "PUT"),
        _ => matches!(call.method, "GET" | "POST" | "PUT" | "DELETE"),
    };
    if !is_taken {
        return Err(answer::method(call.path));
    }
    let instance = || {
        let (name, id) = (of(call.query, "name")?, of(call.query, "id")?);
        Key::instance(&name, &id).map_err(|error| bad_name(&name, "name", "id", error))
    };
    Ok(match call.path {
        "/register" => Request::Register(body::read(call.body, rules).map_err(answer::bad)?),
        "/deregister" => Request::Deregister(instance()?),
        "/heartbeat" => Request::Heartbeat(instance()?),
        "/drain" => Request::Drain(instance()?),
        "/discover" => {
            Request::Discover {
                service: service_of(call.query)?,
                strategy: match find(call.query, "strategy") {
                    None => None,
                    Some(word) => Some(Strategy::from_word(&word).ok_or_else(|| {
                        answer::bad("strategy must be round-robin or random".into())
                    })?),
                },
            }
        }
        "/watch" => Request::Watch {
            service: service_of(call.query)?,
        },
        _ => return Err(answer::not_found()),
    })
}

impl Registration {
    /// What is to be done for it. `id` is a number that no watch has had.
    pub fn command(&self, id: u64) -> Command {
        let Times { timeout, grace } = self.times;
        Command::One {
            target: Target::Key(self.key.clone()),
            fresh: Some(Fresh {
                id,
                uuid: None,
                kind: Kind::Instance,
                timeout,
                grace,
            }),
            deed: Deed::Register {
                timeout,
                grace,
                payload: self.service.to_payload(),
            },
        }
    }
}

/// What is to be done with an instance that is there; `None`: nothing, it is done.
fn one(watch: &Watch, deed: Deed) -> Command {
    Command::One {
        target: Target::Key(watch.key.clone()),
        fresh: None,
        deed,
    }
}

/// An instance is no more.
pub fn deregister(watch: &Watch) -> Command {
    one(watch, Deed::Sweep(Sweep::Retire))
}

/// An instance lives. One that is checked has its checks for beats: `None`, it is left as it is.
pub fn beat(watch: &Watch) -> Option<Command> {
    let is_checked = Service::of(watch).is_some_and(|service| service.check.is_some());
    let kick = Deed::Kick {
        timeout: None,
        grace: None,
        rid: None,
        body: Box::default(),
    };
    (!is_checked).then(|| one(watch, kick))
}

/// An instance takes nothing new. `None`: that is known.
pub fn drain(watch: &Watch) -> Option<Command> {
    let mut service = Service::of(watch).filter(|service| !service.is_draining)?;
    service.is_draining = true;
    let settings = Settings {
        payload: Some(service.to_payload()),
        ..Settings::default()
    };
    Some(one(watch, Deed::Configure(settings)))
}

/// The service that a query is about, if it is about one.
///
/// # Errors
///
/// The answer to a name that no service can have.
pub fn service_if(query: &str) -> Result<Option<Box<str>>, Answer> {
    match find(query, "name") {
        None => Ok(None),
        Some(_) => service_of(query).map(Some),
    }
}

fn service_of(query: &str) -> Result<Box<str>, Answer> {
    let name = of(query, "name")?;
    // An id that all can have, so that what is wrong is the name.
    match Key::instance(&name, "-") {
        Ok(_) => Ok(name.into()),
        Err(error) => Err(bad_name(&name, "name", "name", error)),
    }
}

/// The first of a name counts, as with Go.
fn find<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    form_urlencoded::parse(query.as_bytes())
        .find_map(|(found, value)| (found == name).then_some(value))
}

fn of<'a>(query: &'a str, name: &str) -> Result<Cow<'a, str>, Answer> {
    let value = find(query, name).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| answer::bad(format!("{name} is missing: ?name=NAME&id=ID")))?;
    // What is not UTF-8 has been replaced, and two names would be one.
    if value.contains(char::REPLACEMENT_CHARACTER) {
        return Err(answer::bad(format!("{name} is not UTF-8")));
    }
    Ok(value)
}

/// Which of both is wrong, and how.
fn bad_name(name: &str, first: &str, second: &str, error: NameError) -> Answer {
    let which = match Key::instance(name, "-") {
        Ok(_) => second,
        Err(_) => first,
    };
    answer::bad(format!("{which}: {error}"))
}

#[cfg(test)]
mod tests;
