//! Fields of the user's own in every body.

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
