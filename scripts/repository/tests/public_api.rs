//! The crates whose types and traits users may meet in the public API.

use std::collections::BTreeSet;

use repository::api::named;

const STD: [&str; 3] = ["alloc", "core", "std"];

/// The crates that a crate's public items name, beyond the standard library's.
fn foreign(crate_dir: &str) -> BTreeSet<(String, String)> {
    named(crate_dir)
        .into_iter()
        .filter(|(name, _)| !STD.contains(&name.as_str()))
        .flat_map(|(name, places)| {
            places
                .into_iter()
                .map(move |(room, _)| (name.clone(), room))
        })
        .collect()
}

#[test]
fn the_layer_names_the_crates_of_the_http_ecosystem() {
    let allowed = ["bytes", "http", "http_body", "tower_layer", "tower_service"];
    let mut seen = BTreeSet::new();
    for (name, room) in foreign("health-middleware") {
        assert!(
            allowed.contains(&name.as_str()) || (name == "tonic" && room == "grpc"),
            "{room} names {name}"
        );
        seen.insert(name);
    }
    for name in allowed.into_iter().chain(["tonic"]) {
        assert!(
            seen.contains(name),
            "{name} is allowed and in nobody's way: take it off"
        );
    }
}

#[test]
fn the_probe_names_none() {
    assert_eq!(foreign("healthchecker"), BTreeSet::new());
}
