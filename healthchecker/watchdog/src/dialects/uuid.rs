//! Uuids in their canonical form.

/// A uuid, in either case.
pub(super) fn read(text: &str) -> Option<u128> {
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !is_uuid {
        return None;
    }
    u128::from_str_radix(&text.replace('-', ""), 16).ok()
}

/// A uuid in lower case.
pub(super) fn show(uuid: u128) -> String {
    let mut text = format!("{uuid:032x}");
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_shown_is_read() {
        let text = "5f0c2a34-9b7e-4f3e-8a1d-0123456789ab";
        assert_eq!(super::read(text).map(super::show).as_deref(), Some(text));
        assert_eq!(super::show(1), "00000000-0000-0000-0000-000000000001");
    }
}
