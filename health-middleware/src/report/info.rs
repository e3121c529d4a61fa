//! Fields of the user's own in every body.

use serde::{Serialize, Serializer};

/// The value of an info field: text, a number or a truth value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InfoValue {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number. One that is not finite is shown as `null`.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

/// A value as bodies hold it: the public type implements nothing of serde's.
pub(crate) struct Written<'a>(pub(crate) &'a InfoValue);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            InfoValue::Text(text) => serializer.serialize_str(text),
            InfoValue::Integer(number) => serializer.serialize_i64(*number),
            InfoValue::Float(number) => serializer.serialize_f64(*number),
            InfoValue::Bool(truth) => serializer.serialize_bool(*truth),
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for InfoValue {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    &str => Text, String => Text, bool => Bool, f64 => Float,
    i32 => Integer, i64 => Integer, u16 => Integer, u32 => Integer,
}
