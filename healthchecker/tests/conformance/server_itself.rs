//! The scripted server does what its scripts say.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

use crate::server::{Server, Step};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("server: sends and closes", sends_and_closes),
        Trial::test("server: records requests", records_requests),
        Trial::test("server: drips", drips),
        Trial::test("server: resets", resets),
        Trial::test("server: holds until the client leaves", holds),
        Trial::test("server: never tires of sending", endless),
        Trial::test("server: floods for a while", floods),
    ]
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(("127.0.0.1", server.port())).expect("the server listens")
}

fn sends_and_closes() -> Result<(), Failed> {
    let server = Server::start(vec![
        Step::Send(b"one ".to_vec()),
        Step::Send(b"two".to_vec()),
    ]);
    let mut text = String::new();
    connect(&server).read_to_string(&mut text)?;
    assert_eq!(text, "one two");
    assert_eq!(server.connections(), 1);
    Ok(())
}

fn records_requests() -> Result<(), Failed> {
    let server = Server::start(vec![Step::Request, Step::Send(b"x".to_vec())]);
    let mut client = connect(&server);
    client.write_all(b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody")?;
    client.read_exact(&mut [0])?;
    assert_eq!(server.requests(), ["GET / HTTP/1.1\r\nA: b\r\n\r\n"]);
    Ok(())
}

fn drips() -> Result<(), Failed> {
    let server = Server::start(vec![Step::Drip(
        b"12345".to_vec(),
        Duration::from_millis(20),
    )]);
    let start = Instant::now();
    let mut client = connect(&server);
    let mut reads = 0;
    while client.read(&mut [0; 100])? != 0 {
        reads += 1;
    }
    assert!(
        reads > 1 && start.elapsed() >= Duration::from_millis(100),
        "{reads} reads"
    );
    Ok(())
}

fn resets() -> Result<(), Failed> {
    let server = Server::start(vec![Step::Request, Step::Reset]);
    let mut client = connect(&server);
    client.write_all(b"\r\n\r\n")?;
    let error = client.read(&mut [0]).expect_err("a reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    Ok(())
}

fn holds() -> Result<(), Failed> {
    let server = Server::start(vec![Step::Hold]);
    let mut client = connect(&server);
    client.set_read_timeout(Some(Duration::from_millis(50)))?;
    assert!(client.read(&mut [0]).is_err());
    drop(client);
    drop(server);
    Ok(())
}

fn endless() -> Result<(), Failed> {
    let server = Server::start(vec![Step::Endless(b"ab".to_vec())]);
    let mut client = connect(&server);
    let mut bytes = vec![0; 1_000_000];
    client.read_exact(&mut bytes)?;
    assert!(bytes.chunks(2).all(|pair| pair == b"ab"));
    Ok(())
}

fn floods() -> Result<(), Failed> {
    let lasting = Duration::from_millis(50);
    let server = Server::start(vec![
        Step::Flood(b"ab".to_vec(), lasting),
        Step::Send(b"end".to_vec()),
    ]);
    let start = Instant::now();
    let mut bytes = Vec::new();
    connect(&server).read_to_end(&mut bytes)?;
    assert!(start.elapsed() >= lasting, "{:?}", start.elapsed());
    assert!(bytes.len() > 16_384 && bytes.ends_with(b"abend"));
    Ok(())
}
