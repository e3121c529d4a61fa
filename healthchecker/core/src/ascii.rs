//! ASCII in either case.

/// Whether two texts differ at most in the case of ASCII letters.
///
/// The standard comparison is made for speed, in 300 bytes more.
///
/// ```
/// use healthchecker_core::ascii::equals_in_any_case;
///
/// assert!(equals_in_any_case(b"Localhost", b"LOCALHOST"));
/// assert!(!equals_in_any_case(b"local", b"localhost"));
/// ```
pub fn equals_in_any_case(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && starts_with_in_any_case(one, other)
}

/// Whether a text starts with another, but for the case of ASCII letters.
///
/// ```
/// use healthchecker_core::ascii::starts_with_in_any_case;
///
/// assert!(starts_with_in_any_case(b"HTTP://localhost", b"http://"));
/// assert!(!starts_with_in_any_case(b"http", b"http://"));
/// ```
pub fn starts_with_in_any_case(text: &[u8], start: &[u8]) -> bool {
    text.len() >= start.len()
        && text
            .iter()
            .zip(start)
            .all(|(one, other)| one.eq_ignore_ascii_case(other))
}
