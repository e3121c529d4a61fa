//! What the registry of `watchdog serve` hears, and whatever it may do.

use super::*;

const REGISTER: &str = "/register";
const BEAT: &str = "/heartbeat?name=a&id=one";
const DRAIN: &str = "/drain?name=a&id=one";
const DEREGISTER: &str = "/deregister?name=a&id=one";
/// To a registration. A beat takes it, too.
const CREATED: Does = Does::Says(201, "{}");

fn at<const N: usize>(calls: [(f64, &str); N]) -> Vec<(f64, String)> {
    calls.map(|(at, call)| (at, call.to_owned())).into()
}

#[tokio::test(start_paused = true)]
async fn the_service_is_there_while_it_is_ready() {
    let server = Server::new(CREATED);
    let service = Service::watchdog(&server);
    pass(11.0).await;
    let expected = [(0.0, REGISTER), (5.0, BEAT), (10.0, BEAT)];
    assert_eq!(server.timed(), at(expected));
    service.database.degraded("slow");
    pass(5.0).await;
    assert_eq!(server.calls(), [BEAT], "degraded is ready");
    service.database.unhealthy("gone");
    pass(0.1).await;
    assert_eq!(server.calls(), [DRAIN, BEAT], "at once");
    pass(10.0).await;
    assert_eq!(server.calls(), [BEAT; 2], "it lives");
    service.database.healthy();
    pass(0.1).await;
    assert_eq!(server.calls(), [REGISTER], "at once");
    pass(5.0).await;
    assert_eq!(server.calls(), [BEAT]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [DEREGISTER]);
    assert!(service.is_withdrawn());
    service.health.maintenance(true);
    service.health.maintenance(false);
    pass(3600.0).await;
    assert_eq!(server.calls(), [""; 0], "never again");
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_of_a_service_that_never_was_ready() {
    let server = Server::new(CREATED);
    let (check, database) = reporter("database");
    let health = Health::builder().check(check).build().unwrap();
    let watchdog = Watchdog::new("", &instance(), TTL);
    let service = Service::announce(health, database, watchdog, &server, Rhythm::registry(TTL));
    pass(60.0).await;
    service.health.drain();
    pass(1.0).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.is_withdrawn());
}

/// Restarted with an empty store, or the instance struck off.
#[tokio::test(start_paused = true)]
async fn a_registry_that_has_forgotten_is_told_anew() {
    let server = Server::new(CREATED);
    let service = Service::watchdog(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Says(404, "service not found: a/one\n")]);
    pass(6.1).await;
    assert_eq!(server.calls(), [BEAT, REGISTER]);
    // It was away for a while before that.
    server.always(Does::Refuses);
    pass(60.0).await;
    server.calls();
    server.script([Does::Says(404, "")]);
    server.always(CREATED);
    pass(10.1).await;
    assert_eq!(server.calls()[..2], [BEAT, REGISTER]);
    drop(service);
}

/// The guide's own has no drain; one that has forgotten a service that is not ready
/// does not get it back.
#[tokio::test(start_paused = true)]
async fn what_is_not_there_while_it_is_not_ready_comes_back_when_it_is() {
    let server = Server::new(CREATED);
    let service = Service::watchdog(&server);
    pass(1.0).await;
    server.script([Does::Says(404, "404 page not found\n")]);
    service.health.maintenance(true);
    pass(60.0).await;
    assert_eq!(server.calls(), [REGISTER, DRAIN, DEREGISTER]);
    service.health.maintenance(false);
    pass(1.1).await;
    service.health.maintenance(true);
    pass(1.1).await;
    assert_eq!(server.calls(), [REGISTER, DRAIN, BEAT]);
    server.script([Does::Says(404, "service not found: a/one\n")]);
    pass(60.0).await;
    assert_eq!(server.calls(), [BEAT, DEREGISTER]);
    service.health.maintenance(false);
    pass(1.1).await;
    assert_eq!(server.calls(), [REGISTER]);
}

/// At first 1 to 2 s, then a third of the time to live at most.
#[tokio::test(start_paused = true)]
async fn whatever_a_registry_does_is_asked_ever_more_slowly() {
    for does in [
        Does::Hangs,
        Does::Refuses,
        Does::Says(404, "404 page not found\n"),
        Does::Says(500, "{}"),
        Does::Says(200, "<html>welcome</html>"),
        Does::Says(301, ""),
    ] {
        let server = Server::new(does.clone());
        let service = Service::watchdog(&server);
        pass(600.0).await;
        let calls = server.calls();
        assert!(calls.iter().all(|call| call == REGISTER), "{calls:?}");
        assert!((65..245).contains(&calls.len()), "{does:?} {}", calls.len());
        // It is back.
        server.always(CREATED);
        pass(9.0).await;
        assert_eq!(server.calls()[0], REGISTER, "{does:?}");
        service.health.drain();
        pass(4.0).await;
        assert_eq!(server.calls().pop().unwrap(), DEREGISTER, "{does:?}");
        assert!(service.is_withdrawn(), "{does:?}");
    }
}

/// It takes registrations, and knows no beat: two calls a period, not a storm.
#[tokio::test(start_paused = true)]
async fn a_registry_that_forgets_for_ever_is_no_storm() {
    let server = Server::new(CREATED);
    for _ in 0..200 {
        server.script([CREATED, Does::Says(404, "")]);
    }
    let service = Service::watchdog(&server);
    pass(600.0).await;
    let calls = server.calls();
    assert!((170..=202).contains(&calls.len()), "{}", calls.len());
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_beat_that_is_lost_comes_again_in_time() {
    let server = Server::new(CREATED);
    let service = Service::watchdog(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Hangs]);
    pass(13.0).await;
    // At 5 s, cut off at 8.75 s, and again before the 15 s of the first are over.
    let times = server.timed();
    assert_eq!(times[0], (5.0, BEAT.to_owned()));
    assert!((9.75..10.76).contains(&times[1].0), "{times:?}");
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_drain_while_a_registration_is_under_way_leaves_nothing() {
    // It is answered meanwhile.
    let server = Server::new(CREATED);
    server.script([Does::SaysAfter(SECOND / 2, 201)]);
    let service = Service::watchdog(&server);
    pass(0.1).await;
    service.health.drain();
    pass(0.5).await;
    let expected = [(0.0, REGISTER), (0.5, DEREGISTER)];
    assert_eq!(server.timed(), at(expected));
    assert!(service.is_withdrawn());

    // It hangs, and may be heard later than the withdrawal that comes after a second.
    for first in [200, 404] {
        let server = Server::new(CREATED);
        server.script([Does::Hangs, Does::Says(first, "")]);
        let service = Service::watchdog(&server);
        pass(0.5).await;
        service.health.drain();
        pass(1.1).await;
        let expected = [(0.0, REGISTER), (1.5, DEREGISTER)];
        assert_eq!(server.timed(), at(expected));
        assert!(!service.is_withdrawn());
        pass(2.1).await;
        let (again, call) = server.timed().remove(0);
        assert_eq!(call, DEREGISTER);
        assert!((2.5..3.6).contains(&again), "{again}");
        assert!(service.is_withdrawn());
    }

    // It was cut off long before, and the service is not ready any more.
    let server = Server::new(CREATED);
    server.script([Does::Hangs]);
    let service = Service::watchdog(&server);
    pass(0.5).await;
    service.health.maintenance(true);
    pass(10.0).await;
    assert_eq!(server.calls(), [REGISTER, DEREGISTER, DEREGISTER]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.is_withdrawn());
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_is_tried_until_the_registration_has_run_out() {
    let server = Server::new(CREATED);
    let service = Service::watchdog(&server);
    pass(1.0).await;
    server.calls();
    server.always(Does::Says(500, ""));
    service.health.drain();
    pass(4.1).await;
    let calls = server.calls();
    assert!((2..=4).contains(&calls.len()), "{calls:?}");
    assert!(calls.iter().all(|call| call == DEREGISTER), "{calls:?}");
    pass(14.0).await;
    assert!(service.task.is_finished());
    assert!(!service.is_withdrawn());
}
