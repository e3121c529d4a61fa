//! Fields of the user's own in every body.

/// The value of an info field: text, a number or a truth value.
///
/// ```
/// use health_middleware::{Health, InfoValue};
///
/// let builder = Health::builder()
///     .info("version", "1.4.2")
///     .info("commits", 1_204_u64)
///     .info("canary", true);
/// assert_eq!(InfoValue::from(7_u8), InfoValue::from(7_isize));
/// # drop(builder);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InfoValue {
    /// Text.
    Text(String),
    /// A whole number, written digit by digit. Every integer type of up to 64 bits
    /// converts into it. Those of 128 do not: JSON has no limit, but its readers do
    /// (RFC 8259, section 6), and most take what is beyond 64 bits for a float, or
    /// beyond 2⁵³ already; give such an identifier as text.
    Integer(i128),
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
    i8 => Integer, i16 => Integer, i32 => Integer, i64 => Integer,
    u8 => Integer, u16 => Integer, u32 => Integer, u64 => Integer,
}

// The standard library promises no width of these, so that it has no `From`; no
// platform has wider ones than 64 bits.
impl From<usize> for InfoValue {
    fn from(value: usize) -> Self {
        Self::Integer(value as i128)
    }
}

impl From<isize> for InfoValue {
    fn from(value: isize) -> Self {
        Self::Integer(value as i128)
    }
}
