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
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.eq_ignore_ascii_case(other))
}
