use super::*;

const LIFE: Duration = Duration::from_secs(8);

/// Findings and standings as letters: `h`ealthy, `d`egraded, `f`ailed,
/// `t`imed out, `p`anicked, `x` expired, `n`ot run yet.
fn play(failures: u32, successes: u32, findings: &str) -> String {
    let thresholds = Thresholds {
        failures,
        successes,
    };
    let mut now = Instant::now();
    let mut standing = Standing::unknown();
    let mut seen = String::new();
    for letter in findings.chars() {
        now += Duration::from_secs(1);
        let text = Arc::from("text");
        let finding = match letter {
            'h' => Finding::Healthy,
            'd' => Finding::Degraded(text),
            'f' => Finding::Failed(text),
            't' => Finding::TimedOut,
            'p' => Finding::Panicked(text),
            'x' => {
                now += LIFE;
                standing = standing.expire(now).expect("expired");
                seen.push(letter_of(&standing));
                continue;
            }
            other => panic!("no finding {other}"),
        };
        standing = standing.step(now, finding, thresholds, Some(LIFE));
        assert_eq!(standing.expires, Some(now + LIFE));
        assert!(standing.ran);
        seen.push(letter_of(&standing));
    }
    seen
}

fn letter_of(standing: &Standing) -> char {
    match (standing.status, standing.cause) {
        (Status::Healthy, None) => 'h',
        (Status::Degraded, Some(Cause::Degraded)) => 'd',
        (Status::Unhealthy, Some(Cause::Failed)) => 'f',
        (Status::Unhealthy, Some(Cause::TimedOut)) => 't',
        (Status::Unhealthy, Some(Cause::Panicked)) => 'p',
        (Status::Unhealthy, Some(Cause::Stale)) => 'x',
        (Status::Unhealthy, Some(Cause::NotRunYet)) => 'n',
        other => panic!("no letter for {other:?}"),
    }
}

#[test]
fn table() {
    for (failures, successes, findings, expected) in [
        // Without thresholds every finding counts.
        (1, 1, "hfhthphd", "hfhthphd"),
        // Failures in a row are needed once it has been healthy…
        (3, 1, "hffhfff", "hhhhhhf"),
        (3, 1, "dfff", "dddf"),
        // …and not before: what has never worked does not pass for working.
        (3, 1, "f", "f"),
        (3, 1, "fh", "fh"),
        // While it is down the cause follows the findings.
        (3, 1, "hffftp", "hhhftp"),
        // Successes in a row are needed after a failure, but not for the first.
        (1, 3, "hfhhh", "hfffh"),
        (1, 3, "hfhhfhhh", "hffffffh"),
        (1, 3, "ffh", "ffh"),
        // Degraded is an answer: it shows at once, and counts as a success.
        (3, 1, "hd", "hd"),
        (1, 2, "hfdd", "hffd"),
        // It breaks a row of failures.
        (2, 1, "hfdf", "hhdd"),
        // Knowledge that was lost is not a failure: the next finding decides.
        (1, 3, "hxh", "hxh"),
        (3, 1, "hxf", "hxf"),
        (3, 3, "hxhff", "hxhhh"),
    ] {
        assert_eq!(
            play(failures, successes, findings),
            expected,
            "failures({failures}) successes({successes}): {findings}"
        );
    }
}

#[test]
fn an_unknown_standing_is_unhealthy_and_never_expires() {
    let standing = Standing::unknown();
    assert_eq!(letter_of(&standing), 'n');
    assert!(!standing.ran);
    let late = Instant::now() + Duration::from_secs(1_000_000);
    assert_eq!(standing.expire(late), None);
}

#[test]
fn a_life_ends_at_its_last_instant_and_once() {
    let now = Instant::now();
    let standing = Standing::alive(Some(now + LIFE));
    assert_eq!(standing.expire(now + LIFE - Duration::from_nanos(1)), None);
    let expired = standing.expire(now + LIFE).expect("its life is over");
    assert_eq!(letter_of(&expired), 'x');
    assert!(expired.ran);
    assert_eq!(expired.expire(now + LIFE * 2), None);
}

#[test]
fn a_row_of_failures_does_not_overflow() {
    let thresholds = Thresholds {
        failures: u32::MAX,
        successes: 1,
    };
    let mut standing = Standing::alive(Some(Instant::now() + LIFE));
    standing.failures = u32::MAX - 1;
    for _ in 0..3 {
        standing = standing.step(Instant::now(), Finding::TimedOut, thresholds, Some(LIFE));
    }
    assert_eq!(standing.failures, u32::MAX);
    assert!(standing.status.is_unhealthy());
}

#[test]
fn what_is_good_for_ever_does_not_expire() {
    let now = Instant::now();
    let thresholds = Thresholds {
        failures: 1,
        successes: 1,
    };
    let told = Standing::unknown().step(now, Finding::Healthy, thresholds, None);
    for standing in [told, Standing::alive(None), Standing::unknown()] {
        assert_eq!(standing.expire(now + LIFE * 1_000_000), None);
    }
}
