//! Servers that hang, refuse, forget, and tasks that stand still.

use super::*;

#[tokio::test(start_paused = true)]
async fn failures_are_tried_again_ever_more_slowly() {
    for does in [
        Does::Refuses,
        Does::Says(403, ""),
        Does::Says(404, "page not found"),
        Does::Says(500, "{}"),
        Does::Says(200, "nonsense"),
        Does::Says(301, ""),
    ] {
        let server = Server::new(does.clone());
        let service = Service::etcd(&server);
        pass(600.0).await;
        let times: Vec<f64> = server.timed().into_iter().map(|(at, _)| at).collect();
        for (index, pair) in times.windows(2).enumerate() {
            let most = (2.0_f64.powi(index as i32 + 1)).min(5.0);
            let waited = pair[1] - pair[0];
            assert!(
                (most / 2.0 - 0.01..=most + 0.01).contains(&waited),
                "{does:?}: {waited} s after {index}"
            );
        }
        assert!((120..245).contains(&times.len()), "{}", times.len());
        // An etcd that is back lets its leases run out from then on: the next call
        // comes before, and failures are forgotten.
        server.always(OK);
        pass(5.1).await;
        assert_eq!(server.calls()[..2], [GRANT, PUT]);
        server.script([Does::Refuses]);
        pass(10.0).await;
        let times: Vec<f64> = server.timed().into_iter().map(|(at, _)| at).collect();
        assert!(times[1] - times[0] <= 2.01, "{times:?}");
        assert!(!service.task.is_finished());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_ended_in_time() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Hangs]);
    pass(13.0).await;
    // At 5 s, cut off at 8.75 s, and again before the 15 s of the first are over.
    let times = server.timed();
    assert_eq!(times[0], (5.0, PASSING.to_owned()));
    assert!((9.75..10.76).contains(&times[1].0), "{times:?}");
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_lost_is_granted_anew() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    assert_eq!(server.calls(), [GRANT, PUT]);
    server.script([LOST]);
    pass(6.1).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT]);
    // Between the grant and the key, too.
    server.script([LOST, OK, Does::Says(404, "")]);
    pass(11.5).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT, GRANT, PUT]);
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_has_forgotten_the_service_is_told_anew() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Says(404, "Unknown check ID")]);
    pass(6.1).await;
    assert_eq!(server.calls(), [PASSING, REGISTER, PASSING]);
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_this_task_alone_and_nobody_waits_for_it() {
    let server = Server::new(Does::Panics);
    let service = Service::consul(&server);
    let mut inside = service.inside.clone();
    assert!(service.task.await.unwrap_err().is_panic());
    assert!(inside.wait_for(|inside| *inside == 0).await.is_err());
    assert!(service.health.report().ready().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stood_still_is_announced_again() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    server.calls();
    // Suspended: no timer runs, and the lease runs out meanwhile.
    tokio::time::advance(Duration::from_secs(3600)).await;
    server.script([LOST]);
    pass(2.1).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT]);
    drop(service);
}

/// Whether an answer was lost or the call, nobody knows: what is to be known then
/// is said, though it was the last that was heard.
#[tokio::test(start_paused = true)]
async fn a_change_whose_answer_is_lost_is_taken_back_at_once() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Refuses]);
    service.health.maintenance(true);
    pass(0.1).await;
    service.health.maintenance(false);
    pass(2.2).await;
    assert_eq!(server.calls(), ["critical: in maintenance", PASSING]);

    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Refuses, LOST]);
    service.health.maintenance(true);
    pass(0.1).await;
    service.health.maintenance(false);
    pass(6.1).await;
    assert_eq!(server.calls(), [REVOKE, KEEP, GRANT, PUT]);

    let server = Server::new(OK);
    let (worker, beat) = heartbeat("worker", 3 * SECOND);
    let (check, database) = reporter("database");
    let health = Health::builder().check(check).liveness(worker);
    let health = health.build().unwrap();
    let (ping, rhythm) = (Ping::new("/ping", None), Rhythm::ping(2 * TTL));
    let service = Service::announce(health, database, ping, &server, rhythm);
    pass(2.5).await;
    server.calls();
    server.script([Does::Refuses]);
    pass(0.6).await;
    beat.beat();
    pass(2.0).await;
    assert_eq!(server.calls(), [FAILED, "/ping"]);
    drop(service);
}

#[test]
fn waits_grow_and_have_an_end() {
    let minute = Rhythm::ping(Duration::from_secs(3600));
    for (failures, least) in [
        (1, 1),
        (2, 2),
        (3, 4),
        (5, 16),
        (6, 30),
        (7, 30),
        (u32::MAX, 30),
    ] {
        assert_eq!(minute.wait(failures, 0), least * SECOND, "{failures}");
        assert!(
            minute.wait(failures, u64::MAX) < 2 * least * SECOND,
            "{failures}"
        );
    }
    assert_eq!(minute.wait(1, 512), SECOND * 3 / 2);
    assert_eq!(Rhythm::ping(SECOND).wait(9, 0), SECOND);
}

#[test]
fn a_registration_outlives_a_call_that_is_lost() {
    for seconds in 5..=3600 {
        let ttl = Duration::from_secs(seconds);
        let rhythm = Rhythm::registry(ttl);
        let heard = rhythm.period + rhythm.limit() + rhythm.wait(1, 1023);
        assert!(heard < ttl, "{heard:?} {ttl:?}");
    }
    let limit = Rhythm::registry(Duration::from_secs(5)).limit();
    assert_eq!(duration::in_words(limit), "1.25 s");
}

#[cfg(feature = "tracing")]
#[tokio::test(start_paused = true)]
async fn each_turn_is_told_once() {
    use std::fmt::{Debug, Write};

    use tracing::field::{Field, Visit};
    use tracing::subscriber::{set_default, set_global_default};
    use tracing::{Event, Subscriber};
    use tracing_subscriber::layer::{Context, SubscriberExt};
    use tracing_subscriber::{Layer, registry};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<String>>>);

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, " {field}={value:?}").unwrap();
        }
    }

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            if event.metadata().target() == "health_middleware::announce" {
                let mut line = Line(event.metadata().level().to_string());
                event.record(&mut line);
                self.0.lock().unwrap().push(line.0);
            }
        }
    }

    // For other threads, as in the test of systemd's events.
    let _ = set_global_default(registry());
    let lines = Lines::default();
    let _subscriber = set_default(registry().with(lines.clone()));
    let take = || std::mem::take(&mut *lines.0.lock().unwrap());

    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(60.0).await;
    assert_eq!(take(), [r#"INFO message=announced to="test""#]);
    server.always(Does::Refuses);
    pass(300.0).await;
    server.always(Does::Hangs);
    pass(300.0).await;
    let refused = r#"WARN message=cannot be announced to="test" error="refused""#;
    assert_eq!(take(), [refused]);
    server.always(OK);
    pass(70.0).await;
    assert_eq!(take(), [r#"INFO message=announced to="test""#]);
    service.health.drain();
    pass(1.0).await;
    assert_eq!(take(), [r#"INFO message=withdrawn to="test""#]);

    server.always(Does::Refuses);
    let service = Service::consul(&server);
    pass(10.0).await;
    server.always(OK);
    service.health.drain();
    pass(1.0).await;
    // Not that it is announced, in between.
    assert_eq!(take(), [refused, r#"INFO message=withdrawn to="test""#]);

    let service = Service::consul(&server);
    pass(1.0).await;
    server.always(Does::Refuses);
    service.health.drain();
    pass(60.0).await;
    assert_eq!(
        take(),
        [
            r#"INFO message=announced to="test""#,
            refused,
            r#"WARN message=not withdrawn: it runs out by itself to="test""#,
        ]
    );
}
