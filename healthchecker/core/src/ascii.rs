//! ASCII in either case, and its characters that can be seen.

/// Whether two texts differ at most in the case of ASCII letters.
///
/// The standard comparison is made for speed, in 300 bytes more.
pub(crate) fn equals_in_any_case(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Whether all bytes can be seen, and none of them is among others.
pub(crate) fn is_graphic_without(text: &[u8], others: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_graphic() && others.iter().all(|other| other != byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_compared_in_any_case() {
        assert!(equals_in_any_case(b"Localhost", b"LOCALHOST"));
        assert!(!equals_in_any_case(b"local", b"localhost"));
        assert!(!equals_in_any_case(b"[", b"{"));
    }

    #[test]
    fn what_can_be_seen_and_is_not_among_others() {
        assert!(is_graphic_without(b"/a", b"<>"));
        for text in ["/<", "/ ", "/\u{7f}", "\u{e9}"] {
            assert!(!is_graphic_without(text.as_bytes(), b"<>"), "{text:?}");
        }
    }
}
