//! The body of a registration.

use std::net::Ipv6Addr;

use serde_json::Value;

use super::check::{Check, Place, Rules};
use super::members::Members;
use super::service::{LONGEST, Service};
use super::{Registration, Times, bad_name};
use crate::watches::{Key, LONGEST_TIMEOUT, Millis, SHORTEST_TIMEOUT};

/// How long an instance may be silent, unless it says so.
const TTL: Millis = 30_000;

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
    let body = Members(&body);
    let (name, id) = (body.needed("name")?, body.needed("id")?);
    let key = Key::instance(name, id).map_err(|error| {
        let answer = bad_name(name, "name", "id", error);
        String::from_utf8_lossy(&answer.body).trim_end().to_owned()
    })?;
    let address = body.needed("address")?;
    if address.len() > LONGEST_HOST || !is_host(address) {
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

/// A name, or an address; of IPv6 perhaps in brackets, and with a zone.
fn is_host(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !text.contains([':', '[', ']', '%']) {
        return text.bytes().all(is_word);
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let (address, zone) = match inner.unwrap_or(text).split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (inner.unwrap_or(text), None),
    };
    address.parse::<Ipv6Addr>().is_ok()
        && zone.is_none_or(|zone| !zone.is_empty() && zone.bytes().all(is_word))
}
