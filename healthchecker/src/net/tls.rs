//! TLS upon a connected stream, with the trust that the user gave.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    StreamOwned,
};

use super::channel::Channel;
use super::stream::Stream;
use crate::file::{self, FileError};
use crate::message;
use crate::verdict::{Cause, Failure, Phase};

/// Where distributions keep the certificates that they trust.
const SYSTEM_BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Bytes that a file of certificates may have: a distribution's bundle has a quarter of a million.
const MAX_FILE: usize = 4 * 1024 * 1024;

/// Whom to trust, under which name, and what to show.
#[derive(Clone, Debug)]
pub(crate) struct TlsOptions {
    pub(crate) trust: Trust,
    pub(crate) identity: Option<Identity>,
    /// The URL's host otherwise.
    pub(crate) server_name: Option<ServerName<'static>>,
}

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub(crate) enum Trust {
    /// Those that lead to one of the distribution's.
    System,
    /// Those that lead to one in a file.
    File(PathBuf),
    /// Any.
    Anyone,
}

/// The certificate to show to a server that asks for one.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) cert: PathBuf,
    /// Its private key: in the certificate's own file otherwise.
    pub(crate) key: Option<PathBuf>,
}

/// Shakes hands. `host` is the URL's host, for want of a server name; `protocol` what ALPN asks for.
pub(crate) fn handshake(
    mut stream: Stream,
    options: &TlsOptions,
    host: &str,
    protocol: &[u8],
) -> Result<Channel, Failure> {
    let failed = |what: String| Failure::new(Cause::Tls, what);
    let name = match &options.server_name {
        Some(name) => name.clone(),
        None => {
            let host = host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'))
                .unwrap_or(host);
            ServerName::try_from(host.to_owned()).map_err(|_| {
                failed(format!(
                    "\"{}\" cannot be a certificate's name",
                    message::escaped(host.as_bytes(), 200)
                ))
            })?
        }
    };
    let config = Arc::new(config(options, protocol)?);
    stream.send_at_once();
    let deadline = stream.deadline();
    let mut connection =
        ClientConnection::new(config, name).map_err(|error| failed(format!("TLS: {error}")))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| {
            match error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<Error>())
            {
                Some(error) => failed(format!(
                    "TLS: {}",
                    message::escaped(error.to_string().as_bytes(), 500)
                )),
                None => deadline.failure(&error, Phase::Handshaking),
            }
        })?;
    }
    Ok(Channel::Tls(Box::new(StreamOwned::new(connection, stream))))
}

fn config(options: &TlsOptions, protocol: &[u8]) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(Cause::Tls, format!("TLS: {error}")))?;
    let builder = match &options.trust {
        Trust::Anyone => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))),
        Trust::File(file) => builder.with_root_certificates(roots(Some(file))?),
        Trust::System => builder.with_root_certificates(roots(None)?),
    };
    let mut config = match &options.identity {
        None => builder.with_no_client_auth(),
        Some(Identity { cert, key }) => {
            let (what, file) = match key {
                Some(key) => ("--key", key),
                None => ("--cert", cert),
            };
            builder
                .with_client_auth_cert(certificates("--cert", cert)?, private_key(what, file)?)
                .map_err(|error| match error {
                    Error::InconsistentKeys(_) => unusable(
                        what,
                        file,
                        &"not the key of the first certificate in --cert",
                    ),
                    error => unusable(what, file, &error),
                })?
        }
    };
    config.alpn_protocols.push(protocol.to_vec());
    Ok(config)
}

fn roots(cacert: Option<&Path>) -> Result<RootCertStore, Failure> {
    let system = || {
        SYSTEM_BUNDLES
            .iter()
            .map(Path::new)
            .find(|path| path.exists())
    };
    let Some(file) = cacert.or_else(system) else {
        let what = "no trusted certificates on this system: give --cacert FILE";
        return Err(Failure::new(Cause::Tls, what));
    };
    let what = cacert.map_or("the system's certificates", |_| "--cacert");
    let mut roots = RootCertStore::empty();
    for certificate in certificates(what, file)? {
        match roots.add(certificate) {
            Ok(()) => {}
            // A system's bundle may hold what is too old to be parsed; a file of the user's may not.
            Err(_) if cacert.is_none() => {}
            Err(error) => return Err(unusable(what, file, &error)),
        }
    }
    Ok(roots)
}

fn certificates(what: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let text = content(what, file)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        // The parser's error shows the line at fault, which may be a key's.
        .map_err(|_| unusable(what, file, &"not in PEM form"))?;
    if certificates.is_empty() {
        return Err(unusable(what, file, &"no certificate in PEM form"));
    }
    Ok(certificates)
}

fn private_key(what: &str, file: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let text = content(what, file)?;
    // As above.
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| {
        let is_encrypted = text.windows(9).any(|word| word == b"ENCRYPTED");
        let reason = if is_encrypted {
            "its private key is encrypted, and no passphrase can be given"
        } else {
            "no private key in PEM form"
        };
        unusable(what, file, &reason)
    })
}

fn content(what: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    file::read(file, MAX_FILE).map_err(|error| Failure::new(Cause::Tls, format!("{what}: {error}")))
}

fn unusable(what: &str, file: &Path, reason: &dyn fmt::Display) -> Failure {
    let error = FileError::new(file, reason);
    Failure::new(Cause::Tls, format!("{what}: {error}"))
}

/// `--insecure`: whoever answers is believed, though it must hold the key that it shows.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
