//! The document tells what the program does: routes, bodies, answers.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::super::routes::{ROOT, ROUTES, find};
use super::*;
use crate::dialects::uuid;

fn document() -> &'static Value {
    static READ: OnceLock<Value> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(DOCUMENT).expect("JSON"))
}

/// Follows a reference into the document.
fn follow(value: &'static Value) -> &'static Value {
    let Some(place) = value["$ref"].as_str() else {
        return value;
    };
    let place = place.strip_prefix('#').expect("a place in the document");
    document()
        .pointer(place)
        .unwrap_or_else(|| panic!("nothing at {place}"))
}

/// What the document says of an operation; `None`: nothing.
fn operation(method: &str, template: &str) -> Option<&'static Value> {
    let method = if method == "HEAD" { "GET" } else { method };
    document()["paths"]
        .get(format!("{ROOT}{template}"))?
        .get(method.to_lowercase())
}

/// Holds an answer to the document: its status, its headers, its body.
pub(super) fn check_answer(method: &str, path: &str, answer: &Answer) {
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{method} {path}");
    }
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let entry = find(path.strip_prefix(ROOT).expect("a path of the dialect"));
    let found = entry.and_then(|(entry, _)| operation(method, entry.0));
    let Some(operation) = found else {
        assert!(matches!(answer.status, 404 | 405), "{method} {path}");
        return check(&document()["components"]["schemas"]["Error"], &body, path);
    };
    let status = answer.status.to_string();
    let response = operation["responses"].get(&status);
    let response =
        response.unwrap_or_else(|| panic!("{method} {path}: {status} is not documented"));
    let response = follow(response);
    let headers = response["headers"].as_object();
    for name in headers.into_iter().flat_map(|headers| headers.keys()) {
        assert!(answer.header(name).is_some(), "{method} {path}: {name}");
    }
    check(
        &response["content"]["application/json"]["schema"],
        &body,
        path,
    );
}

/// Holds a value to a schema. What of schemas is not known here is an error.
fn check(schema: &'static Value, value: &Value, at: &str) {
    let schema = follow(schema);
    for (word, wanted) in schema.as_object().expect("a schema") {
        let is_good = match word.as_str() {
            "description" | "default" | "example" => true,
            "type" => match wanted {
                Value::Array(kinds) => kinds.iter().any(|kind| is_kind(kind, value)),
                kind => is_kind(kind, value),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "required" => {
                let mut names = wanted.as_array().unwrap().iter();
                names.all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(schema, value, &format!("{at}: {name}"));
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(*wanted, Value::Bool(false));
                let mut names = value.as_object().unwrap().keys();
                names.all(|name| schema["properties"].get(name).is_some())
            }
            "items" => {
                for value in value.as_array().unwrap() {
                    check(wanted, value, at);
                }
                true
            }
            "minItems" => value.as_array().unwrap().len() as u64 >= wanted.as_u64().unwrap(),
            "minimum" => value.is_null() || value.as_u64() >= wanted.as_u64(),
            "maximum" => value.is_null() || value.as_u64() <= wanted.as_u64(),
            "maxLength" => {
                value.as_str().unwrap().chars().count() as u64 <= wanted.as_u64().unwrap()
            }
            "pattern" => fits(wanted.as_str().unwrap(), value.as_str().unwrap()),
            "format" => match (wanted.as_str().unwrap(), value.as_str()) {
                (_, None) => value.is_null(),
                ("uuid", Some(text)) => uuid::read(text).is_some(),
                ("date-time", Some(text)) => {
                    let shape: String = text
                        .chars()
                        .map(|c| if c.is_ascii_digit() { '0' } else { c })
                        .collect();
                    shape == "0000-00-00T00:00:00.000Z"
                }
                (format, _) => panic!("{at}: the format {format} is not known"),
            },
            word => panic!("{at}: the word {word} is not known"),
        };
        assert!(is_good, "{at}: {value} is not as {word} wants it: {wanted}");
    }
}

fn is_kind(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        kind => panic!("the type {kind} is not known"),
    }
}

/// Of patterns only `^[characters]{from,to}$`.
fn fits(pattern: &str, text: &str) -> bool {
    let inner = pattern
        .strip_prefix("^[")
        .and_then(|rest| rest.strip_suffix("}$"));
    let (class, count) = inner
        .and_then(|inner| inner.split_once("]{"))
        .expect("a known pattern");
    let (from, to) = count.split_once(',').unwrap_or((count, count));
    let count = from.parse().unwrap()..=to.parse().unwrap();
    let class: Vec<char> = class.chars().collect();
    let is_in = |c: char| {
        let range = |w: &[char]| w[1] == '-' && (w[0]..=w[2]).contains(&c);
        class.contains(&c) || class.windows(3).any(range)
    };
    count.contains(&text.len()) && text.chars().all(is_in)
}

#[test]
fn the_document_has_all_routes_and_no_other() {
    let mut routes = BTreeSet::new();
    for (template, allow, methods) in ROUTES {
        let mut allowed = Vec::new();
        for (method, _) in *methods {
            assert!(routes.insert((format!("{ROOT}{template}"), method.to_lowercase())));
            allowed.push(*method);
            if *method == "GET" {
                allowed.push("HEAD");
            }
        }
        assert_eq!(allowed.join(", "), *allow, "{template}");
    }
    let mut told = BTreeSet::new();
    for (path, methods) in document()["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        told.extend(
            methods
                .filter(|method| *method != "parameters")
                .map(|method| (path.clone(), method.clone())),
        );
    }
    assert_eq!(told, routes);
}

/// Each operation, asked for as its example has it, is done.
#[test]
fn every_example_is_taken() {
    let mut tried = BTreeSet::new();
    for (template, _, methods) in ROUTES {
        for (method, _) in *methods {
            let operation = operation(method, template).unwrap();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let mut body = String::new();
            if !schema.is_null() {
                let example = &follow(schema)["example"];
                assert!(example.is_object(), "{method} {template} has no example");
                check(schema, example, template);
                body = example.to_string();
                tried.insert(schema["$ref"].as_str().unwrap());
                // Each field that the document has is one, and each that is required is missed.
                let names: BTreeSet<_> = example.as_object().unwrap().keys().collect();
                let known = follow(schema)["properties"].as_object().unwrap().keys();
                assert_eq!(names, known.collect(), "{template}");
                for name in example.as_object().unwrap().keys() {
                    let mut less = example.clone();
                    less.as_object_mut().unwrap().remove(name);
                    let wanted = follow(schema)["required"].as_array();
                    let is_required =
                        wanted.is_some_and(|names| names.iter().any(|wanted| wanted == name));
                    let found = fresh_house(is_for_all(template)).ask(
                        method,
                        &filled(template),
                        &less.to_string(),
                    );
                    assert_eq!(found.0 == 400, is_required, "{template} without {name}");
                }
            }
            let (status, text) =
                fresh_house(is_for_all(template)).ask(method, &filled(template), &body);
            assert!(status < 300, "{method} {template}: {status} {text}");
            assert!(operation["operationId"].is_string() && operation["summary"].is_string());
        }
    }
    assert_eq!(tried.len(), 8, "{tried:?}");
}

#[test]
fn the_examples_of_answers_are_answers() {
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let example = &schema["example"];
        assert!(example.is_object(), "{name} has no example");
        check(schema, example, name);
    }
}

/// The bounds that the document tells are those that hold.
#[test]
fn bounds_are_as_they_are_told() {
    let mut bounds = 0;
    for (template, _, methods) in ROUTES {
        for (method, _) in *methods {
            let operation = operation(method, template).unwrap();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let schema = follow(schema);
            for (name, field) in schema["properties"].as_object().unwrap() {
                let (Some(least), Some(most)) =
                    (field["minimum"].as_u64(), field["maximum"].as_u64())
                else {
                    continue;
                };
                bounds += 1;
                for (number, is_good) in [
                    (least, true),
                    (most, true),
                    (most + 1, false),
                    (least.wrapping_sub(1), false),
                ] {
                    let mut example = schema["example"].clone();
                    example[name] = number.into();
                    let target = filled(template);
                    let (status, text) = fresh_house(is_for_all(template)).ask(
                        method,
                        &target,
                        &example.to_string(),
                    );
                    assert_eq!(status < 300, is_good, "{template}: {name} {number}: {text}");
                    assert!(is_good || text.contains(name.as_str()), "{text}");
                }
            }
        }
    }
    assert_eq!(bounds, 9);
}

/// Where all that the document's examples name is there.
fn fresh_house(is_of_everything: bool) -> House {
    let mut house = House::new();
    house.mint("dc.server1", "kick", NEVER);
    house.ask(
        "PUT",
        "watches/dc.server1",
        r#"{"kind": "job", "ping_url": true}"#,
    );
    house.dead_letter("dc.server1", 0xfeed);
    if is_of_everything {
        let root = house.mint("", ALL, NEVER);
        house.token = root;
    }
    house
}

/// What only a token of everything may ask for.
fn is_for_all(template: &str) -> bool {
    template == "deliveries/{sink}/resend"
}

fn filled(template: &str) -> String {
    template
        .replace("{name}", "dc.server1")
        .replace("{serial}", "2")
        .replace("{id}", "evt_0000000000000000000000000000feed")
        .replace("{sink}", "ops")
}
