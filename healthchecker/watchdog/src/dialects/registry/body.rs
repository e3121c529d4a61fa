//! The body of a registration.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::check::{Check, Place, Rules};
use super::service::{LONGEST, Service};
use super::{Registration, Times, bad_name};
use crate::span;
use crate::watches::{Key, LONGEST_TIMEOUT, Millis, SHORTEST_TIMEOUT};

/// How long an instance may be silent, unless it says so.
const TTL: Millis = 30_000;

/// So many tags, and so many pairs, an instance has at most.
const MOST: usize = 64;

/// The longest name of a host.
const LONGEST_HOST: usize = 253;

/// Understands it. What is not known is left alone, as is `null`, and the last of two counts: as with Go.
pub(super) fn read(body: &[u8], rules: &Rules) -> Result<Registration, String> {
    if body.trim_ascii().is_empty() {
        return Err(String::from(
            "the body is empty: send {\"id\", \"name\", \"address\", \"port\"} as JSON",
        ));
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
    let Value::Object(body) = value else {
        return Err(String::from("the body must be an object"));
    };
    let body = Body(&body);
    let (name, id) = (body.needed("name")?, body.needed("id")?);
    let key = Key::instance(name, id).map_err(|error| {
        let answer = bad_name(name, "name", "id", error);
        String::from_utf8_lossy(&answer.body).trim_end().to_owned()
    })?;
    let address = body.needed("address")?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]%".contains(&byte);
    if address.len() > LONGEST_HOST || !address.bytes().all(is_host) {
        return Err(String::from(
            "address must be a host's name or address, without a port",
        ));
    }
    let port = body.number("port", 1..=65_535)?;
    let port = port.ok_or("port is missing: a whole number from 1 to 65535")?;
    let weight = body.number("weight", 0..=65_535)?;
    let ttl = body.span("ttl")?.unwrap_or(TTL);
    if !(SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&ttl) {
        return Err(String::from("ttl must be 1s to 366d"));
    }
    let remove_after = body.span("remove_after")?.unwrap_or(2 * ttl);
    let Some(grace) = remove_after
        .checked_sub(ttl)
        .filter(|&grace| grace <= LONGEST_TIMEOUT)
    else {
        return Err(String::from("remove_after must not be shorter than ttl"));
    };
    let check = match body.get("check") {
        None => None,
        Some(check) => Some(Check::read(check, &Place { address, port }, ttl, rules)?),
    };
    let service = Service {
        address: address.to_owned(),
        port,
        version: body.text("version")?.unwrap_or_default().to_owned(),
        tags: body.tags()?,
        metadata: body.metadata()?,
        weight,
        check,
        is_draining: false,
    };
    if service.to_payload().len() > LONGEST {
        return Err(format!(
            "what is to be kept of it is longer than {LONGEST} bytes"
        ));
    }
    let times = Times {
        timeout: ttl,
        grace,
    };
    Ok(Registration {
        key,
        service,
        times,
    })
}

/// An object's members, of which `null` is none.
pub(super) struct Body<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Body<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name} must be a text")),
        }
    }

    fn needed(&self, name: &str) -> Result<&'a str, String> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("{name} is missing"))
    }

    pub(super) fn number(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<u16>,
    ) -> Result<Option<u16>, String> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
        match number.filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (from, to) = bounds.into_inner();
                Err(format!("{name} must be a whole number from {from} to {to}"))
            }
        }
    }

    pub(super) fn span(&self, name: &str) -> Result<Option<Millis>, String> {
        let accepted = || {
            format!(
                "{name} must be a duration up to 366d in quotes: {}",
                span::ACCEPTED
            )
        };
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => span::millis(text).map(Some).ok_or_else(accepted),
            Some(_) => Err(accepted()),
        }
    }

    fn tags(&self) -> Result<Option<Vec<String>>, String> {
        let problem = || format!("tags must be a list of at most {MOST} texts");
        let tags = match self.get("tags") {
            None => return Ok(None),
            Some(Value::Array(tags)) if tags.len() <= MOST => tags.iter(),
            Some(_) => return Err(problem()),
        };
        let tags = tags.map(|tag| tag.as_str().map(str::to_owned));
        tags.collect::<Option<_>>().map(Some).ok_or_else(problem)
    }

    fn metadata(&self) -> Result<Option<BTreeMap<String, String>>, String> {
        let problem = || format!("metadata must be an object with at most {MOST} texts");
        let pairs = match self.get("metadata") {
            None => return Ok(None),
            Some(Value::Object(pairs)) if pairs.len() <= MOST => pairs.iter(),
            Some(_) => return Err(problem()),
        };
        let pairs = pairs.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        pairs.collect::<Option<_>>().map(Some).ok_or_else(problem)
    }
}
