use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

/// What an operator should know, told once until it is over.
///
/// [`Display`](fmt::Display) says it in one line, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Connections cannot be accepted; it is tried ten times a second.
    AcceptFailed {
        /// The listener's address.
        address: SocketAddr,
        /// The kernel's words.
        cause: String,
    },
    /// They have been accepted again for ten seconds.
    AcceptWorks,
    /// There are as many connections as there may be; others wait.
    Full {
        /// How many.
        connections: usize,
    },
    /// A peer has as many connections as one may have; others of it are closed.
    Crowded {
        /// The peer; of IPv6 the first address of its /64.
        peer: IpAddr,
    },
    /// Certificate and key have changed and do not work; the ones from before stay in use.
    CertificateKept {
        /// What is wrong with which file.
        cause: String,
    },
    /// Changed certificate and key are in use.
    CertificateReplaced {
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// Any user of this machine may read a key.
    KeyExposed {
        /// The key's file.
        key: PathBuf,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AcceptFailed { address, cause } => write!(
                f,
                "connections to {address} cannot be accepted: {cause}; with too many open files, raise the \
                 limit (LimitNOFILE=, ulimit -n)"
            ),
            Self::AcceptWorks => f.write_str("connections are accepted again"),
            Self::Full { connections } => write!(
                f,
                "there are {connections} connections, as many as may be: others wait until one is closed"
            ),
            Self::Crowded { peer } => write!(
                f,
                "{peer} has as many connections as one peer may have: what it opens beyond is closed"
            ),
            Self::CertificateKept { cause } => {
                write!(f, "{cause}; the certificate from before stays in use")
            }
            Self::CertificateReplaced { certificate } => {
                write!(f, "{} is in use as it is now", certificate.display())
            }
            Self::KeyExposed { key } => write!(
                f,
                "any user of this machine may read the key {}: chmod o= takes that away",
                key.display()
            ),
        }
    }
}

/// Where notices go.
#[derive(Clone)]
pub(super) struct Report(Arc<dyn Fn(Notice) + Send + Sync>);

impl Report {
    pub(super) fn new(hear: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(super) fn tell(&self, notice: Notice) {
        (self.0)(notice);
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").finish_non_exhaustive()
    }
}
