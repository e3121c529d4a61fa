//! What a client proves itself with, worked out here and not by the code that checks it.

use std::fs;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::client::Client;

/// The token of number 0, with which a server's operator begins.
pub(crate) fn root(master: &Path) -> String {
    let master = fs::read(master).expect("a master key");
    let mut mac = Hmac::<Sha256>::new_from_slice(&master).expect("a key of any length");
    mac.update(b"wd/1\x000\x00");
    hex(&mac.finalize().into_bytes())
}

/// A token for names that begin so.
pub(crate) fn mint(client: &mut Client, by: &str, prefix: &str, verbs: &str) -> String {
    let verbs: Vec<_> = verbs.split(' ').collect();
    let body = serde_json::json!({ "prefix": prefix, "verbs": verbs });
    let reply = client.api(by, "POST", "tokens", &body.to_string());
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["token"].as_str().expect("a token").to_owned()
}

/// The Global Watch Dog's hash of a token and a name.
pub(crate) fn hmac(token: &str, name: &str) -> String {
    let mut bytes = bytes(token);
    bytes.extend(name.as_bytes());
    hex(&Sha256::digest(&bytes))
}

fn bytes(token: &str) -> Vec<u8> {
    let pairs = token.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
