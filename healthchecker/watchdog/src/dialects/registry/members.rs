//! The members of an object, each of the kind that it must have.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::span;
use crate::watches::Millis;

/// So many tags, and so many pairs, an instance has at most.
const MOST: usize = 64;

/// An object's members, of which `null` is none.
pub(super) struct Members<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Members<'a> {
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

    pub(super) fn needed(&self, name: &str) -> Result<&'a str, String> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("{name} is missing"))
    }

    pub(super) fn number(
        &self,
        name: &str,
        bounds: RangeInclusive<u16>,
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

    pub(super) fn tags(&self) -> Result<Option<Vec<String>>, String> {
        let problem = || format!("tags must be a list of at most {MOST} texts");
        let tags = match self.get("tags") {
            None => return Ok(None),
            Some(Value::Array(tags)) if tags.len() <= MOST => tags.iter(),
            Some(_) => return Err(problem()),
        };
        let tags = tags.map(|tag| tag.as_str().map(str::to_owned));
        tags.collect::<Option<_>>().map(Some).ok_or_else(problem)
    }

    pub(super) fn metadata(&self) -> Result<Option<BTreeMap<String, String>>, String> {
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
