//! What each server hears of each state.

use super::*;

#[tokio::test(start_paused = true)]
async fn consul_is_told_each_status_in_time_and_the_end_at_once() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(11.0).await;
    assert_eq!(
        server.timed(),
        [
            (0.0, REGISTER),
            (0.0, PASSING),
            (5.0, PASSING),
            (10.0, PASSING)
        ]
        .map(|(at, call)| (at, call.to_owned()))
    );
    service.database.degraded("slow");
    pass(1.0).await;
    service.database.unhealthy("gone");
    pass(1.5).await;
    service.health.maintenance(true);
    pass(6.0).await;
    assert_eq!(
        server.calls(),
        [
            "warning: degraded: database degraded",
            "critical: unhealthy: database failed",
            "critical: in maintenance; unhealthy: database failed",
        ]
    );
    service.health.maintenance(false);
    service.database.healthy();
    pass(0.1).await;
    assert_eq!(server.calls(), [PASSING]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [DEREGISTER]);
    assert!(service.is_withdrawn());
    service.database.unhealthy("gone");
    service.database.healthy();
    pass(3600.0).await;
    assert_eq!(server.calls(), [""; 0], "never again");
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn etcd_has_the_service_while_it_is_ready() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(11.0).await;
    assert_eq!(server.calls(), [GRANT, PUT, KEEP, KEEP]);
    service.database.degraded("slow");
    pass(5.0).await;
    assert_eq!(server.calls(), [KEEP], "degraded is ready");
    service.health.maintenance(true);
    pass(60.0).await;
    assert_eq!(server.calls(), [REVOKE]);
    service.health.maintenance(false);
    pass(1.0).await;
    assert_eq!(server.calls(), [GRANT, PUT]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [REVOKE]);
    assert!(service.is_withdrawn());
    service.health.maintenance(true);
    service.health.maintenance(false);
    pass(3600.0).await;
    assert_eq!(server.calls(), [""; 0], "never again");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_registered_before_it_is_ready_and_nothing_withdrawn() {
    let server = Server::new(OK);
    let guard = StartupGuard::new("migrations");
    let (check, database) = reporter("database");
    database.healthy();
    let health = Health::builder()
        .check(check)
        .startup(&guard)
        .build()
        .unwrap();
    let etcd = Etcd::new("services", &instance(), TTL);
    let service = Service::announce(health, database, etcd, &server, Rhythm::registry(TTL));
    pass(60.0).await;
    service.health.drain();
    pass(1.0).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.is_withdrawn());
    drop(guard);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_start_is_told_at_once() {
    let server = Server::new(OK);
    let guard = StartupGuard::new("migrations");
    let (check, database) = reporter("database");
    database.healthy();
    let health = Health::builder()
        .check(check)
        .startup(&guard)
        .build()
        .unwrap();
    let etcd = Etcd::new("services", &instance(), TTL);
    let _service = Service::announce(health, database, etcd, &server, Rhythm::registry(TTL));
    pass(0.1).await;
    guard.done();
    pass(0.1).await;
    assert_eq!(server.calls(), [GRANT, PUT]);
}

#[tokio::test(start_paused = true)]
async fn a_ping_url_is_kicked_while_live_and_told_of_a_failure_once() {
    let server = Server::new(OK);
    let (worker, beat) = heartbeat("worker", 12 * SECOND);
    let (check, database) = reporter("database");
    let health = Health::builder()
        .check(check)
        .liveness(worker)
        .build()
        .unwrap();
    let ping = Ping::new("/ping", None);
    let service = Service::announce(health, database, ping, &server, Rhythm::ping(TTL / 3));
    pass(11.0).await;
    // Not ready, and live.
    assert_eq!(server.calls(), ["/ping"; 3]);
    pass(60.0).await;
    assert_eq!(server.calls(), [FAILED]);
    beat.beat();
    pass(0.1).await;
    assert_eq!(server.calls(), ["/ping"]);
    // A drain is no failure, and the process lives on.
    service.health.drain();
    pass(10.0).await;
    assert_eq!(server.calls(), ["/ping"; 2]);
    drop(service.health);
    pass(60.0).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_state_that_flaps_is_told_once_a_second_and_the_last_wins() {
    for last in [true, false] {
        let server = Server::new(Does::SaysAfter(Duration::from_millis(30), 200));
        let service = Service::consul(&server);
        pass(0.5).await;
        server.calls();
        // 40 turns a second.
        for turn in 0..400 {
            service.health.maintenance(turn % 2 == 0);
            pass(0.025).await;
        }
        service.health.maintenance(!last);
        pass(1.1).await;
        let calls = server.calls();
        // One for each second, and one for each period where nothing was to be told.
        assert!(calls.len() <= 14, "{calls:?}");
        let expected = if last {
            PASSING
        } else {
            "critical: in maintenance"
        };
        assert_eq!(calls.last().unwrap(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_is_forced_is_announced_like_a_real_one() {
    let server = Server::new(OK);
    let check = Check::from_fn("cache", || async { Ok::<_, BoxError>(()) });
    let (_, database) = reporter("unused");
    let health = Health::builder().check(check).build().unwrap();
    health
        .subscribe()
        .wait_for(|report| report.ready().is_healthy())
        .await;
    let etcd = Etcd::new("services", &instance(), TTL);
    let service = Service::announce(health, database, etcd, &server, Rhythm::registry(TTL));
    pass(1.0).await;
    let fault = service.health.force("cache", Fault::Down).unwrap();
    pass(1.0).await;
    drop(fault);
    pass(1.5).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE, GRANT, PUT]);
}
