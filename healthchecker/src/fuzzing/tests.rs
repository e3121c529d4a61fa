use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

/// A seed in each line, with `\r`, `\n`, `\t`, `\\` and `\xHH`.
fn seeds(lines: &str) -> Vec<Vec<u8>> {
    let seed = |line: &str| {
        let mut bytes = Vec::new();
        let mut rest = line.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'\\' => match rest.next() {
                    Some(b'r') => b'\r',
                    Some(b'n') => b'\n',
                    Some(b't') => b'\t',
                    Some(b'\\') => b'\\',
                    Some(b'x') => {
                        let digits: Vec<u8> = rest.by_ref().take(2).collect();
                        let digits = str::from_utf8(&digits).unwrap();
                        u8::from_str_radix(digits, 16).unwrap()
                    }
                    other => panic!("{other:?} after a backslash in {line}"),
                },
                byte => byte,
            });
        }
        bytes
    };
    lines.lines().map(seed).collect()
}

/// Replaces, inserts, removes or repeats at a few places.
fn edited(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (0..4u8, any::<Index>(), any::<u8>(), 1..20usize);
    (select(seeds), vec(edit, 0..6)).prop_map(|(mut bytes, edits)| {
        for (kind, at, byte, length) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|old| *old = byte),
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at..end)),
                _ => bytes.extend_from_within(at..end),
            }
        }
        bytes
    })
}

/// The same inputs each time: whoever wants others runs scripts/fuzz.
fn replay(lines: &str, edits: u32, target: fn(&[u8])) {
    let seeds = seeds(lines);
    seeds.iter().for_each(|seed| target(seed));
    let config = Config {
        cases: edits,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    )
    .run(&edited(seeds), |bytes| {
        target(&bytes);
        Ok(())
    })
    .unwrap();
}

#[test]
fn head() {
    replay(include_str!("../../fuzz/seeds/head"), 4_000, super::head);
}

#[test]
fn target() {
    replay(
        include_str!("../../fuzz/seeds/target"),
        20_000,
        super::target,
    );
}

#[test]
fn words() {
    replay(include_str!("../../fuzz/seeds/words"), 10_000, super::words);
}

#[cfg(feature = "json")]
#[test]
fn json() {
    replay(include_str!("../../fuzz/seeds/json"), 10_000, super::json);
}

#[cfg(feature = "grpc")]
#[test]
fn grpc() {
    replay(include_str!("../../fuzz/seeds/grpc"), 1_000, super::grpc);
}
