//! With real sockets, and in processes of their own where descriptors are counted or the kernel's
//! limits are changed.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;
use std::process::{Command, id};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc;
use nix::sys::socket::sockopt::Linger;
use nix::sys::socket::{ControlMessage, UnixCredentials, sendmsg};

use super::*;
use crate::notify::{State, Watchdog};

mod alone;
mod flood;
mod path;

pub(super) fn open() -> Socket {
    Socket::open(&Place::Abstract).expect("a socket")
}

pub(super) fn sender() -> UnixDatagram {
    UnixDatagram::unbound().expect("a socket")
}

/// Where `name` leads, as a client reads it.
pub(super) fn address(name: &OsStr) -> SocketAddr {
    match name.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        path => SocketAddr::from_pathname(OsStr::from_bytes(path)),
    }
    .expect("an address")
}

pub(super) fn send(socket: &Socket, bytes: &[u8]) {
    sender()
        .send_to_addr(bytes, &address(socket.name()))
        .expect("room in the queue");
}

/// Sends with descriptors, or with credentials.
pub(super) fn send_with(
    name: &OsStr,
    bytes: &[u8],
    with: &[ControlMessage<'_>],
) -> nix::Result<usize> {
    let to = UnixAddr::new_abstract(&name.as_bytes()[1..])?;
    let bytes = [io::IoSlice::new(bytes)];
    sendmsg(
        sender().as_raw_fd(),
        &bytes,
        with,
        MsgFlags::empty(),
        Some(&to),
    )
}

pub(super) fn next(socket: &mut Socket) -> Datagram<'_> {
    socket.receive().expect("no error").expect("a datagram")
}

/// Waits until no descriptor is on its way out.
pub(super) fn settled(socket: &Socket) {
    let begin = Instant::now();
    while socket.closing.load(Relaxed) > 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "not closed");
        thread::yield_now();
    }
}

#[test]
fn an_abstract_name_is_new_each_time() {
    let (one, other) = (open(), open());
    for socket in [&one, &other] {
        let name = socket.name().to_str().expect("UTF-8");
        let digits = name.strip_prefix("@watchdog-").expect("a prefix");
        assert_eq!(digits.len(), 32);
        assert!(digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    }
    assert_ne!(one.name(), other.name());
}

#[test]
fn closed_on_exec_and_does_not_wait() {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    let mut socket = open();
    let flags = fcntl(&socket, FcntlArg::F_GETFD).expect("flags");
    assert_eq!(flags, FdFlag::FD_CLOEXEC.bits());
    assert!(socket.receive().expect("no error").is_none());
}

#[test]
fn what_was_sent_and_by_whom() {
    let mut socket = open();
    send(&socket, b"READY=1");
    send(&socket, b"");
    send(&socket, b"WATCHDOG=1");
    let datagram = next(&mut socket);
    assert_eq!(datagram.sender, Some(id()));
    assert_eq!(datagram.user, nix::unistd::geteuid().as_raw());
    assert_eq!(datagram.bytes, b"READY=1");
    let message = datagram.message().expect("a message");
    assert_eq!(message.state, Some(State::Ready));
    // An empty one must not be taken for the end (CVE-2016-7796).
    assert_eq!(next(&mut socket).bytes, b"");
    let message = next(&mut socket).message().expect("a message");
    assert_eq!(message.watchdog, Some(Watchdog::Kick));
    assert!(socket.receive().expect("no error").is_none());
}

#[test]
fn bytes_that_do_not_fit() {
    let mut socket = open();
    let mut bytes = b"WATCHDOG=1\n".to_vec();
    bytes.resize(4096, b'x');
    send(&socket, &bytes);
    bytes.resize(100_000, b'x');
    send(&socket, &bytes);
    send(&socket, b"WATCHDOG=1");
    let datagram = next(&mut socket);
    assert_eq!((datagram.bytes.len(), datagram.truncated), (4096, false));
    assert!(datagram.message().is_ok());
    let datagram = next(&mut socket);
    assert_eq!((datagram.bytes.len(), datagram.truncated), (4096, true));
    assert_eq!(datagram.message(), Err(Refusal::TooLong));
    assert_eq!(next(&mut socket).bytes, b"WATCHDOG=1");
}

#[test]
fn a_barrier_is_answered_by_its_drop() {
    let mut socket = open();
    let (mut reader, writer) = io::pipe().expect("a pipe");
    let descriptors = [writer.as_raw_fd()];
    let with = [ControlMessage::ScmRights(&descriptors)];
    send_with(socket.name(), b"BARRIER=1", &with).expect("sent");
    drop(writer);

    let datagram = next(&mut socket);
    assert!(datagram.message().expect("a message").barrier);
    let flags = nix::poll::PollFlags::POLLIN;
    let mut end = [nix::poll::PollFd::new(reader.as_fd(), flags)];
    let now = nix::poll::PollTimeout::ZERO;
    assert_eq!(nix::poll::poll(&mut end, now), Ok(0));
    drop(datagram);
    let minute = nix::poll::PollTimeout::from(60_000_u16);
    assert_eq!(nix::poll::poll(&mut end, minute), Ok(1));
    assert_eq!(io::copy(&mut reader, &mut io::sink()).expect("its end"), 0);
}

#[test]
fn a_barrier_has_one_descriptor() {
    let mut socket = open();
    let null = std::fs::File::open("/dev/null").expect("/dev/null");
    for count in [0, 1, 2, 3, 253] {
        let descriptors = vec![null.as_raw_fd(); count];
        let with = [ControlMessage::ScmRights(&descriptors)];
        let with = if count == 0 { &[][..] } else { &with };
        for (text, is_fine) in [("BARRIER=1", count == 1), ("FDSTORE=1\nWATCHDOG=1", true)] {
            send_with(socket.name(), text.as_bytes(), with).expect("sent");
            settled(&socket);
            let datagram = next(&mut socket);
            assert_eq!(datagram.sender, Some(id()));
            match datagram.message() {
                Ok(_) => assert!(is_fine, "{text}, {count}"),
                Err(error) => assert_eq!((error, is_fine), (Refusal::BarrierDescriptors, false)),
            }
        }
    }
}

/// The kernel lets only who has CAP_SYS_ADMIN give another's number.
#[test]
fn credentials_are_the_kernels() {
    let mut socket = open();
    let forged = UnixCredentials::from(libc::ucred {
        pid: 1,
        uid: nix::unistd::getuid().as_raw(),
        gid: nix::unistd::getgid().as_raw(),
    });
    let with = [ControlMessage::ScmCredentials(&forged)];
    match send_with(socket.name(), b"WATCHDOG=1", &with) {
        Ok(_) => assert_eq!(next(&mut socket).sender, Some(1)),
        Err(error) => {
            assert_eq!(error, Errno::EPERM);
            assert!(socket.receive().expect("no error").is_none());
        }
    }
    let nobody = UnixCredentials::from(libc::ucred {
        pid: i32::MAX,
        uid: 0,
        gid: 0,
    });
    let with = [ControlMessage::ScmCredentials(&nobody)];
    assert!(send_with(socket.name(), b"WATCHDOG=1", &with).is_err());
}

/// A TCP socket that stays for as long as `SO_LINGER` says, when its last descriptor is closed
/// before all is sent.
fn slow_to_close() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let stream = TcpStream::connect(listener.local_addr().expect("an address")).expect("a peer");
    let (peer, _) = listener.accept().expect("a connection");
    stream.set_nonblocking(true).expect("a mode");
    while (&stream).write(&[0; 65536]).is_ok() {}
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 20,
    };
    setsockopt(&stream, Linger, &linger).expect("an option");
    stream.set_nonblocking(false).expect("a mode");
    (stream, peer)
}

#[test]
fn descriptors_that_do_not_close_hold_nothing_up() {
    let mut socket = open();
    let (stream, peer) = slow_to_close();
    let null = std::fs::File::open("/dev/null").expect("/dev/null");
    let mut descriptors = vec![null.as_raw_fd(); 253];
    // The last reference to it is the datagram's.
    descriptors[0] = stream.as_raw_fd();
    let with = [ControlMessage::ScmRights(&descriptors)];
    send_with(socket.name(), b"WATCHDOG=1", &with).expect("sent");
    drop(stream);
    drop(next(&mut socket));
    assert_eq!(socket.closing.load(Relaxed), 253);

    // Once there is too much of this, no more is taken in, and all that was sent is still there.
    let (stream, other) = slow_to_close();
    descriptors[0] = stream.as_raw_fd();
    let with = [ControlMessage::ScmRights(&descriptors)];
    send_with(socket.name(), b"WATCHDOG=1", &with).expect("sent");
    drop(stream);
    drop(next(&mut socket));
    send(&socket, b"READY=1");
    let error = socket.receive().expect_err("too much");
    assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
    // What is not read is lost, and with it the reason to stay.
    drop((peer, other));
    settled(&socket);
    assert_eq!(next(&mut socket).bytes, b"READY=1");
}

#[test]
fn descriptors_that_nobody_received_hold_up_no_end() {
    let socket = open();
    let (stream, peer) = slow_to_close();
    let descriptors = [stream.as_raw_fd()];
    let with = [ControlMessage::ScmRights(&descriptors)];
    send_with(socket.name(), b"WATCHDOG=1", &with).expect("sent");
    drop(stream);
    let begin = Instant::now();
    drop(socket);
    assert!(begin.elapsed() < Duration::from_secs(10));
    drop(peer);
}
