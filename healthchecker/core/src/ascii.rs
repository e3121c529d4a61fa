//! ASCII in either case, and its characters that can be seen.

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

/// Whether all bytes can be seen, and none of them is among others.
///
/// ```
/// use healthchecker_core::ascii::is_graphic_without;
///
/// assert!(is_graphic_without(b"/a", b"<>"));
/// assert!(!is_graphic_without(b"/<", b"<>"));
/// assert!(!is_graphic_without(b"/ ", b"<>"));
/// ```
pub fn is_graphic_without(text: &[u8], others: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_graphic() && others.iter().all(|other| other != byte))
}
