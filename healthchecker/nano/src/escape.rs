//! Which characters of a stranger's text may reach a terminal.

/// The character at the start of some bytes and its length; none, and 1, where they start with a
/// byte that belongs to none.
pub(crate) fn first(bytes: &[u8]) -> (Option<char>, usize) {
    let mut rest = bytes.iter();
    let lead = rest.next().copied().unwrap_or_default();
    let length = match lead.leading_ones() {
        0 => 1,
        length @ 2..=4 => length as usize,
        _ => return (None, 1),
    };
    let mut number = u32::from(lead) & (0x7f >> lead.leading_ones());
    for byte in rest.take(length - 1) {
        // A byte that does not continue the character makes its number too large.
        number = if byte & 0xc0 == 0x80 { number << 6 | u32::from(byte & 0x3f) } else { u32::MAX };
    }
    // Not one that is cut short, or longer than it need be.
    match char::from_u32(number) {
        Some(character) if character.len_utf8() == length => (Some(character), length),
        _ => (None, 1),
    }
}

/// Whether a character neither controls a terminal nor reorders text on it.
pub(crate) fn is_harmless(character: char) -> bool {
    !matches!(
        character,
        '\0'..'\x20'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}
