//! https://, with a certificate that the user trusts.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::program::{Program, TOKEN};
use crate::server::{BOUND, request};

/// A server with a certificate: its URL, the certificate, and what it is asked.
fn server() -> (String, String, Receiver<String>) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("they belong together");
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
    let port = listener.local_addr().expect("it is bound").port();
    let (sender, asked) = channel();
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            stream.set_read_timeout(Some(BOUND)).expect("a socket");
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            // A client that does not trust it is heard no more.
            if let Some(request) = request(&mut stream) {
                let _ = sender.send(request);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (format!("https://127.0.0.1:{port}"), cert.pem(), asked)
}

#[test]
fn the_token_goes_to_whom_is_trusted() {
    let (url, pem, asked) = server();
    let program = Program::wd(&["retire", "dc", "--cacert", "ca"]).env("WD_ENDPOINTS", &url);
    program.directory.write("ca", &pem);
    program.says("");
    let bearer = format!("\r\nauthorization: Bearer {TOKEN}\r\n");
    assert!(
        asked
            .recv_timeout(BOUND)
            .expect("a request")
            .contains(&bearer)
    );

    let program = Program::wd(&["retire", "dc"])
        .env("WD_ENDPOINTS", &url)
        .env("WD_CA", "ca");
    program.directory.write("ca", &pem);
    program.says("");
    assert!(
        asked
            .recv_timeout(BOUND)
            .expect("a request")
            .contains(&bearer)
    );
}

#[test]
fn nothing_goes_to_whom_is_not() {
    let (url, _, asked) = server();
    let (_, other, _) = server();
    let program = Program::wd(&["retire", "dc"]).env("WD_ENDPOINTS", &url);
    let err = program.refuses(&format!("wd: {url}: "));
    assert!(err.contains("certificate"), "{err}");
    let program = Program::wd(&["retire", "dc", "--cacert", "ca"]).env("WD_ENDPOINTS", &url);
    program.directory.write("ca", other);
    program.refuses(&format!("wd: {url}: "));
    assert!(asked.try_recv().is_err());
}
