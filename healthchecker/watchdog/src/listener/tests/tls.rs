use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{CertifiedKey, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

/// Two files, removed with it.
struct Files(PathBuf);

type Pair = CertifiedKey<KeyPair>;

impl Files {
    fn new(name: &str, pair: &Pair) -> Self {
        let directory = std::env::temp_dir().join(format!("wd-tls-{}-{name}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let files = Self(directory);
        files.certificate(&pair.cert.pem());
        files.key(&pair.signing_key.serialize_pem());
        files
    }

    fn certificate(&self, text: &str) {
        replace(&self.0.join("chain.pem"), text);
    }

    fn key(&self, text: &str) {
        replace(&self.0.join("key.pem"), text);
    }

    fn config(&self) -> String {
        let directory = self.0.display();
        format!(
            "[[listen]]\naddress = \"127.0.0.1:0\"\n\
             tls = {{ certificate = \"{directory}/chain.pem\", key = \"{directory}/key.pem\" }}"
        )
    }

    fn refused(&self) -> String {
        let config = Config::parse(&self.config()).unwrap();
        let error = Bound::bind(&config.listeners).unwrap_err();
        assert!(error.is_tls());
        error.to_string().replace(&*self.0.to_string_lossy(), "")
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// As tools that renew do it: another file of the same name.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&new, file).unwrap();
}

fn pair() -> Pair {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

async fn connect(served: &Served, trusted: &[&Pair]) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for pair in trusted {
        roots.add(pair.cert.der().clone()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let stream = served.connect().await;
    soon(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

/// The certificate that a new connection is shown, having been answered.
async fn shown(served: &Served, trusted: &[&Pair]) -> CertificateDer<'static> {
    let mut stream = connect(served, trusted).await.unwrap();
    let (_, session) = stream.get_ref();
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
    let shown = session.peer_certificates().unwrap()[0].clone();
    let request = b"GET /peer HTTP/1.1\r\nhost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    up_to(&mut stream, "\r\n\r\n0 true").await;
    shown
}

#[tokio::test]
async fn a_changed_pair_is_shown_and_one_that_does_not_fit_is_not() {
    let (old, new) = (pair(), pair());
    let files = Files::new("exchange", &old);
    let served = Served::with(&files.config(), Limits::default());
    let both = [&old, &new];
    assert_eq!(shown(&served, &both).await, *old.cert.der());
    assert_eq!(served.notices(), []);

    // Its key has not come yet.
    files.certificate(&new.cert.pem());
    soon(async {
        while served.notices().is_empty() {
            assert_eq!(shown(&served, &both).await, *old.cert.der());
        }
    })
    .await;
    let [Notice::CertificateKept { cause }] = &served.notices()[..] else {
        panic!("{:?}", served.notices());
    };
    assert!(cause.contains("key.pem is not the key of"), "{cause}");

    files.key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    // Two looks at least.
    let looked_at = std::time::Instant::now() + Duration::from_secs(2);
    soon(async {
        while std::time::Instant::now() < looked_at {
            assert_eq!(shown(&served, &both).await, *old.cert.der());
        }
    })
    .await;
    assert_eq!(served.notices().len(), 1, "{:?}", served.notices());

    files.key(&new.signing_key.serialize_pem());
    let start = std::time::Instant::now();
    soon(async { while shown(&served, &both).await != *new.cert.der() {} }).await;
    // A second between two looks, and what a slow machine takes.
    assert!(start.elapsed() < Duration::from_secs(5));
    let certificate = files.0.join("chain.pem");
    assert_eq!(
        served.notices()[1..],
        [Notice::CertificateReplaced { certificate }]
    );
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_does_not_start() {
    let (good, other) = (pair(), pair());
    let files = Files::new("start", &good);
    files.key(&other.signing_key.serialize_pem());
    let refused = files.refused();
    assert!(
        refused.contains(
            "/key.pem is not the key of the first certificate in /chain.pem: name the two"
        )
    );
    files.key("hello");
    let refused = files.refused();
    assert!(
        refused.contains("/key.pem holds no key: `key` names"),
        "{refused}"
    );
    files.key("-----BEGIN PRIVATE KEY-----\n");
    assert!(files.refused().contains("/key.pem is no PEM"));
    files.certificate(&good.signing_key.serialize_pem());
    let refused = files.refused();
    assert!(
        refused.contains("/chain.pem holds no certificate: `certificate` names"),
        "{refused}"
    );
    files.certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    files.key(&good.signing_key.serialize_pem());
    let refused = files.refused();
    assert!(
        refused.contains("first certificate in /chain.pem cannot be used"),
        "{refused}"
    );
    fs::remove_file(files.0.join("chain.pem")).unwrap();
    assert!(
        files
            .refused()
            .contains("/chain.pem cannot be read (No such file")
    );
    fs::create_dir(files.0.join("chain.pem")).unwrap();
    assert!(files.refused().contains("it is no file"));
}

#[tokio::test]
async fn a_key_for_everybody_is_told() {
    let pair = pair();
    let files = Files::new("exposed", &pair);
    let key = files.0.join("key.pem");
    for (mode, notices) in [
        (0o640, vec![]),
        (0o604, vec![Notice::KeyExposed { key: key.clone() }]),
    ] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let served = Served::with(&files.config(), Limits::default());
        shown(&served, &[&pair]).await;
        assert_eq!(served.notices(), notices);
    }
}

#[tokio::test]
async fn a_handshake_that_stops_is_closed() {
    let files = Files::new("handshake", &pair());
    let mut served = Served::with(
        &files.config(),
        Limits {
            handshake: Duration::from_millis(200),
            ..Limits::default()
        },
    );
    let start = std::time::Instant::now();
    let mut stream = served.connect().await;
    send(&mut stream, "\x16\x03\x01\x01").await;
    assert_eq!(rest(&mut stream).await, "");
    assert!(start.elapsed() >= Duration::from_millis(200));
    served.open(0).await;
    served.stop();
    assert_eq!(served.done().await, 0);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_handshakes() {
    let files = Files::new("stop", &pair());
    let mut served = Served::with(
        &files.config(),
        Limits {
            handshake: 2 * PATIENCE,
            drain: 2 * PATIENCE,
            ..Limits::default()
        },
    );
    let mut stream = served.connect().await;
    served.open(1).await;
    served.stop();
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(served.done().await, 0);
}

#[tokio::test]
async fn tls_and_plain_do_not_mix() {
    let pair = pair();
    let files = Files::new("mix", &pair);
    let served = Served::with(&files.config(), Limits::default());
    let mut plain = served.connect().await;
    send(&mut plain, HELLO).await;
    let mut alert = Vec::new();
    soon(plain.read_to_end(&mut alert)).await.unwrap();
    // An alert (21) and nothing of HTTP.
    assert_eq!(alert.first(), Some(&21), "{alert:?}");
    shown(&served, &[&pair]).await;

    let served = Served::new(Limits::default());
    let error = connect(&served, &[&pair]).await.unwrap_err();
    assert!(error.to_string().contains("message"), "{error}");
    hello(&mut served.connect().await).await;
}

#[tokio::test]
async fn a_stopped_server_says_that_a_stream_is_whole() {
    let pair = pair();
    let files = Files::new("whole", &pair);
    let mut served = Served::with(&files.config(), Limits::default());
    let mut stream = connect(&served, &[&pair]).await.unwrap();
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    up_to(&mut stream, "\r\n\r\n/").await;
    served.stop();
    // Without close_notify this were an error.
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(served.done().await, 0);
}
