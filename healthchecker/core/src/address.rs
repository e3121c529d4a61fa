//! Address literals as numbers, and as the bytes that the kernel takes.
//!
//! Small parsers of our own: the standard ones bring their errors' formatting with them, 3 KB of
//! it for IPv6.

use crate::cursor::Cursor;

/// The IPv4 address that `text` spells: four decimal numbers without leading zeros.
///
/// ```
/// use healthchecker_core::address::ipv4;
///
/// assert_eq!(ipv4(b"127.0.0.1"), Some([127, 0, 0, 1]));
/// assert_eq!(ipv4(b"127.1"), None);
/// assert_eq!(ipv4(b"127.0.0.01"), None);
/// ```
pub fn ipv4(text: &[u8]) -> Option<[u8; 4]> {
    let mut cursor = Cursor::new(text);
    let address = read_ipv4(&mut cursor)?;
    cursor.is_at_end().then_some(address.to_be_bytes())
}

/// Reads an IPv4 address, whatever comes after it, as a number.
pub fn read_ipv4(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut address = 0;
    for index in 0..4 {
        if index != 0 && !cursor.eat(b'.') {
            return None;
        }
        // A zero is not followed by further digits, but by the next dot.
        let number = if cursor.eat(b'0') {
            0
        } else {
            cursor.number(10, 255)?
        };
        address = address << 8 | number;
    }
    Some(address)
}

/// The IPv6 address that `text` spells (RFC 4291, section 2.2), without brackets or zone.
///
/// ```
/// use healthchecker_core::address::ipv6;
///
/// assert_eq!(ipv6(b"::1"), Some([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
/// assert_eq!(ipv6(b"fe80::1%eth0"), None);
/// ```
pub fn ipv6(text: &[u8]) -> Option<[u8; 16]> {
    let mut cursor = Cursor::new(text);
    let address = read_ipv6(&mut cursor)?;
    cursor.is_at_end().then_some(address.to_be_bytes())
}

/// Reads an IPv6 address, whatever comes after it, as a number.
pub fn read_ipv6(cursor: &mut Cursor<'_>) -> Option<u128> {
    let (mut head, mut address, mut groups) = (0u128, 0u128, 0);
    // How many groups come before the two colons; 9 without them.
    let mut gap = 9;
    if cursor.eat(b':') {
        cursor.eat(b':').then_some(())?;
        gap = 0;
    }
    loop {
        let start = cursor.clone();
        let Some(group) = cursor.number(16, 0xffff) else {
            // Nothing need follow the two colons.
            if gap == groups {
                break;
            }
            return None;
        };
        if cursor.rest().first() == Some(&b'.') {
            *cursor = start;
            address = address << 32 | u128::from(read_ipv4(cursor)?);
            groups += 2;
            break;
        }
        if start.rest().len() - cursor.rest().len() > 4 {
            return None;
        }
        address = address << 16 | u128::from(group);
        groups += 1;
        if !cursor.eat(b':') {
            break;
        }
        if gap == 9 && cursor.eat(b':') {
            gap = groups;
            (head, address) = (address, 0);
        }
    }
    // The gap stands for at least one group.
    if groups > 8 || (groups == 8) != (gap == 9) {
        return None;
    }
    for _ in gap..8 {
        head <<= 16;
    }
    Some(head | address)
}

#[cfg(test)]
mod tests;
