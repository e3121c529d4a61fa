//! What users see is made of types of `std`, `http`, `http-body`, `bytes`,
//! `tower-layer` and `tower-service`, and of tonic's under `grpc` alone.
//!
//! It is read off rustdoc's JSON. That format is not stable, and the stable
//! toolchain writes it when it is told that this one crate may: only the parts
//! that have not changed in years are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

const ALLOWED: [&str; 8] = [
    "std",
    "core",
    "alloc",
    "http",
    "http_body",
    "bytes",
    "tower_layer",
    "tower_service",
];
const ALL_BUT_GRPC: &str = "disk,http,metrics,systemd,tcp,testability,tracing";

#[test]
fn no_foreign_type_in_the_public_api() {
    let foreign = foreign(&["--features", ALL_BUT_GRPC], &ALLOWED);
    assert_eq!(foreign, BTreeMap::new());
}

#[test]
fn nothing_but_tonics_under_grpc() {
    let allowed: Vec<_> = ALLOWED.into_iter().chain(["tonic"]).collect();
    let foreign = foreign(&["--all-features"], &allowed);
    assert_eq!(foreign, BTreeMap::new());
}

/// The check sees what it is for.
#[test]
fn types_of_http_are_seen() {
    let foreign = foreign(&["--features", ALL_BUT_GRPC], &["std", "core", "alloc"]);
    for seen in ["http", "http_body", "bytes", "tower_layer", "tower_service"] {
        assert!(foreign.contains_key(seen), "{seen} is not in {foreign:?}");
    }
}

/// The crates that the API names besides the allowed ones, and where.
fn foreign(features: &[&str], allowed: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let docs = document(features);
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for item in docs["index"].as_object().expect("an index").values() {
        let inner = &item["inner"];
        let implied = inner["impl"]["is_synthetic"] == true
            || inner["impl"]
                .get("blanket_impl")
                .is_some_and(|of| !of.is_null());
        if item["crate_id"] != 0 || implied {
            continue;
        }
        let mut ids = BTreeSet::new();
        paths(inner, &mut ids);
        for id in ids {
            let path = &docs["paths"][id.to_string()];
            let crate_id = path["crate_id"].to_string();
            let name = docs["external_crates"][&crate_id]["name"].as_str();
            // What a macro put into a bound is nothing that users could name.
            if path["path"]
                .as_array()
                .is_some_and(|path| path.contains(&"__private".into()))
            {
                continue;
            }
            if let Some(name) = name.filter(|name| !allowed.contains(name)) {
                let place = format!("{} in {}", path["path"], item["span"]);
                found.entry(name.to_owned()).or_default().insert(place);
            }
        }
    }
    found
}

/// The ids of all types and traits that are named in a part of the JSON.
fn paths(part: &Value, ids: &mut BTreeSet<u64>) {
    match part {
        Value::Object(members) => {
            if let (Some(id), true) = (members.get("id"), members.contains_key("path")) {
                ids.extend(id.as_u64());
            }
            members.values().for_each(|member| paths(member, ids));
        }
        Value::Array(elements) => elements.iter().for_each(|element| paths(element, ids)),
        _ => {}
    }
}

fn document(features: &[&str]) -> Value {
    // One after the other in one place: most of what is built is the same.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let status = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["rustdoc", "--lib", "--quiet", "--target-dir"])
        .arg(&target)
        .args(features)
        .args(["--", "-Zunstable-options", "--output-format=json"])
        .env("RUSTC_BOOTSTRAP", "health_middleware")
        .env_remove("RUSTDOCFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success());
    let json = std::fs::read(target.join("doc/health_middleware.json")).expect("rustdoc's JSON");
    serde_json::from_slice(&json).expect("JSON")
}
