//! A report in one line, for systemd's `STATUS=` and for registries.

use super::Details;
use crate::report::{Cause, Component, Endpoint, Report, Status};

/// The longest line, in bytes. The service manager reads messages of 4096.
const LONGEST: usize = 1024;

/// What is wrong, or that nothing is. `trouble` is why the service's own URL
/// does not answer.
pub(crate) fn status_line(report: &Report, trouble: Option<&str>, details: Details) -> String {
    let mut parts = Vec::new();
    let ready = report.endpoint(Endpoint::Ready);
    match ready.cause {
        Some(Cause::Starting) => parts.push(starting(report, details)),
        Some(Cause::StartupFailed) => parts.push(failed(report, details)),
        Some(Cause::Draining) => parts.push("draining".to_owned()),
        Some(Cause::Maintenance) => parts.push("in maintenance".to_owned()),
        Some(cause) => parts.push(format!("not ready: {cause}")),
        None => {}
    }
    // At shutdown the listener closes on purpose.
    if let Some(trouble) = trouble.filter(|_| !report.is_draining()) {
        parts.push(format!("not answering: {trouble}"));
    }
    if let Some(cause) = report.endpoint(Endpoint::Live).cause {
        parts.push(format!("not alive: {cause}"));
    }
    // A check that has not run yet is named as such, and not as a failure.
    let failing: Vec<&Component> = report
        .components()
        .filter(|component| component.ran && !component.status.is_healthy())
        .collect();
    if !failing.is_empty() {
        let worst = Status::worst_of(failing.iter().map(|component| component.status));
        parts.push(match details {
            Details::StatusOnly => worst.to_string(),
            Details::Summary | Details::Full => {
                let named = failing.iter().map(|component| describe(component, details));
                format!("{worst}: {}", named.collect::<Vec<_>>().join(", "))
            }
        });
    }
    if parts.is_empty() {
        parts.push(ready.status.to_string());
    }
    one_line(&parts.join("; "))
}

fn starting(report: &Report, details: Details) -> String {
    let unfinished = report
        .components()
        .filter(|component| !component.ran)
        .map(Component::name);
    let awaited: Vec<&str> = unfinished
        .chain(report.held.iter().map(|held| &*held.name))
        .collect();
    if awaited.is_empty() || details == Details::StatusOnly {
        "starting".to_owned()
    } else {
        format!("starting: waiting for {}", awaited.join(", "))
    }
}

fn failed(report: &Report, details: Details) -> String {
    let failed: Vec<&str> = report
        .held
        .iter()
        .filter(|held| held.cause == Cause::StartupFailed)
        .map(|held| &*held.name)
        .collect();
    match details {
        Details::StatusOnly => Cause::StartupFailed.to_string(),
        _ => format!("{}: {}", Cause::StartupFailed, failed.join(", ")),
    }
}

fn describe(component: &Component, details: Details) -> String {
    let name = component.name();
    let summary = component
        .summary
        .as_deref()
        .unwrap_or(component.status().as_str());
    match component.error().filter(|_| details == Details::Full) {
        Some(error) => format!("{name} {summary} ({error})"),
        None => format!("{name} {summary}"),
    }
}

/// Without line ends, which would begin another assignment, and not too long.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST));
    for character in text.chars() {
        if line.len() + character.len_utf8() > LONGEST - '…'.len_utf8() {
            line.push('…');
            break;
        }
        line.push(if character.is_control() {
            ' '
        } else {
            character
        });
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::builder::HealthBuilder;
    use crate::checks::{Check, Outcome, StartupGuard, heartbeat};
    use crate::error::BoxError;
    use crate::health::Health;
    use crate::state::Fault;

    fn line(health: &Health) -> String {
        status_line(&health.report(), None, Details::Summary)
    }

    fn well(name: &str) -> Check {
        Check::from_fn(name, || async { Ok::<_, BoxError>(()) })
    }

    fn broken(name: &str) -> Check {
        Check::from_fn(name, || async { Err::<(), _>("no route\nto 10.0.0.7") })
    }

    /// Built, and every check has run once.
    async fn started(builder: HealthBuilder) -> Health {
        let health = builder.build().unwrap();
        let mut changes = health.subscribe();
        while health.report().components.iter().any(|one| !one.ran) {
            changes.changed().await.unwrap();
        }
        health
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_names_what_it_waits_for() {
        let guard = StartupGuard::new("migrations");
        let health = Health::builder()
            .check(well("database").initial_delay(Duration::from_secs(1)))
            .startup(&guard)
            .build()
            .unwrap();
        assert_eq!(line(&health), "starting: waiting for database, migrations");
        health.subscribe().changed().await.unwrap();
        assert_eq!(line(&health), "starting: waiting for migrations");
        guard.done();
        assert_eq!(line(&health), "healthy");
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_that_failed_names_what_has() {
        let (migrations, other) = (StartupGuard::new("migrations"), StartupGuard::new("cache"));
        let builder = Health::builder().startup(&migrations).startup(&other);
        let health = started(builder).await;
        drop(migrations);
        assert_eq!(line(&health), "start-up failed: migrations");
        let told = status_line(&health.report(), None, Details::StatusOnly);
        assert_eq!(told, "start-up failed");
        other.done();
        assert_eq!(line(&health), "start-up failed: migrations");
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_named_with_its_cause() {
        let health = started(
            Health::builder()
                .check(broken("database"))
                .check(Check::from_fn("breaker", || async {
                    Ok::<_, BoxError>(Outcome::Degraded("half open".into()))
                }))
                .check(well("disk")),
        )
        .await;
        assert_eq!(
            line(&health),
            "unhealthy: database failed, breaker degraded"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_text_of_an_error_is_told_only_where_details_are_for_everybody() {
        let health = started(Health::builder().check(broken("database"))).await;
        let told = |details| status_line(&health.report(), None, details);
        assert_eq!(told(Details::StatusOnly), "unhealthy");
        assert_eq!(told(Details::Summary), "unhealthy: database failed");
        assert_eq!(
            told(Details::Full),
            "unhealthy: database failed (no route to 10.0.0.7)"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_optional_component_degrades() {
        let health = started(Health::builder().check(broken("cache").optional())).await;
        assert_eq!(line(&health), "degraded: cache failed");
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_for_readiness_alone_is_named_too() {
        let health = started(Health::builder().readiness(broken("database"))).await;
        assert_eq!(line(&health), "unhealthy: database failed");
        assert!(health.report().status().is_healthy());
    }

    #[tokio::test(start_paused = true)]
    async fn a_heartbeat_that_is_missed() {
        let (worker, beat) = heartbeat("worker", Duration::from_secs(3));
        let health = started(Health::builder().liveness(worker)).await;
        assert_eq!(line(&health), "healthy");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(line(&health), "unhealthy: worker heartbeat missed");
        beat.beat();
        assert_eq!(line(&health), "healthy");
    }

    #[tokio::test(start_paused = true)]
    async fn switches_and_their_components() {
        let health = started(Health::builder().check(well("database"))).await;
        health.maintenance(true);
        assert_eq!(line(&health), "in maintenance");
        let fault = health.force("database", Fault::Down).unwrap();
        assert_eq!(line(&health), "in maintenance; unhealthy: database forced");
        drop(fault);
        health.drain();
        assert_eq!(line(&health), "draining");
    }

    #[tokio::test(start_paused = true)]
    async fn a_url_that_does_not_answer_but_at_shutdown() {
        let health = started(Health::builder()).await;
        let told = || status_line(&health.report(), Some("refused"), Details::Summary);
        assert_eq!(told(), "not answering: refused");
        health.drain();
        assert_eq!(told(), "draining");
    }

    #[tokio::test(start_paused = true)]
    async fn one_line_of_bounded_length() {
        let name = |index| format!("{index:0>3}-{}", "n".repeat(90));
        let builder = (0..100).fold(Health::builder(), |builder, index| {
            builder.check(broken(&name(index)))
        });
        let health = started(builder).await;
        let told = line(&health);
        assert!(told.len() <= LONGEST && told.ends_with('…'), "{told}");
        assert_eq!(one_line("a\nREADY=1\0\u{7f}b"), "a READY=1  b");
        let wide = "é".repeat(LONGEST);
        assert!(one_line(&wide).len() <= LONGEST);
    }
}
