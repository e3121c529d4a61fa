//! Texts that are addresses, or nearly.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::string::{String, ToString};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// So many cases, the same in every run.
pub(crate) fn fixed(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(6767),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

pub(crate) fn ipv4_like() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| Ipv4Addr::from(octets).to_string()),
        mistyped(any::<[u8; 4]>().prop_map(|octets| Ipv4Addr::from(octets).to_string())),
        r"[0-9]{0,4}(\.[0-9]{0,4}){0,5}",
    ]
}

pub(crate) fn ipv6_like() -> impl Strategy<Value = String> {
    let tail = r"([0-9a-fA-F]{0,6}:){0,7}:?[0-9]{0,4}(\.[0-9]{0,4}){1,4}";
    prop_oneof![
        written(),
        mistyped(written()),
        r"[0-9a-fA-F]{0,6}(:[0-9a-fA-F]{0,6}){0,9}",
        r"([0-9a-fA-F]{1,5}:){0,4}(:[0-9a-fA-F]{1,5}){0,4}(::)?",
        tail,
    ]
}

/// Valid ones, in which zeros are common enough to be left out.
fn written() -> impl Strategy<Value = String> {
    let group = prop_oneof![Just(0), Just(0), any::<u16>(), 0..16u16];
    proptest::array::uniform8(group).prop_map(|groups| Ipv6Addr::from(groups).to_string())
}

/// With a byte put in, left out or exchanged.
fn mistyped(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let byte = proptest::sample::select(b":.0123456789afFg[]% +-".as_slice());
    (text, any::<prop::sample::Index>(), byte, 0..3).prop_map(|(mut text, place, byte, how)| {
        let place = place.index(text.len());
        if how != 0 {
            text.remove(place);
        }
        if how != 1 {
            text.insert(place, char::from(byte));
        }
        text
    })
}
