//! How the server itself asks an instance whether it is healthy.

use std::net::IpAddr;
use std::time::Duration;

use healthchecker::Probe;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::members::Members;
use super::network::Network;
use crate::watches::Millis;

/// What holds for checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Where the server may ask; nowhere: a check is refused.
    pub networks: Vec<Network>,
}

/// A check as an instance asks for it: `"check": "http://:8080/health"`, or an object with `target`, `every`
/// (10 s), `timeout` (2 s) and `failures` (3).
///
/// It is a target of healthchecker's, at the address that the instance registers or with none, which means
/// that one, and nowhere else; without a port it is the one that it registers. A check that passes is a beat.
/// So many that fail one after another and it is unhealthy at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// The whole of it, with the address.
    pub target: String,
    /// From the beginning of one to that of the next.
    pub every_ms: Millis,
    /// How long one may take.
    pub timeout_ms: Millis,
    /// How many must fail.
    pub failures: u16,
}

/// Where an instance is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// As it registers it.
    pub address: &'a str,
    /// As it registers it.
    pub port: u16,
}

impl Check {
    pub(super) fn read(
        value: &Value,
        place: &Place<'_>,
        ttl: Millis,
        rules: &Rules,
    ) -> Result<Self, String> {
        let none = serde_json::Map::new();
        let (target, body) = match value {
            Value::String(target) => (&**target, Members(&none)),
            Value::Object(body) => {
                let target = Members(body).text("target")?;
                (target.ok_or("check.target is missing")?, Members(body))
            }
            _ => return Err(String::from("check must be a target or an object with one")),
        };
        let inner = |problem: String| format!("check.{problem}");
        let every_ms = body.span("every").map_err(inner)?.unwrap_or(10_000);
        let timeout_ms = body
            .span("timeout")
            .map_err(inner)?
            .unwrap_or(every_ms.min(2_000));
        let failures = body
            .number("failures", 1..=100)
            .map_err(inner)?
            .unwrap_or(3);
        if !(1_000..=3_600_000).contains(&every_ms) || every_ms >= ttl {
            return Err(String::from(
                "check.every must be 1s to 1h, and shorter than ttl",
            ));
        }
        if !(10..=10_000).contains(&timeout_ms) || timeout_ms > every_ms {
            return Err(String::from(
                "check.timeout must be 10ms to 10s, and not longer than every",
            ));
        }
        let check = Self {
            target: locate(target, place)?,
            every_ms,
            timeout_ms,
            failures,
        };
        check.probe(place, rules)?;
        Ok(check)
    }

    /// What is to be asked, if it may be.
    ///
    /// # Errors
    ///
    /// Why it may not, in one line: it was perhaps registered when other rules held.
    pub fn probe(&self, place: &Place<'_>, rules: &Rules) -> Result<Probe, String> {
        let address = address(place)?;
        if rules.networks.is_empty() {
            return Err(String::from(
                "check: this server checks nobody; its configuration must name where it may, \
                 [registry] check_networks = [\"10.0.0.0/8\"]",
            ));
        }
        if !rules
            .networks
            .iter()
            .any(|network| network.contains(address))
        {
            let all: Vec<_> = rules.networks.iter().map(Network::to_string).collect();
            return Err(format!(
                "check: {address} is in none of the networks that this server checks: {}",
                all.join(", ")
            ));
        }
        // What was kept leads where it led.
        if locate(&self.target, place)? != self.target {
            return Err(String::from("check: it leads elsewhere"));
        }
        Probe::builder(&*self.target)
            .timeout(Duration::from_millis(self.timeout_ms))
            .build()
            .map_err(|error| format!("check: {error}"))
    }

    /// What part of one place among those who ask it takes, in thousandths: as if each took its timeout.
    pub fn share(&self) -> u64 {
        (1_000 * self.timeout_ms).div_ceil(self.every_ms.max(1))
    }
}

/// A name could lead elsewhere whenever it is asked for.
fn address(place: &Place<'_>) -> Result<IpAddr, String> {
    let text = place.address;
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>();
    address
        .map(|address| address.to_canonical())
        .map_err(|_| format!("check: {text} is no IP address, and nothing else is checked"))
}

/// The target with the instance's own address, and its port unless it names another one.
fn locate(target: &str, place: &Place<'_>) -> Result<String, String> {
    let own = address(place)?;
    let (scheme, rest) = target
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "http" | "https" | "tcp" | "grpc" | "grpcs"))
        .ok_or("check: only http://, tcp:// and grpc:// are checked, and over TLS https:// and grpcs://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').unwrap_or((rest, "?"));
            let port = rest.strip_prefix(':');
            (
                host,
                if rest.is_empty() {
                    None
                } else {
                    Some(port.unwrap_or("?"))
                },
            )
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_own = host.is_empty()
        || host
            .parse::<IpAddr>()
            .is_ok_and(|host| host.to_canonical() == own);
    if !is_own {
        return Err(format!(
            "check: it leads elsewhere than to the address that is registered, {own}; leave the host out"
        ));
    }
    let is_port = |port: &&str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        None => place.port,
        Some(port) => Some(port)
            .filter(is_port)
            .and_then(|port| port.parse().ok())
            .filter(|&port| port != 0)
            .ok_or("check: its port is none")?,
    };
    let own = std::net::SocketAddr::new(own, port);
    Ok(format!("{scheme}://{own}{path}"))
}
