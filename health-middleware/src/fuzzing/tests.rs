use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// One seed a line, with the escapes `\r`, `\n`, `\t`, `\\` and `\xHH`.
fn unescaped(line: &str) -> Vec<u8> {
    let mut seed = Vec::new();
    let mut rest = line.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, left) = match (first, after) {
            (b'\\', [b'r', left @ ..]) => (b'\r', left),
            (b'\\', [b'n', left @ ..]) => (b'\n', left),
            (b'\\', [b't', left @ ..]) => (b'\t', left),
            (b'\\', [b'\\', left @ ..]) => (b'\\', left),
            (b'\\', [b'x', high, low, left @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16).expect("a digit");
                (u8::try_from(digit(high) * 16 + digit(low)).unwrap(), left)
            }
            (b'\\', _) => panic!("no escape: {line}"),
            (byte, left) => (*byte, left),
        };
        seed.push(byte);
        rest = left;
    }
    seed
}

/// A part of one seed, taken away or replaced by bytes or by a part of another.
fn spliced(seeds: &[Vec<u8>]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let other = select(seeds.to_vec());
    let bytes = prop_oneof![vec(any::<u8>(), 0..4), other];
    let cut = (any::<Index>(), 0..8usize, bytes, any::<bool>());
    (select(seeds.to_vec()), vec(cut, 0..4)).prop_map(|(mut seed, cuts)| {
        for (at, length, bytes, short) in cuts {
            let at = at.index(seed.len() + 1);
            let end = seed.len().min(at + length);
            let kept = if short {
                bytes.len().min(3)
            } else {
                bytes.len()
            };
            seed.splice(at..end, bytes[..kept].iter().copied());
        }
        seed
    })
}

fn replay(lines: &str, target: fn(&[u8])) {
    let seeds: Vec<_> = lines.lines().map(unescaped).collect();
    seeds.iter().for_each(|seed| target(seed));
    let config = Config {
        cases: 4_000,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..Config::default()
    };
    let any = prop_oneof![9 => spliced(&seeds), 1 => vec(any::<u8>(), 0..200)];
    let tried = TestRunner::new(config).run(&any, |bytes| {
        target(&bytes);
        Ok(())
    });
    tried.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn escapes() {
    let bytes = unescaped(r"a\r\n\t\\\x00\xfFé");
    assert_eq!(bytes, b"a\r\n\t\\\x00\xff\xc3\xa9");
}

#[test]
fn route() {
    replay(include_str!("../../fuzz/seeds/route"), super::route);
}

#[test]
fn accept() {
    replay(include_str!("../../fuzz/seeds/accept"), super::accept);
}

#[test]
fn component_name() {
    let seeds = include_str!("../../fuzz/seeds/component-name");
    replay(seeds, super::component_name);
}

#[cfg(feature = "testability")]
#[test]
fn parse_bool() {
    replay(
        include_str!("../../fuzz/seeds/parse-bool"),
        super::parse_bool,
    );
}

#[cfg(feature = "systemd")]
#[test]
fn notify_environment() {
    let seeds = include_str!("../../fuzz/seeds/notify-environment");
    replay(seeds, super::notify_environment);
}
