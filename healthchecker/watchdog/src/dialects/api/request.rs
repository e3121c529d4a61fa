//! What is asked: parsed once, and everything that can be wrong with it said at once.

use super::ask::{Ask, Sweep};
use super::delivery::{Deliveries, Resend};
use super::list::Page;
use super::routes::{ROOT, Route, by_method, find};
use super::{DOCUMENT, body, json, query, refusal, token};
use crate::dialects::{Answer, Call};
use crate::tokens::{Denied, Grant, Proof, Secret, Tokens, Verb};
use crate::watches::{Deed, Key, Millis, Namespace, Settings, clean, covers};

/// A request that a token must allow.
#[derive(Clone, Debug)]
pub struct Request {
    secret: Secret,
    pub(super) ask: Ask,
}

/// A request of this dialect; `None`: it is none.
///
/// # Errors
///
/// Its answer, if that needs no look at tokens and watches: of a request that cannot be done, whoever
/// asks, and of one for the document.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::Call;
/// use health_watchdog::dialects::api::parse;
///
/// let call = Call { method: "GET", path: "/api/watchdog/v1/watches", ..Call::default() };
/// assert_eq!(parse(&call).unwrap().unwrap_err().status, 401);
/// let document = Call { path: "/api/watchdog/v1/openapi.json", ..call };
/// assert_eq!(parse(&document).unwrap().unwrap_err().status, 200);
/// assert!(parse(&Call { path: "/kick/a", ..call }).is_none());
/// ```
pub fn parse(call: &Call<'_>) -> Option<Result<Request, Answer>> {
    let rest = call.path.strip_prefix(ROOT)?;
    Some(request(rest, call))
}

fn request(rest: &str, call: &Call<'_>) -> Result<Request, Answer> {
    let (entry, parameter) = find(rest).ok_or_else(refusal::no_route)?;
    let route = by_method(entry, call.method).ok_or_else(|| refusal::method(entry.1))?;
    if route == Route::Document {
        return Err(json::said(200, DOCUMENT.as_bytes()));
    }
    let authorization = call.authorization.ok_or_else(refusal::no_token)?;
    let Some(Proof::Bearer(secret)) = Proof::authorization(authorization) else {
        return Err(refusal::denied(Denied::Wrong));
    };
    let ask = ask(route, parameter, call)?;
    Ok(Request { secret, ask })
}

fn ask(route: Route, parameter: &str, call: &Call<'_>) -> Result<Ask, Answer> {
    match route {
        Route::List => return Page::read(call.query).map(Ask::List),
        Route::Deliveries => return Deliveries::read(call.query).map(Ask::Deliveries),
        Route::Show => {
            let [namespace] = query::read(call.query, ["namespace"])?;
            return key_to_show(parameter, namespace.as_deref()).map(Ask::Show);
        }
        Route::Tokens => {
            let [prefix, limit, after] = query::read(call.query, ["prefix", "limit", "after"])?;
            let message = "after must be the number of a token";
            return Ok(Ask::Tokens {
                prefix: query::prefix(prefix.as_deref().unwrap_or_default())?,
                limit: query::limit(limit.as_deref())?,
                after: query::number(after.as_deref().unwrap_or("0"))
                    .ok_or_else(|| refusal::value(message))?,
            });
        }
        _ => {
            let [] = query::read(call.query, [])?;
        }
    }
    let one = |verb, fresh, deed| {
        Ok(Ask::One {
            key: key_of(parameter)?,
            verb,
            fresh,
            deed,
        })
    };
    match route {
        Route::Put => put(key_of(parameter)?, read(call)?),
        Route::Delete => one(
            Verb::Retire,
            None,
            Deed::Sweep(crate::watches::Sweep::Retire),
        ),
        Route::Kick => {
            let kick: body::Kick = read(call)?;
            let timeout = body::within("timeout_ms", kick.timeout_ms, body::TIMEOUT)?;
            let grace = body::within("grace_ms", kick.grace_ms, body::SPAN)?;
            let deed = Deed::Kick {
                timeout,
                grace,
                rid: body::rid(kick.rid.as_deref())?,
                body: body::kept(kick.body),
            };
            one(Verb::Kick, Some((timeout, grace)), deed)
        }
        Route::Fault => {
            let body::Fault { reason, body } = read(call)?;
            let deed = Deed::Fault {
                reason: clean(&reason).into(),
                body: body::kept(body),
            };
            one(Verb::Fault, Some((None, None)), deed)
        }
        Route::Start => {
            let start: body::Start = read(call)?;
            let rid = body::rid(start.rid.as_deref())?;
            one(Verb::Kick, None, Deed::Start { rid })
        }
        Route::Retire | Route::Clear | Route::Resume => {
            let body::Prefix { prefix } = read(call)?;
            let sweep = match route {
                Route::Retire => Sweep::Retire,
                Route::Clear => Sweep::Clear,
                _ => Sweep::Resume,
            };
            // A variable that a script has not set must not remove everything.
            if prefix.is_empty() && route == Route::Retire {
                let message = "prefix is empty: name what is to be retired";
                return Err(refusal::value(message));
            }
            let prefix = query::prefix(&prefix)?;
            Ok(Ask::Each { prefix, sweep })
        }
        Route::Pause => {
            let pause: body::Pause = read(call)?;
            let bounds = 1..=crate::watches::LONGEST_TIMEOUT;
            let sweep = Sweep::Pause {
                for_ms: body::within("for_ms", pause.for_ms, bounds)?,
                is_maintenance: pause.maintenance,
            };
            let prefix = query::prefix(&pause.prefix)?;
            Ok(Ask::Each { prefix, sweep })
        }
        Route::Mint => token::mint(read(call)?).map(Ask::Change),
        Route::Rotate => token::rotate(parameter, read(call)?).map(Ask::Change),
        Route::Revoke => token::revoke(parameter).map(Ask::Change),
        Route::Resend => Resend::one(parameter).map(Ask::Resend),
        Route::ResendAll => Ok(Ask::Resend(Resend::all(parameter))),
        Route::Document | Route::List | Route::Show | Route::Tokens | Route::Deliveries => {
            Err(refusal::no_route())
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(call: &Call<'_>) -> Result<T, Answer> {
    body::read(call.body, call.content_type)
}

fn put(key: Key, put: body::Put) -> Result<Ask, Answer> {
    let labels = |labels| body::line("labels", labels, 500);
    Ok(Ask::Put {
        key,
        kind: put.kind,
        settings: Settings {
            timeout: body::within("timeout_ms", put.timeout_ms, body::TIMEOUT)?,
            grace: body::within("grace_ms", put.grace_ms, body::SPAN)?,
            first: body::within("first_ms", put.first_ms, body::TIMEOUT)?,
            labels: put.labels.map(labels).transpose()?,
            ..Settings::default()
        },
        wants_ping_url: put.ping_url,
    })
}

/// As a percent sign is outside of the alphabet, nothing is decoded.
fn key_of(name: &str) -> Result<Key, Answer> {
    Key::new(Namespace::Named, name).map_err(|error| refusal::name("the path's name", error))
}

fn key_to_show(name: &str, namespace: Option<&str>) -> Result<Key, Answer> {
    match query::namespace(namespace)? {
        Namespace::Heartbeat => {
            let message = "the path's name has %, and what follows it is no UTF-8: encode it anew";
            let name = query::decode(name).ok_or_else(|| refusal::value(message))?;
            let key = Key::new(Namespace::Heartbeat, &name);
            key.map_err(|error| refusal::refuse(400, "bad_name", error.to_string()))
        }
        _ => key_of(name),
    }
}

impl Request {
    /// What the token must allow.
    pub fn verb(&self) -> Verb {
        match &self.ask {
            Ask::List(_) | Ask::Show(_) | Ask::Deliveries(_) => Verb::Status,
            Ask::Resend(_) => Verb::Monitor,
            Ask::Put { .. } => Verb::Kick,
            Ask::One { verb, .. } => *verb,
            Ask::Each { sweep, .. } => match sweep {
                Sweep::Retire => Verb::Retire,
                Sweep::Clear => Verb::Clear,
                Sweep::Pause { .. } | Sweep::Resume => Verb::Pause,
            },
            Ask::Tokens { .. } | Ask::Change(_) => Verb::Auth,
        }
    }

    /// What its token allows, at a moment by the wall.
    ///
    /// # Errors
    ///
    /// Why that is not enough: [`denied`](super::denied) answers it.
    pub fn check(&self, tokens: &Tokens, wall: Millis) -> Result<Grant, Denied> {
        let grant = tokens.bearer(&self.secret, self.verb(), wall)?;
        let reaches = |name: &str| covers(&grant.authority, name);
        let (is_reached, sees_too) = match &self.ask {
            // What nobody has a token for is everybody's, and so the operator's.
            Ask::List(page) => (page.is_named() || grant.authority.is_empty(), false),
            Ask::Show(key) if key.namespace() != Namespace::Named => {
                (grant.authority.is_empty(), false)
            }
            Ask::Show(key) | Ask::One { key, .. } => (reaches(key.name()), false),
            // Its answer shows the watch.
            Ask::Put { key, .. } => (reaches(key.name()), true),
            Ask::Each { prefix, .. } => (reaches(prefix), false),
            Ask::Change(ask) => (ask.prefix().is_none_or(reaches), false),
            // Of all of a sink much may be others'.
            Ask::Resend(resend) if resend.is_all() => (grant.authority.is_empty(), false),
            Ask::Tokens { .. } | Ask::Deliveries(_) | Ask::Resend(_) => (true, false),
        };
        if !is_reached {
            Err(Denied::Wrong)
        } else if sees_too && !grant.verbs.allow(Verb::Status) {
            Err(Denied::Verb(Verb::Status))
        } else {
            Ok(grant)
        }
    }
}
