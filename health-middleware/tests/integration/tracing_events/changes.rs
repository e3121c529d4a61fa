//! What is told of a change, and what is left out.

use std::time::Duration;

use health_middleware::{Fault, Health, StartupGuard};

use super::{Lines, listen};
use crate::support::{Act, Script, codes, jump, pass, settle, with_database};

#[tokio::test(start_paused = true)]
async fn what_a_reporter_says_is_told_once_for_each_change() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (check, breaker) = health_middleware::reporter("breaker");
    let _health = Health::builder().check(check).build().unwrap();
    breaker.healthy();
    breaker.healthy();
    let begun = lines.take();
    assert_eq!(begun.len(), 2, "{begun:?}");
    assert!(begun[0].contains("component=\"breaker\" from=\"unhealthy\" to=\"healthy\""));
    assert!(begun[1].contains("what=\"started\""), "{begun:?}");
    breaker.unhealthy("refused");
    breaker.unhealthy("refused again");
    let failed = lines.take();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].contains("cause=\"failed\" error=\"refused\""),
        "{failed:?}"
    );
    // What alternates is not told again within a minute, and then as it lasts.
    for _ in 0..50 {
        breaker.healthy();
        breaker.unhealthy("refused");
    }
    breaker.healthy();
    assert_eq!(lines.take(), [""; 0]);
    pass(Duration::from_secs(61)).await;
    let late = lines.take();
    assert_eq!(late.len(), 1, "{late:?}");
    assert!(
        late[0].contains("to=\"healthy\"") && late[0].contains("left_out=100"),
        "{late:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_word_that_gets_stale_is_told_though_nobody_asks() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (check, feed) = health_middleware::reporter("feed");
    let check = check.time_to_live(Duration::from_secs(5));
    let _health = Health::builder().check(check).build().unwrap();
    // The publisher has nothing to wait for, until something is said.
    pass(Duration::from_secs(60)).await;
    feed.healthy();
    lines.take();
    pass(Duration::from_secs(6)).await;
    let stale = lines.take();
    assert_eq!(stale.len(), 1, "{stale:?}");
    assert!(stale[0].contains("cause=\"stale\""), "{stale:?}");
}

#[tokio::test(start_paused = true)]
async fn transitions_are_told_once() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    let begun = lines.take();
    assert_eq!(begun.len(), 2, "{begun:?}");
    assert!(begun[0].starts_with("INFO"), "{begun:?}");
    assert!(begun[0].contains("component=\"database\" from=\"unhealthy\" to=\"healthy\""));
    assert!(begun[1].contains("what=\"started\""), "{begun:?}");

    script.set(Act::Fail("password rejected"));
    pass(Duration::from_secs(60)).await;
    let failed = lines.take();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].starts_with("WARN"));
    for part in [
        "from=\"healthy\"",
        "to=\"unhealthy\"",
        "cause=\"failed\"",
        "error=\"password rejected\"",
    ] {
        assert!(failed[0].contains(part), "{failed:?} lacks {part}");
    }

    for _ in 0..100 {
        codes(&health).await;
    }
    assert_eq!(lines.take(), Vec::<String>::new(), "a probe is no event");

    health.drain();
    health.drain();
    let drained = lines.take();
    assert_eq!(drained.len(), 1);
    assert!(
        drained[0].contains("what=\"draining\" on=true"),
        "{drained:?}"
    );
}

/// Runs the check so often, each time doing the next thing, and gives back what
/// was told.
async fn told_of(lines: &Lines, script: &Script, acts: &[Act], runs: usize) -> Vec<String> {
    for act in acts.iter().cycle().take(runs) {
        let before = script.runs();
        script.set(act.clone());
        while script.runs() == before {
            pass(Duration::from_millis(100)).await;
        }
        // A run that hangs is over after a second.
        pass(Duration::from_millis(1100)).await;
    }
    lines.take()
}

#[track_caller]
fn assert_parts(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{line} lacks {part}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_from_boot_on_is_told_with_its_text() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Fail("password rejected"));
    let _health = Health::builder()
        .check(script.check("database"))
        .check(script.check("cache").optional())
        .build()
        .unwrap();
    pass(Duration::from_secs(60)).await;
    let told = lines.take();
    assert_eq!(told.len(), 3, "{told:?}");
    for (name, status) in [("cache", "degraded"), ("database", "unhealthy")] {
        let name = format!("component=\"{name}\"");
        let line = told.iter().find(|line| line.contains(&name)).expect(&name);
        assert!(line.starts_with("WARN"), "{line}");
        let (from, to) = (format!("from=\"{status}\""), format!("to=\"{status}\""));
        let parts = ["cause=\"failed\"", "error=\"password rejected\""];
        assert_parts(line, &[&from, &to, parts[0], parts[1]]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_cause_is_told() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    lines.take();
    let acts = [Act::Fail("refused"), Act::Hang, Act::Panic("on purpose")];
    let told = told_of(&lines, &script, &acts, 3).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert_parts(
        &told[0],
        &["from=\"healthy\"", "cause=\"failed\"", "refused"],
    );
    assert_parts(&told[1], &["from=\"unhealthy\"", "cause=\"timed out\""]);
    assert_parts(&told[2], &["cause=\"panicked\"", "error=\"on purpose\""]);

    script.set(Act::Fail("gone"));
    jump(Duration::from_secs(3600));
    assert!(health.report().status().is_unhealthy());
    settle().await;
    let told = lines.take();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_parts(&told[0], &["to=\"unhealthy\"", "cause=\"stale\""]);
    assert_parts(&told[1], &["cause=\"failed\"", "error=\"gone\""]);
}

#[tokio::test(start_paused = true)]
async fn what_alternates_is_told_once_a_minute_for_each_kind() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    lines.take();
    let begun = tokio::time::Instant::now();
    let acts = [Act::Fail("refused"), Act::Panic("on purpose")];
    let told = told_of(&lines, &script, &acts, 60).await;
    let minutes = begun.elapsed().as_secs() as usize / 60;
    assert!(minutes >= 4, "{minutes}");
    for kind in ["cause=\"failed\"", "cause=\"panicked\""] {
        let times = told.iter().filter(|line| line.contains(kind)).count();
        assert!((2..=minutes + 1).contains(&times), "{kind}: {told:?}");
    }
    assert!(!told[1].contains("left_out"), "{told:?}");
    assert!(told[2].contains("left_out="), "{told:?}");
    drop(health);
}

/// Otherwise the last line in the log would be wrong for as long as it lasts.
#[tokio::test(start_paused = true)]
async fn what_was_left_out_is_told_if_it_lasts() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        // No other run comes to the aid of the log.
        .check(script.check("database").every(Duration::from_secs(3600)))
        .build()
        .unwrap();
    settle().await;
    for _ in 0..3 {
        drop(health.force("database", Fault::Down).unwrap());
    }
    let told = lines.take();
    assert!(
        told.last().unwrap().contains("cause=\"forced\""),
        "{told:?}"
    );
    assert_eq!(told.len(), 3, "{told:?}");
    pass(Duration::from_secs(58)).await;
    assert_eq!(lines.take(), Vec::<String>::new());
    pass(Duration::from_secs(3)).await;
    let told = lines.take();
    assert_eq!(told.len(), 1, "{told:?}");
    let parts = ["INFO", "from=\"unhealthy\"", "to=\"healthy\"", "left_out=4"];
    assert_parts(&told[0], &parts);
    pass(Duration::from_secs(300)).await;
    assert_eq!(lines.take(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_has_failed_is_told_once() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let guard = StartupGuard::new("migrations");
    let _health = Health::builder().startup(&guard).build().unwrap();
    drop(guard);
    pass(Duration::from_secs(60)).await;
    let told = lines.take();
    assert_eq!(told.len(), 1, "{told:?}");
    let parts = ["WARN", "what=\"start-up failed\"", "guard=\"migrations\""];
    assert_parts(&told[0], &parts);
}
