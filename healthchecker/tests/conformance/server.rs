//! A server that follows a script, byte for byte, and ends with its test.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net::{self, AddressFamily, SocketType, sockopt};

/// One step of a script, made on each connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads up to the end of a request's head.
    Request,
    Send(Vec<u8>),
    /// Sends these bytes again and again until the client leaves.
    Endless(Vec<u8>),
    /// Sends these bytes again and again for this long.
    Flood(Vec<u8>, Duration),
    /// Sends one byte at a time, with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Drips these bytes again and again until the client leaves.
    EndlessDrip(Vec<u8>, Duration),
    Pause(Duration),
    /// Keeps the connection open until the client leaves.
    Hold,
    /// Ends the connection with a reset instead of a farewell.
    Reset,
}

/// No script lasts longer, whatever its client does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port of 127.0.0.1 that nobody listens on, and that nobody else is given.
pub(crate) struct Reserved(OwnedFd);

impl Reserved {
    pub(crate) fn new() -> io::Result<Self> {
        let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
        // So that a server of another process can listen here while this one holds the port.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self(socket))
    }

    pub(crate) fn port(&self) -> u16 {
        let address = net::getsockname(&self.0).expect("a bound socket");
        SocketAddr::try_from(address)
            .expect("an address of the internet")
            .port()
    }

    /// Listens there from now on.
    pub(crate) fn serve(self, script: Vec<Step>) -> io::Result<Server> {
        net::listen(&self.0, 16)?;
        Server::with(TcpListener::from(self.0), script)
    }
}

trait Connection: Read + Write + AsFd + Send {
    fn end_sending(&self);
    fn bound_waiting(&self) -> io::Result<()>;
}

impl Connection for TcpStream {
    fn end_sending(&self) {
        let _ = self.shutdown(std::net::Shutdown::Write);
    }

    fn bound_waiting(&self) -> io::Result<()> {
        self.set_nodelay(true)?;
        self.set_write_timeout(Some(PATIENCE))?;
        self.set_read_timeout(Some(PATIENCE))
    }
}

impl Connection for UnixStream {
    fn end_sending(&self) {
        let _ = self.shutdown(std::net::Shutdown::Write);
    }

    fn bound_waiting(&self) -> io::Result<()> {
        self.set_write_timeout(Some(PATIENCE))?;
        self.set_read_timeout(Some(PATIENCE))
    }
}

enum Listener {
    Tcp(TcpListener),
    /// With the file that is removed in the end.
    Unix(UnixListener, Option<PathBuf>),
}

impl Listener {
    fn accept(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Tcp(listener) => Box::new(listener.accept()?.0),
            Self::Unix(listener, _) => Box::new(listener.accept()?.0),
        })
    }
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<Vec<u8>>,
}

pub(crate) struct Server {
    port: u16,
    socket: Option<PathBuf>,
    ending: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on 127.0.0.1, on a free port.
    pub(crate) fn start(script: Vec<Step>) -> Self {
        Self::on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), script)
            .expect("a free port of 127.0.0.1")
    }

    pub(crate) fn on(address: SocketAddr, script: Vec<Step>) -> io::Result<Self> {
        Self::with(TcpListener::bind(address)?, script)
    }

    fn with(listener: TcpListener, script: Vec<Step>) -> io::Result<Self> {
        let port = listener.local_addr()?.port();
        Ok(Self::run(Listener::Tcp(listener), port, None, script))
    }

    /// Listens on a unix socket at `path`, removed in the end.
    pub(crate) fn on_socket(path: &Path, script: Vec<Step>) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let path = path.to_owned();
        Ok(Self::run(
            Listener::Unix(listener, Some(path.clone())),
            0,
            Some(path),
            script,
        ))
    }

    /// Listens on an abstract unix socket (unix(7)).
    pub(crate) fn on_abstract(name: &[u8], script: Vec<Step>) -> io::Result<Self> {
        let address = unix::net::SocketAddr::from_abstract_name(name)?;
        let listener = UnixListener::bind_addr(&address)?;
        Ok(Self::run(Listener::Unix(listener, None), 0, None, script))
    }

    fn run(listener: Listener, port: u16, socket: Option<PathBuf>, script: Vec<Step>) -> Self {
        let ending = Arc::new(AtomicBool::new(false));
        let seen = Arc::new(Mutex::new(Seen::default()));
        match &listener {
            Listener::Tcp(listener) => listener.set_nonblocking(true),
            Listener::Unix(listener, _) => listener.set_nonblocking(true),
        }
        .expect("a listener that does not block");
        let (end, seen_there) = (Arc::clone(&ending), Arc::clone(&seen));
        let acceptor = thread::spawn(move || {
            let mut connections = Vec::new();
            while !end.load(Ordering::Acquire) {
                match listener.accept() {
                    Ok(connection) => {
                        seen_there
                            .lock()
                            .expect("no connection panicked")
                            .connections += 1;
                        let (script, seen, end) =
                            (script.clone(), Arc::clone(&seen_there), Arc::clone(&end));
                        connections.push(thread::spawn(move || {
                            serve(connection, &script, &seen, &end)
                        }));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
            for connection in connections {
                connection.join().expect("no connection panicked");
            }
            if let Listener::Unix(_, Some(path)) = &listener {
                let _ = std::fs::remove_file(path);
            }
        });
        Self {
            port,
            socket,
            ending,
            seen,
            acceptor: Some(acceptor),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn socket(&self) -> &Path {
        self.socket.as_deref().expect("a server on a unix socket")
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen
            .lock()
            .expect("no connection panicked")
            .connections
    }

    /// The heads of requests that were read so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("no connection panicked");
        seen.requests
            .iter()
            .map(|head| String::from_utf8_lossy(head).into_owned())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        let outcome = self.acceptor.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(
                !matches!(outcome, Some(Err(_))),
                "the scripted server panicked"
            );
        }
    }
}

fn serve(
    mut connection: Box<dyn Connection>,
    script: &[Step],
    seen: &Mutex<Seen>,
    end: &AtomicBool,
) {
    let start = Instant::now();
    let over = || end.load(Ordering::Acquire) || start.elapsed() > PATIENCE;
    // A client that leaves ends the script; that is no fault of the server's.
    let mut follow = || -> io::Result<()> {
        connection.bound_waiting()?;
        for step in script {
            match step {
                Step::Request => {
                    let head = read_head(&mut *connection)?;
                    seen.lock()
                        .expect("no connection panicked")
                        .requests
                        .push(head);
                }
                Step::Send(bytes) => connection.write_all(bytes)?,
                Step::Endless(bytes) => {
                    let many = bytes.repeat(1 + 16_384 / bytes.len());
                    while !over() {
                        connection.write_all(&many)?;
                    }
                }
                Step::Flood(bytes, lasting) => {
                    let many = bytes.repeat(1 + 16_384 / bytes.len());
                    let begun = Instant::now();
                    while !over() && begun.elapsed() < *lasting {
                        connection.write_all(&many)?;
                    }
                }
                Step::Drip(bytes, pause) => drip(&mut *connection, bytes, *pause, over)?,
                Step::EndlessDrip(bytes, pause) => {
                    while !over() {
                        drip(&mut *connection, bytes, *pause, over)?;
                    }
                }
                Step::Pause(pause) => thread::sleep(*pause),
                Step::Hold => while !over() && connection.read(&mut [0; 1024])? != 0 {},
                Step::Reset => {
                    sockopt::set_socket_linger(connection.as_fd(), Some(Duration::ZERO))?;
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
            }
        }
        Ok(())
    };
    if follow().is_ok() {
        // Closing with bytes unread would reset the connection.
        connection.end_sending();
        while !over()
            && connection
                .read(&mut [0; 1024])
                .is_ok_and(|amount| amount != 0)
        {}
    }
}

fn drip(
    connection: &mut dyn Connection,
    bytes: &[u8],
    pause: Duration,
    over: impl Fn() -> bool,
) -> io::Result<()> {
    for byte in bytes {
        if over() {
            break;
        }
        connection.write_all(&[*byte])?;
        thread::sleep(pause);
    }
    Ok(())
}

fn read_head(connection: &mut dyn Connection) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend(byte);
    }
    Ok(head)
}
