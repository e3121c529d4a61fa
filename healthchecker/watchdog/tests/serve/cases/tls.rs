//! The same over TLS, and with another certificate when its file is replaced.

use std::fs;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use libtest_mimic::Trial;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::plain;
use crate::client::read;
use crate::home::{Home, Server, refused, run};
use crate::lines::until;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        (
            "tls: asked, and with another certificate",
            asked_and_replaced,
        ),
        ("tls: what is no certificate", no_certificate),
        (
            "tls: whoever speaks none holds nobody up",
            whoever_speaks_none,
        ),
    ])
}

/// A new certificate in its files, and itself.
fn certify(home: &Home) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    for (name, text) in [
        ("key.pem", signing_key.serialize_pem()),
        ("chain.pem", cert.pem()),
    ] {
        // At once, as certbot and kubelet do it.
        let new = home.file("new.pem");
        fs::write(&new, text).unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).unwrap();
        fs::rename(new, home.file(name)).unwrap();
    }
    cert.der().clone()
}

fn configure(home: &Home) {
    let (chain, key) = (home.text("chain.pem"), home.text("key.pem"));
    home.configure(&format!(
        "[[listen]]\ntls = {{ certificate = \"{chain}\", key = \"{key}\" }}\n"
    ));
}

/// A beat over TLS, trusting this certificate alone.
fn beat(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(crate::lines::BOUND))?;
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(b"GET /?id=a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    Ok(read(&mut BufReader::new(stream), false)?.status)
}

fn start() -> (Home, Server, CertificateDer<'static>) {
    let home = Home::new("");
    let first = certify(&home);
    configure(&home);
    let server = home.start();
    server.err.wait("serving: https://");
    (home, server, first)
}

fn asked_and_replaced() {
    let (home, server, first) = start();
    assert_eq!(beat(server.address, &first).unwrap(), 200);
    let second = certify(&home);
    until("the new one is shown", || {
        beat(server.address, &second).is_ok()
    });
    assert!(beat(server.address, &first).is_err());
    // One that is of no use leaves the last one in use.
    fs::write(home.file("chain.pem"), "no certificate").unwrap();
    server.err.wait("listener: ");
    assert_eq!(beat(server.address, &second).unwrap(), 200);
    server.term();
}

fn no_certificate() {
    let home = Home::new("");
    configure(&home);
    let words = home.words();
    let file = home.text("watchdog.toml");
    // Whoever checks a configuration hears what the server would say.
    let refused_by_both = |culprit: &str| {
        let said = refused(&run(words.iter().map(String::as_str)));
        assert!(said.contains(culprit), "{said}");
        let checked = refused(&run(["check-config", &file]));
        assert!(checked.contains(culprit), "{checked}");
    };
    refused_by_both(".pem");
    certify(&home);
    assert_eq!(run(["check-config", &file]).status.code(), Some(0));
    fs::write(home.file("key.pem"), "no key").unwrap();
    refused_by_both("key.pem");
}

fn whoever_speaks_none() {
    let (_home, server, first) = start();
    let mut others = Vec::new();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01", b""] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(bytes).unwrap();
            others.push(stream);
        }
    }
    assert_eq!(beat(server.address, &first).unwrap(), 200);
    drop(others);
    server.term();
}
