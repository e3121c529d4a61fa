//! What a listener shows of itself, looked at again when its files have changed.

use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::config::Tls;

use super::Notice;
use super::notice::Report;

/// From one look at the files to the next, unless nobody connects: nothing wakes up for it.
const LOOK: Duration = Duration::from_secs(1);

/// A file of certificates has a few kilobytes.
const MAX_FILE: u64 = 1024 * 1024;

/// A certificate and its key, as their files last made a pair.
#[derive(Debug)]
pub(super) struct Identity {
    files: Tls,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    config: Arc<ServerConfig>,
    stamps: Stamps,
    looked: Instant,
    is_looking: bool,
    is_broken: bool,
}

type Stamps = [Option<Stamp>; 2];

/// By what a file is known to be another, or to have been written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Identity {
    /// # Errors
    ///
    /// What is wrong with which file, and what to do about it.
    pub(super) fn load(files: &Tls) -> Result<Self, String> {
        // Before they are read, so that a change after that is seen.
        let stamps = stamps(files);
        Ok(Self {
            known: Mutex::new(Known {
                config: load(files)?,
                stamps,
                looked: Instant::now(),
                is_looking: false,
                is_broken: false,
            }),
            files: files.clone(),
        })
    }

    /// What an operator should know of the key's file.
    pub(super) fn exposed(&self) -> Option<Notice> {
        let key = &self.files.key;
        let is_exposed = fs::metadata(key).is_ok_and(|key| key.mode() & 0o004 != 0);
        is_exposed.then(|| Notice::KeyExposed { key: key.clone() })
    }

    /// What a handshake goes by. Looks at the files, if that was a second ago.
    pub(super) async fn current(self: &Arc<Self>, report: &Report) -> Arc<ServerConfig> {
        let now = Instant::now();
        {
            let mut known = self.known();
            if known.is_looking || now < known.looked + LOOK {
                return known.config.clone();
            }
            known.is_looking = true;
            known.looked = now;
        }
        let (this, report) = (self.clone(), report.clone());
        // A disk that hangs holds up this handshake and nothing else.
        let look = spawn_blocking(move || {
            if let Some(notice) = this.look() {
                report.tell(notice);
            }
        });
        // It fails only where the runtime ends.
        let _ = look.await;
        self.known().config.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Option<Notice> {
        let stamps = stamps(&self.files);
        let has_changed = stamps != self.known().stamps;
        let loaded = has_changed.then(|| load(&self.files));
        let mut known = self.known();
        known.is_looking = false;
        let loaded = loaded?;
        known.stamps = stamps;
        match loaded {
            Ok(config) => {
                known.config = config;
                known.is_broken = false;
                Some(Notice::CertificateReplaced {
                    certificate: self.files.certificate.clone(),
                })
            }
            // One file is replaced before the other: that it is broken is told, but not how, each time.
            Err(_) if known.is_broken => None,
            Err(cause) => {
                known.is_broken = true;
                Some(Notice::CertificateKept { cause })
            }
        }
    }
}

fn stamps(files: &Tls) -> Stamps {
    [&files.certificate, &files.key].map(|file| fs::metadata(file).ok().as_ref().map(stamp))
}

fn stamp(file: &Metadata) -> Stamp {
    Stamp {
        device: file.dev(),
        inode: file.ino(),
        size: file.size(),
        modified: (file.mtime(), file.mtime_nsec()),
    }
}

fn load(files: &Tls) -> Result<Arc<ServerConfig>, String> {
    let Tls { certificate, key } = files;
    let (chain_file, key_file) = (certificate.display(), key.display());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(certificate)?).collect();
    let chain = chain.map_err(|error| format!("{chain_file} is no PEM ({error})"))?;
    if chain.is_empty() {
        return Err(format!(
            "{chain_file} holds no certificate: `certificate` names a file with BEGIN CERTIFICATE, first the \
             server's own"
        ));
    }
    let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| match error {
        pem::Error::NoItemsFound => format!(
            "{key_file} holds no key: `key` names a file with BEGIN PRIVATE KEY, without a passphrase"
        ),
        error => format!("{key_file} is no PEM ({error})"),
    })?;
    // Named here, so that what else is in the process does not decide.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => format!(
                "{key_file} is not the key of the first certificate in {chain_file}: name the two that were \
                 issued together"
            ),
            rustls::Error::InvalidCertificate(error) => {
                format!("the first certificate in {chain_file} cannot be used ({error}): issue it anew")
            }
            error => format!(
                "{chain_file} and {key_file} cannot be used ({error}): have them issued anew, with an ECDSA \
                 P-256, an Ed25519 or an RSA key of 2048 bits at least"
            ),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let bytes = (|| {
        // A pipe would never end, or never begin.
        if !fs::metadata(file)?.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        let mut bytes = Vec::new();
        fs::File::open(file)?
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(io::Error::other("it has more than 1 MB"));
        }
        Ok(bytes)
    })();
    bytes.map_err(|error: io::Error| {
        let remedy = match error.kind() {
            io::ErrorKind::PermissionDenied => "let the server's user read it",
            io::ErrorKind::NotFound => "correct the path, or have it issued",
            _ => "name a file in PEM",
        };
        format!("{} cannot be read ({error}): {remedy}", file.display())
    })
}
