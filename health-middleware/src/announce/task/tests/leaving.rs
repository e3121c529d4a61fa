//! The withdrawal, at the drain and at the end.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_end_of_the_engine_is_an_end() {
    for (service, server, last) in [
        {
            let server = Server::new(OK);
            (Service::consul(&server), server, DEREGISTER)
        },
        {
            let server = Server::new(OK);
            (Service::etcd(&server), server, REVOKE)
        },
    ] {
        pass(1.0).await;
        server.calls();
        let mut inside = service.inside.clone();
        drop(service.health);
        drop(service.database);
        timeout(SECOND, inside.wait_for(|inside| *inside == 0))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(server.calls(), [last]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_a_call_under_way_for_a_second_and_comes_after_it() {
    // The call is answered meanwhile: the withdrawal follows it at once.
    let server = Server::new(OK);
    server.script([Does::SaysAfter(SECOND / 2, 200)]);
    let service = Service::consul(&server);
    pass(0.1).await;
    service.health.drain();
    pass(0.5).await;
    let expected = [(0.0, REGISTER), (0.5, DEREGISTER)];
    assert_eq!(
        server.timed(),
        expected.map(|(at, call)| (at, call.to_owned()))
    );
    assert!(service.is_withdrawn());

    // It hangs: the withdrawal waits for a second, and not for its limit.
    let server = Server::new(OK);
    server.script([Does::Hangs]);
    let service = Service::consul(&server);
    pass(0.5).await;
    service.health.drain();
    pass(1.1).await;
    let expected = [(0.0, REGISTER), (1.5, DEREGISTER)];
    assert_eq!(
        server.timed(),
        expected.map(|(at, call)| (at, call.to_owned()))
    );
    assert!(service.is_withdrawn());

    // The engine ends meanwhile.
    let server = Server::new(OK);
    server.script([OK, Does::Hangs]);
    let service = Service::etcd(&server);
    pass(0.5).await;
    drop((service.health, service.database));
    pass(1.1).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_does_not_wait_for_the_end_of_a_pause() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    server.always(Does::Refuses);
    pass(60.0).await;
    server.calls();
    server.always(OK);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [REVOKE]);
    // Nor for its turn, after a change just before.
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    service.health.maintenance(true);
    service.health.maintenance(false);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE]);
    assert!(service.is_withdrawn());
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_is_tried_until_the_registration_has_run_out() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.always(Does::Refuses);
    service.health.drain();
    pass(4.1).await;
    let calls = server.calls();
    assert!((2..=4).contains(&calls.len()), "{calls:?}");
    assert!(calls.iter().all(|call| call == DEREGISTER), "{calls:?}");
    pass(14.0).await;
    assert!(service.task.is_finished());
    assert!(!service.is_withdrawn());

    // It is heard in the end.
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.script([Does::Refuses, Does::Hangs]);
    service.health.drain();
    pass(14.0).await;
    assert!(service.is_withdrawn());
}

#[tokio::test(start_paused = true)]
async fn an_outage_before_it_does_not_slow_a_withdrawal() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.always(Does::Refuses);
    pass(600.0).await;
    server.calls();
    service.health.drain();
    pass(7.0).await;
    let calls = server.calls();
    assert!(calls.len() >= 3, "{calls:?}");
}
