//! Connections made within the deadline, without a thread.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType, sockopt};

use super::address;
use super::deadline::Deadline;
use super::stream::{Socket, Stream};
use crate::message;
use crate::target::{Host, Place};
use crate::verdict::{Cause, Failure, Phase};

/// A connection, or why there is none; and where it was tried.
pub(crate) struct Attempt {
    pub(crate) place: String,
    pub(crate) result: Result<Stream, Failure>,
}

pub(crate) fn connect(place: &Place, deadline: Deadline) -> Attempt {
    match place {
        Place::Network { host, text, port } => network(*host, text, *port, deadline),
        Place::Unix(path) => Attempt {
            place: message::escaped(path, 512),
            result: unix(SocketAddrUnix::new(&path[..]), deadline),
        },
        Place::Abstract(name) => Attempt {
            place: format!("@{}", message::escaped(name, 512)),
            result: unix(SocketAddrUnix::new_abstract_name(name), deadline),
        },
    }
}

fn network(host: Host, text: &str, port: u16, deadline: Deadline) -> Attempt {
    let addresses = match host {
        Host::Localhost => Ok(address::localhost(port)),
        Host::Address(address) => address::permitted(address, port).ok_or_else(|| {
            let what = "neither loopback nor an address of this machine; nothing was sent";
            Failure::new(Cause::NotAllowed, what)
        }),
        #[cfg(feature = "remote")]
        Host::Name => resolve(text, port, deadline),
    };
    let patience = match host {
        #[cfg(feature = "remote")]
        Host::Name => Patience::Shared,
        Host::Localhost | Host::Address(_) => Patience::Whole,
    };
    let found = addresses.and_then(|addresses| {
        first_that_answers(&addresses, patience, deadline)
            .ok_or_else(|| Failure::new(Cause::Unresolved, "the name has no address"))
    });
    found.unwrap_or_else(|failure| Attempt {
        place: format!("{}:{port}", message::escaped(text.as_bytes(), 300)),
        result: Err(failure),
    })
}

#[cfg(feature = "remote")]
fn resolve(name: &str, port: u16, deadline: Deadline) -> Result<Vec<SocketAddr>, Failure> {
    address::resolve(name, port, deadline).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => deadline.failure(&error, Phase::Resolving),
        _ => Failure::new(Cause::Unresolved, format!("unresolved: {error}")),
    })
}

/// How much of the deadline one of several addresses may take.
#[derive(Clone, Copy, PartialEq)]
enum Patience {
    /// All of it: who is late is unhealthy.
    Whole,
    /// Its share of what is left: a name's addresses are alternatives.
    Shared,
}

/// Tries addresses in turn, the next where nothing listens or no route leads to the one before.
fn first_that_answers(
    addresses: &[SocketAddr],
    patience: Patience,
    deadline: Deadline,
) -> Option<Attempt> {
    let mut first: Option<Attempt> = None;
    for (address, left) in addresses.iter().zip((1..=addresses.len() as u32).rev()) {
        let place = address.to_string();
        let own = match (patience, deadline.remaining()) {
            (Patience::Shared, Ok(remaining)) => deadline.within(remaining / left),
            _ => deadline,
        };
        let failure = match tcp(*address, own) {
            Ok(stream) => {
                let result = Ok(Stream::new(Socket::Tcp(stream), deadline));
                return Some(Attempt { place, result });
            }
            Err(error) => deadline.failure(&error, Phase::Connecting),
        };
        let next_may_answer = matches!(failure.cause, Cause::Refused | Cause::Unreachable)
            || patience == Patience::Shared;
        match &mut first {
            None => {
                first = Some(Attempt {
                    place,
                    result: Err(failure),
                })
            }
            Some(first) => combine(first, place, failure),
        }
        if !next_may_answer {
            break;
        }
    }
    first
}

/// Joins what two addresses said. The second is silent where it only lacks IPv6.
fn combine(first: &mut Attempt, place: String, second: Failure) {
    let Err(before) = &mut first.result else {
        return;
    };
    match second.cause {
        Cause::Unreachable | Cause::System => {}
        Cause::Refused if before.cause == Cause::Refused => {
            before.what.push_str(", by ");
            before.what.push_str(&place);
            before.what.push_str(" too");
        }
        _ => {
            let what = format!("{} ({} {})", second.what, first.place, before.what);
            *before = Failure { what, ..second };
            first.place = place;
        }
    }
}

/// Connects without blocking, and waits for that to be settled.
///
/// A connection that was accepted and then reset is one: what came before the reset can be read, and
/// whoever writes learns of it. A connect that blocks would fail then, and the kernel would throw away
/// what came.
fn tcp(address: SocketAddr, deadline: Deadline) -> io::Result<TcpStream> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = net::socket_with(family, SocketType::STREAM, flags, None)?;
    match net::connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    loop {
        let left = Timespec::try_from(deadline.remaining()?).map_err(|_| Errno::INVAL)?;
        match poll(&mut [PollFd::new(&socket, PollFlags::OUT)], Some(&left)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => break,
            Err(error) => return Err(error.into()),
        }
    }
    match sockopt::socket_error(&socket)? {
        Ok(()) | Err(Errno::CONNRESET | Errno::PIPE) => {}
        Err(error) => return Err(error.into()),
    }
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false)?;
    // A port of the ephemeral range that nobody listens on can connect to itself.
    if stream.local_addr().is_ok_and(|local| local == address) {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

fn unix(
    address: rustix::io::Result<SocketAddrUnix>,
    deadline: Deadline,
) -> Result<Stream, Failure> {
    address
        .map_err(io::Error::from)
        .and_then(|address| connect_unix(&address, deadline))
        .map(|socket| Stream::new(Socket::Unix(socket), deadline))
        .map_err(|error| deadline.failure(&error, Phase::Connecting))
}

/// The send timeout bounds the wait for a place in the listener's backlog (unix(7)); connecting
/// without blocking would fail at once where there is none.
fn connect_unix(address: &SocketAddrUnix, deadline: Deadline) -> io::Result<UnixStream> {
    let socket = net::socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    loop {
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(deadline.remaining()?))?;
        match net::connect(&socket, address) {
            Ok(()) => return Ok(UnixStream::from(socket)),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
