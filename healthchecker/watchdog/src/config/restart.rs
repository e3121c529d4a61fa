use std::fmt;
use std::time::Duration;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::value;
use crate::watches::Millis;

/// More restarts than this are meant to be `unlimited`, as for `watchdog run`.
const MOST: u32 = 1_000;

/// What is done when a watch is silent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with `exec`, [watch.NAME.restart]"
)]
#[non_exhaustive]
pub struct Restart {
    /// The program's absolute path, and its arguments as they are.
    #[serde(deserialize_with = "exec")]
    pub exec: Vec<String>,
    /// How long it may take before it is killed.
    #[serde(default = "half_a_minute", deserialize_with = "value::time_limit")]
    pub time_limit: Duration,
    /// Within what a kick must come.
    #[serde(default = "start_grace", deserialize_with = "value::timeout")]
    pub start_grace: Millis,
    /// How many there may be within `per`; `None`: any number.
    #[serde(default = "ten", deserialize_with = "max")]
    pub max: Option<u32>,
    /// See `max`.
    #[serde(default = "ten_minutes", deserialize_with = "value::per")]
    pub per: Duration,
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

fn start_grace() -> Millis {
    30_000
}

fn ten() -> Option<u32> {
    Some(10)
}

fn ten_minutes() -> Duration {
    Duration::from_secs(600)
}

fn exec<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_seq(Exec)
}

struct Exec;

impl<'de> Visitor<'de> for Exec {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a list of words, first the program's absolute path, such as \
             [\"/usr/bin/systemctl\", \"restart\", \"worker.service\"]; there is no shell",
        )
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut words: A) -> Result<Vec<String>, A::Error> {
        let mut exec = Vec::<String>::new();
        while let Some(word) = words.next_element()? {
            exec.push(word);
        }
        let problem = match exec.first() {
            None => "the list is empty".to_owned(),
            Some(program) if !program.starts_with('/') || program.ends_with('/') => {
                format!("{program:?} is not the absolute path of a program")
            }
            Some(_) => match exec.iter().find(|word| word.contains('\0')) {
                None => return Ok(exec),
                Some(word) => format!("{word:?} has a NUL, which no word of a command can have"),
            },
        };
        Err(A::Error::custom(format!(
            "{problem}; give {}",
            &self as &dyn serde::de::Expected
        )))
    }
}

fn max<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_any(Max)
}

struct Max;

impl Visitor<'_> for Max {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number from 0 to {MOST}, or \"unlimited\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<u32>, E> {
        match u32::try_from(number) {
            Ok(number) if number <= MOST => Ok(Some(number)),
            _ => Err(E::custom(format!(
                "{number} is not {}",
                &self as &dyn serde::de::Expected
            ))),
        }
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Option<u32>, E> {
        if word == "unlimited" {
            return Ok(None);
        }
        Err(E::custom(format!(
            "{word:?} is not {}",
            &self as &dyn serde::de::Expected
        )))
    }
}
