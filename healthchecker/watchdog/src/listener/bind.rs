use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};

use crate::config::Listener;

use super::tls::Identity;

/// How many connections the kernel keeps until they are accepted; `net.core.somaxconn` may be less.
const BACKLOG: u32 = 4096;

/// All listeners, bound to their addresses, their certificates loaded.
#[derive(Debug)]
pub struct Bound {
    pub(super) doors: Vec<Door>,
}

#[derive(Debug)]
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) identity: Option<Arc<Identity>>,
}

impl Bound {
    /// Binds all of them, or none. From here on the kernel takes connections, which wait to be served.
    ///
    /// # Errors
    ///
    /// The first that does not work: its address, why, and what to do about it. A certificate that cannot
    /// be used is one of these.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use std::future::{pending, ready};
    /// use std::time::Duration;
    ///
    /// use bytes::Bytes;
    /// use health_watchdog::config::Config;
    /// use health_watchdog::listener::{Bound, Limits};
    /// use http_body_util::Full;
    /// use hyper::body::Incoming;
    /// use hyper::service::service_fn;
    /// use hyper::{Request, Response};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let config = Config::parse("[[listen]]\naddress = \"127.0.0.1:0\"")?;
    /// let bound = Bound::bind(&config.listeners)?;
    /// println!("listening at {}", bound.addresses()[0]);
    ///
    /// let stop = tokio::time::sleep(Duration::from_millis(10));
    /// let cut_off = bound
    ///     .serve(
    ///         Limits::default(),
    ///         |peer| {
    ///             service_fn(move |_: Request<Incoming>| {
    ///                 let answer = format!("hello {}\n", peer.address);
    ///                 ready(Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(answer)))))
    ///             })
    ///         },
    ///         stop,
    ///         |notice| eprintln!("{notice}"),
    ///     )
    ///     .await;
    /// assert_eq!(cut_off, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind(listeners: &[Listener]) -> Result<Self, BindError> {
        let mut doors = Vec::with_capacity(listeners.len());
        for wanted in listeners {
            let refuse = |problem| BindError {
                address: wanted.address,
                problem,
            };
            let identity = identity(wanted)?;
            let listener = listen(wanted.address).map_err(|cause| refuse(Problem::Io(cause)))?;
            let address = listener.local_addr();
            doors.push(Door {
                address: address.map_err(|cause| refuse(Problem::Io(cause)))?,
                listener,
                identity: identity.map(Arc::new),
            });
        }
        Ok(Self { doors })
    }

    /// Where is listened, in the configuration's order, with real ports for ports 0.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.doors.iter().map(|door| door.address).collect()
    }
}

/// Whether the certificate and the key of each listener are there and fit together, as far as that can be
/// said without listening.
///
/// # Errors
///
/// The first pair that cannot be used: its listener, which file, and what to do about it.
pub fn check(listeners: &[Listener]) -> Result<(), BindError> {
    listeners
        .iter()
        .try_for_each(|wanted| identity(wanted).map(drop))
}

fn identity(wanted: &Listener) -> Result<Option<Identity>, BindError> {
    let identity = wanted.tls.as_ref().map(Identity::load).transpose();
    identity.map_err(|cause| BindError {
        address: wanted.address,
        problem: Problem::Tls(cause),
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // A restart does not wait for connections of the time before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Why nothing is listened at.
#[derive(Debug)]
pub struct BindError {
    address: SocketAddr,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Io(io::Error),
    Tls(String),
}

impl BindError {
    /// Of the listener that does not work.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it is for its certificate or key.
    pub fn is_tls(&self) -> bool {
        matches!(self.problem, Problem::Tls(_))
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, problem } = self;
        let cause = match problem {
            Problem::Tls(cause) => return write!(f, "cannot listen at {address}: {cause}"),
            Problem::Io(cause) => cause,
        };
        let port = address.port();
        match cause.kind() {
            io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "cannot listen at {address}: it is in use; stop who listens there (ss -ltnp 'sport = \
                     :{port}' shows it), or give [[listen]] another port"
                )?;
                if address.ip().is_unspecified() {
                    f.write_str("; an address of all interfaces excludes each single one, and [::] IPv4 too")?;
                }
                Ok(())
            }
            io::ErrorKind::PermissionDenied => write!(
                f,
                "cannot listen at {address}: not permitted; a port below 1024 takes CAP_NET_BIND_SERVICE \
                 (AmbientCapabilities= in systemd's unit), or give [[listen]] one from 1024 on"
            ),
            io::ErrorKind::AddrNotAvailable => write!(
                f,
                "cannot listen at {address}: no interface of this machine has that address; give \
                 [[listen]] one that `ip address` shows, or 0.0.0.0 for all"
            ),
            _ => write!(
                f,
                "cannot listen at {address}: {cause}; give [[listen]] another address"
            ),
        }
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.problem {
            Problem::Io(cause) => Some(cause),
            Problem::Tls(_) => None,
        }
    }
}
