//! Instances that ask to be checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use libtest_mimic::Trial;

use super::super::plain;
use super::{body, discovered};
use crate::client::Client;
use crate::home::Home;
use crate::lines::until;
use crate::stream::Stream;

const LOOPBACK: &str = "[registry]\ncheck_networks = [\"127.0.0.0/8\"]";

pub(super) fn trials() -> Vec<Trial> {
    plain(&[
        ("checks: pass, fail, pass, and after a kill", pass_and_fail),
        ("checks: nobody is asked whom nobody may ask", refused),
        ("checks: those that hang hold up nobody", hang),
        ("checks: no more than can be asked in time", so_many),
    ])
}

/// A service that answers as it is told, and counts.
struct Service {
    address: SocketAddr,
    is_good: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let is_good = Arc::new(AtomicBool::new(true));
        let asked = Arc::new(AtomicUsize::new(0));
        let (good, count) = (Arc::clone(&is_good), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut head = [0; 1024];
                let _ = stream.read(&mut head);
                count.fetch_add(1, Ordering::SeqCst);
                let status = if good.load(Ordering::SeqCst) {
                    "200 OK\r\nContent-Length: 0\r\n"
                } else {
                    // Followed, it would lead to one that is good.
                    "302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n"
                };
                let _ = write!(stream, "HTTP/1.1 {status}Connection: close\r\n\r\n");
            }
        });
        Self {
            address,
            is_good,
            asked,
        }
    }

    fn body(&self, id: &str, check: &str) -> String {
        let port = self.address.port();
        let more = format!(r#","address":"127.0.0.1","port":{port},"check":{check}"#);
        body("api", id, &more)
    }
}

fn register(client: &mut Client, body: &str) -> u16 {
    client.ask("POST", "/register", &[], body.as_bytes()).status
}

fn pass_and_fail() {
    let home = Home::new(LOOPBACK);
    let server = home.start();
    let mut client = server.client();
    let service = Service::start();
    let check =
        r#"{"target":"http:///health","every":"1s","failures":2},"ttl":"3s","remove_after":"30s""#;
    assert_eq!(register(&mut client, &service.body("1", check)), 201);
    let mut stream = Stream::open(server.address, "/watch?name=api", None);
    stream.snapshot();
    // So long that it would be silent without.
    until("it is asked", || service.asked.load(Ordering::SeqCst) >= 5);
    assert_eq!(discovered(&mut client, "api"), ["1"]);
    service.is_good.store(false, Ordering::SeqCst);
    assert_eq!(stream.expect().said(), ("health_change", "1", "unhealthy"));
    server.err.wait("down: registry/api/1: ");
    assert!(server.err.count("302") > 0, "{:#?}", server.err.all());
    // Its own beats do not make it healthy.
    assert_eq!(client.get("/heartbeat?name=api&id=1").status, 200);
    assert_eq!(client.get("/discover?name=api").status, 404);
    service.is_good.store(true, Ordering::SeqCst);
    assert_eq!(stream.expect().said(), ("health_change", "1", "healthy"));

    server.kill();
    let server = home.start();
    let before = service.asked.load(Ordering::SeqCst);
    until("it is asked again", || {
        service.asked.load(Ordering::SeqCst) >= before + 2
    });
    assert_eq!(discovered(&mut server.client(), "api"), ["1"]);
    let silent = server.err.count("down: ");
    assert_eq!(silent, 0, "it was asked only when it was down");
    // What was kept counts only as long as it is allowed.
    drop(server);
    home.configure("");
    let server = home.start();
    let asked = service.asked.load(Ordering::SeqCst);
    server
        .err
        .wait("down: registry/api/1: no kick has come in time");
    assert_eq!(service.asked.load(Ordering::SeqCst), asked);
}

fn refused() {
    let home = Home::new("");
    let service = Service::start();
    let server = home.start();
    let mut client = server.client();
    let body = service.body("1", "\"tcp://\"");
    let reply = client.ask("POST", "/register", &[], body.as_bytes());
    assert!(
        reply.status == 400 && reply.body.contains("check_networks"),
        "{reply:?}"
    );
    drop(server);
    home.configure(LOOPBACK);
    let server = home.start();
    let mut client = server.client();
    for check in [
        "\"http://127.0.0.2/\"",
        "\"http://localhost/\"",
        "\"unix:/run/a.sock\"",
    ] {
        assert_eq!(
            register(&mut client, &service.body("1", check)),
            400,
            "{check}"
        );
    }
    // Of one that is no more nothing is asked.
    let check = r#"{"target":"tcp://","every":"1s","timeout":"500ms"}"#;
    assert_eq!(register(&mut client, &service.body("1", check)), 201);
    until("it is asked", || service.asked.load(Ordering::SeqCst) >= 1);
    assert_eq!(client.get("/deregister?name=api&id=1").status, 200);
    assert_eq!(register(&mut client, &service.body("2", check)), 201);
    let asked = service.asked.load(Ordering::SeqCst);
    until("the other is asked", || {
        service.asked.load(Ordering::SeqCst) >= asked + 2
    });
    assert_eq!(discovered(&mut client, "api"), ["2"]);
}

fn hang() {
    let home = Home::new(LOOPBACK);
    let mut server = home.start();
    let mut client = server.client();
    // It takes connections, and answers nobody.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    for id in 0..60 {
        let check = r#"{"target":"http:///","every":"2s","timeout":"2s","failures":100}"#;
        let more = format!(r#","address":"127.0.0.1","port":{port},"check":{check}"#);
        assert_eq!(
            register(&mut client, &body("mute", &id.to_string(), &more)),
            201
        );
    }
    let service = Service::start();
    let check = r#"{"target":"http:///","every":"1s","failures":1},"ttl":"4s""#;
    assert_eq!(register(&mut client, &service.body("1", check)), 201);
    until("it is asked", || service.asked.load(Ordering::SeqCst) >= 5);
    assert_eq!(discovered(&mut client, "api"), ["1"]);
    assert_eq!(server.err.count("down: registry/api"), 0);
    let begun = std::time::Instant::now();
    server.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(server.end(), 0);
    assert!(begun.elapsed().as_millis() < 1_500, "{:?}", begun.elapsed());
}

fn so_many() {
    let home = Home::new(LOOPBACK);
    let server = home.start();
    let mut client = server.client();
    let service = Service::start();
    let whole = r#"{"target":"tcp://","every":"5s","timeout":"5s"}"#;
    for id in 0..64 {
        let body = service.body(&id.to_string(), whole);
        assert_eq!(register(&mut client, &body), 201, "{id}");
    }
    let reply = client.ask(
        "POST",
        "/register",
        &[],
        service.body("x", whole).as_bytes(),
    );
    assert_eq!(
        reply.said(),
        (
            429,
            "too many checks: let it be checked less often, or with a shorter timeout\n"
        )
    );
    assert_eq!(
        register(&mut client, &service.body("0", whole)),
        201,
        "it has a place"
    );
    assert_eq!(
        register(&mut client, &body("api", "x", "")),
        201,
        "without one"
    );
    assert_eq!(client.get("/deregister?name=api&id=0").status, 200);
    until("its place is free", || {
        register(&mut client, &service.body("x", whole)) == 201
    });
    // Those that were registered are asked after a start, too, and take their places.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    until("they have taken their places", || {
        register(&mut client, &service.body("y", whole)) == 429
    });
}
