use proptest::prelude::*;

use super::*;

fn quotas(per_minute: u32, burst: u32) -> Quotas<u32> {
    Quotas::new(Quota { per_minute, burst })
}

#[test]
fn a_burst_and_then_as_time_goes() {
    let mut quotas = quotas(100, 3);
    for (now, found) in [
        (NOON, Ok(())),
        (NOON, Ok(())),
        (NOON, Ok(())),
        (NOON, Err(600)),
        (NOON + 599, Err(1)),
        (NOON + 600, Ok(())),
        (NOON + 600, Err(600)),
        // A clock that went back gives nothing, and takes nothing.
        (NOON, Err(600)),
        (NOON + 600, Err(600)),
        (NOON + 3_600_000, Ok(())),
        (NOON + 3_600_000, Ok(())),
        (NOON + 3_600_000, Ok(())),
        (NOON + 3_600_000, Err(600)),
    ] {
        assert_eq!(quotas.take(1, now), found, "{}", now - NOON);
    }
    assert_eq!(quotas.take(2, NOON), Ok(()), "another's");
}

#[test]
fn looking_takes_nothing() {
    let mut quotas = quotas(60, 1);
    assert_eq!(quotas.look(&1, NOON), Ok(()));
    assert_eq!(quotas.take(1, NOON), Ok(()));
    assert_eq!(quotas.look(&1, NOON), Err(1_000));
    assert_eq!(quotas.look(&1, NOON + 1_000), Ok(()));
    assert_eq!(quotas.take(1, NOON + 1_000), Ok(()));
}

#[test]
fn many_keys_do_not_grow_it() {
    let mut quotas = quotas(60, 2).at_most(10);
    for key in 0..10 {
        assert_eq!(quotas.take(key, NOON), Ok(()));
    }
    // The others share one: two of them, and no more.
    let taken = (10..100)
        .filter(|&key| quotas.take(key, NOON).is_ok())
        .count();
    assert_eq!((taken, quotas.len()), (2, 10));
    assert_eq!(quotas.take(3, NOON), Ok(()), "who has one keeps it");
    // Who has not come for a while makes room.
    assert_eq!(quotas.take(200, NOON + 60_000), Ok(()));
    assert_eq!(quotas.len(), 1);
}

#[test]
fn nothing_and_everything_overflow_nothing() {
    let mut nothing = quotas(0, 0);
    assert!(nothing.look(&1, NOON).is_err());
    assert!(nothing.take(1, NOON).is_err());
    assert!(nothing.take(1, NEVER).is_err());
    let mut all = quotas(u32::MAX, u32::MAX);
    for now in [0, NOON, NEVER, 0] {
        assert_eq!(all.take(1, now), Ok(()));
    }
}

proptest! {
    #[test]
    fn never_more_than_a_burst_and_the_rate(
        per_minute in 1_u32..1_000,
        burst in 1_u32..20,
        pauses in proptest::collection::vec(0_u64..3_000, 1..200),
    ) {
        let mut quotas = quotas(per_minute, burst);
        let (mut now, mut taken) = (NOON, 0);
        for pause in pauses {
            now += pause;
            match quotas.take(1, now) {
                Ok(()) => taken += 1,
                Err(wait) => {
                    prop_assert!(quotas.clone().look(&1, now + wait - 1).is_err());
                    prop_assert!(quotas.clone().look(&1, now + wait).is_ok());
                }
            }
        }
        prop_assert!(taken <= u64::from(burst) + (now - NOON) * u64::from(per_minute) / 60_000);
    }
}
