//! What a client asks: parsed once, and everything that can be wrong with it said at once.

use super::monitor::{MonitorId, url_of};
use super::query::Query;
use super::{Refusal, Settings};
use crate::dialects::Call;
use crate::tokens::{Denied, Proof, Verb};
use crate::watches::{Key, Millis, NameError, Namespace, clean, timeout};

/// The timeout of a kick that names none, and of a watch that a fault makes.
pub(super) const USUAL_TIMEOUT: Millis = 300_000;

/// A request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// One that a token must allow.
    Signed(Signed),
    /// A monitor is to be removed: its id is all that is needed.
    DeleteMonitor(MonitorId),
}

/// A request that a token must allow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Signed {
    /// The name, or the prefix of names: of the dialect's alphabet.
    pub name: Key,
    /// What proves that it is allowed.
    pub proof: Proof,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// It lives.
    Kick {
        /// Until it must be kicked again.
        timeout: Millis,
    },
    /// It is down.
    Fault {
        /// Why, in one line.
        reason: Box<str>,
    },
    /// Whatever begins so is gone.
    Retire,
    /// The time that it was down is forgotten of whatever begins so.
    Clear,
    /// A token for whatever begins so.
    Auth,
    /// What is known of whatever begins so.
    Status {
        /// Whether a line comes first that says what the fields are.
        is_headed: bool,
        /// Whether the name comes before the expiry.
        is_name_first: bool,
    },
    /// Slack is to be told of whatever begins so.
    Monitor {
        /// Where.
        url: Box<str>,
    },
}

impl Signed {
    /// What the token must allow.
    pub fn verb(&self) -> Verb {
        match self.ask {
            Ask::Kick { .. } => Verb::Kick,
            Ask::Fault { .. } => Verb::Fault,
            Ask::Retire => Verb::Retire,
            Ask::Clear => Verb::Clear,
            Ask::Auth => Verb::Auth,
            Ask::Status { .. } => Verb::Status,
            Ask::Monitor { .. } => Verb::Monitor,
        }
    }
}

/// A request of this dialect; `None`: it is none.
///
/// # Errors
///
/// Why it cannot be done, whoever asks. Names are looked at first: nothing is hashed with one that is
/// none.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::Call;
/// use health_watchdog::dialects::gwd::{Refusal, Settings, parse};
///
/// let call = Call { method: "GET", path: "/kick/dc.server1", ..Call::default() };
/// let refusal = parse(&call, &Settings::default()).unwrap().unwrap_err();
/// assert_eq!((refusal.status(), refusal), (401, Refusal::NoProof));
/// assert!(parse(&Call { path: "/ping/x", ..call }, &Settings::default()).is_none());
/// ```
pub fn parse(call: &Call<'_>, settings: &Settings) -> Option<Result<Request, Refusal>> {
    let (route, rest) = call.path.strip_prefix('/')?.split_once('/')?;
    let routes = [
        "kick",
        "fault",
        "retire",
        "clear",
        "auth",
        "status",
        "monitor",
        "delmonitor",
    ];
    if !routes.contains(&route) {
        return None;
    }
    Some(request(route, rest, call, settings))
}

fn request(
    route: &str,
    rest: &str,
    call: &Call<'_>,
    settings: &Settings,
) -> Result<Request, Refusal> {
    if !matches!(call.method, "GET" | "POST") {
        return Err(Refusal::Method);
    }
    if route == "delmonitor" {
        let id = MonitorId::parse(rest).ok_or(Refusal::NoMonitor)?;
        return Ok(Request::DeleteMonitor(id));
    }
    let (kind, name) = match (route, rest.split_once('/')) {
        ("monitor", Some((kind, name))) => (kind, name),
        ("monitor", None) => (rest, ""),
        _ => ("", rest),
    };
    let name = name_of(name)?;
    let query = Query::parse(call.query);
    let ask = match route {
        "kick" => Ask::Kick {
            timeout: timeout_of(query.timeout.as_deref())?,
        },
        "fault" => Ask::Fault {
            reason: clean(query.reason.as_deref().unwrap_or_default()).into(),
        },
        "retire" => Ask::Retire,
        "clear" => Ask::Clear,
        "auth" => Ask::Auth,
        "status" => Ask::Status {
            is_headed: query.header.as_deref() == Some("1"),
            is_name_first: settings.order.is_name_first(call.user_agent),
        },
        _ if kind != "1" => return Err(Refusal::MonitorType),
        _ => Ask::Monitor {
            url: url_of(query.args.as_deref(), settings)?,
        },
    };
    let proof = proof_of(query.hmac.as_deref(), call.authorization)?;
    Ok(Request::Signed(Signed { name, proof, ask }))
}

/// As a percent sign is outside of the alphabet, nothing is decoded.
fn name_of(name: &str) -> Result<Key, Refusal> {
    let key = Key::new(Namespace::Named, name).map_err(Refusal::Name)?;
    if name.contains('-') {
        return Err(Refusal::Name(NameError::Character));
    }
    Ok(key)
}

fn timeout_of(text: Option<&str>) -> Result<Millis, Refusal> {
    let Some(text) = text else {
        return Ok(USUAL_TIMEOUT);
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse::<u64>().ok().filter(|_| is_number);
    seconds
        .and_then(|seconds| timeout(seconds.checked_mul(1_000)?))
        .ok_or(Refusal::Timeout)
}

fn proof_of(hmac: Option<&str>, authorization: Option<&str>) -> Result<Proof, Refusal> {
    // Of another scheme it is for somebody else, such as a proxy on the way.
    let is_bearer = |value: &&str| {
        let scheme = value.split(' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case("bearer")
    };
    match (
        hmac,
        authorization.filter(|value| hmac.is_none() || is_bearer(value)),
    ) {
        (Some(""), None) | (None, None) => Err(Refusal::NoProof),
        // A bearer token is the better proof, and a wrong one is not made good by another.
        (_, Some(value)) => Proof::authorization(value).ok_or(Refusal::Denied(Denied::Wrong)),
        (Some(hmac), None) => Proof::signature(hmac).ok_or(Refusal::Malformed),
    }
}
