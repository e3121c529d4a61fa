mod literals;

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use self::literals::{fixed, ipv4_like, ipv6_like};
use super::*;

proptest! {
    #![proptest_config(fixed(5_000))]

    #[test]
    fn ipv4_agrees_with_the_standard_parser_on_any_text(text in ipv4_like()) {
        let expected = text.parse::<Ipv4Addr>().ok().map(|address| address.octets());
        prop_assert_eq!(ipv4(text.as_bytes()), expected);
    }

    #[test]
    fn ipv6_agrees_with_the_standard_parser_on_any_text(text in ipv6_like()) {
        let expected = text.parse::<Ipv6Addr>().ok().map(|address| address.octets());
        prop_assert_eq!(ipv6(text.as_bytes()), expected);
    }
}

#[test]
fn ipv4_agrees_with_the_standard_parser() {
    for text in [
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "1.2.3.4",
        "10.0.0.0",
        "256.0.0.1",
        "1.2.3",
        "1.2.3.4.5",
        "1..2.3",
        ".1.2.3",
        "1.2.3.",
        "01.2.3.4",
        "1.2.3.00",
        "1.2.3.0004",
        "",
        "1",
        "a.b.c.d",
        "0x7f.0.0.1",
        " 1.2.3.4",
        "1.2.3.4 ",
        "-1.2.3.4",
        "+1.2.3.4",
        "127.1",
    ] {
        let expected = text
            .parse::<Ipv4Addr>()
            .ok()
            .map(|address| address.octets());
        assert_eq!(ipv4(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn ipv6_agrees_with_the_standard_parser() {
    for text in [
        "::",
        "::1",
        "1::",
        "1::2",
        "::1:2",
        "1:2::",
        "2001:db8::1",
        "2001:DB8::aBcD",
        "1:2:3:4:5:6:7:8",
        "::2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "1:2:3::5:6:7:8",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "1:2:3:4:5:6:1.2.3.4",
        "64:ff9b::1.2.3.4",
        "::1.2.3.4",
        "1::1.2.3.4",
        "",
        ":",
        ":1",
        "1:",
        ":::",
        "::1::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.4:1",
        "1.2.3.4::",
        "1.2.3.4",
        "::1.2.3",
        "::256.1.1.1",
        "fe80::1%eth0",
        "[::1]",
        "::1 ",
        " ::1",
        "1:::2",
        "::1:",
        "1:2:3:4:5:6:7:",
        "::-1",
        "::+1",
        "0:0:0:0:0:0:0:1",
        "00001::",
        "::00001",
    ] {
        let expected = text
            .parse::<Ipv6Addr>()
            .ok()
            .map(|address| address.octets());
        assert_eq!(ipv6(text.as_bytes()), expected, "{text:?}");
    }
}
