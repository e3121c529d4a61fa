//! Instances as Prometheus discovers them over HTTP.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use serde::Serialize;

use super::Shown;
use super::service::go;

#[derive(Serialize)]
struct Group {
    targets: [String; 1],
    labels: BTreeMap<String, String>,
}

/// One instance as a group of its own, as JSON.
pub fn targets(shown: &Shown<'_>) -> String {
    let (name, id) = shown.names();
    let service = &shown.service;
    let label = |rest: &str, value: &str| (format!("__meta_watchdog_{rest}"), value.to_owned());
    let mut labels = BTreeMap::from([
        label("service", name),
        label("id", id),
        label("address", &service.address),
        label("version", &service.version),
        label("health", shown.health.word()),
    ]);
    if let Some(tags) = service.tags.as_ref().filter(|tags| !tags.is_empty()) {
        // As Prometheus has them of others: each between two commas.
        labels.extend([label("tags", &format!(",{},", tags.join(",")))]);
    }
    for (name, value) in service.metadata.iter().flatten() {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let name = name.replace(|character| !is_plain(character), "_");
        labels.extend([label(&format!("metadata_{name}"), value)]);
    }
    let address = match service.address.parse::<Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => service.address.clone(),
    };
    let group = Group {
        targets: [format!("{address}:{}", service.port)],
        labels,
    };
    // Its keys are texts, and nothing in it fails.
    go(&serde_json::to_string(&group).unwrap_or_default())
}
