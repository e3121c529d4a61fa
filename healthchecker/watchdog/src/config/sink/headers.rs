use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// There are no more of them.
const MOST: usize = 16;

/// The longest name, and the longest value.
const LONGEST: usize = 1_000;

/// What goes with each request: header fields, in lower case. A value may be a secret, so that
/// [`Debug`](fmt::Debug) shows none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(BTreeMap<Box<str>, Box<str>>);

impl Headers {
    /// Each name, in lower case, and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = BTreeMap::<String, String>::deserialize(deserializer)?;
        if given.len() > MOST {
            let count = given.len();
            return Err(D::Error::custom(format!(
                "{count} headers; give {MOST} at most"
            )));
        }
        let mut headers = BTreeMap::new();
        for (name, value) in given {
            check(&name, &value).map_err(D::Error::custom)?;
            let lower = name.to_ascii_lowercase();
            if headers.insert(lower.into(), value.into()).is_some() {
                return Err(D::Error::custom(format!(
                    "{name:?} is given twice; leave one out"
                )));
            }
        }
        Ok(Self(headers))
    }
}

/// The value is not shown: it may be a secret.
fn check(name: &str, value: &str) -> Result<(), String> {
    // A token of RFC 9110, section 5.6.2.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !(1..=LONGEST).contains(&name.len()) || !name.bytes().all(is_token) {
        return Err(format!(
            "{name:?} is no name of a header; give letters, digits and '-'"
        ));
    }
    let is_plain = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if !is_plain || value.len() > LONGEST || value.trim() != value {
        return Err(format!(
            "the value of {name:?} cannot be sent; give up to {LONGEST} characters of ASCII in one line, \
             without a space at its ends"
        ));
    }
    let remedy = match &*name.to_ascii_lowercase() {
        "authorization" | "proxy-authorization" => {
            "put the token into a file, and name that by `bearer_file`"
        }
        "content-type" => "give `content_type`",
        "connection" | "content-encoding" | "content-length" | "expect" | "host" | "keep-alive"
        | "te" | "trailer" | "transfer-encoding" | "upgrade" | "webhook-id"
        | "webhook-signature" | "webhook-timestamp" => "leave it out: it is the watchdog's own",
        _ => return Ok(()),
    };
    Err(format!("{name:?} is no header to be given; {remedy}"))
}
