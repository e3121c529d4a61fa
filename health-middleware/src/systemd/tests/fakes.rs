//! A service manager's end of the socket, and a URL, for tests.

use std::future::{Future, pending};
use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::super::own_url::Ask;

static MADE: AtomicU32 = AtomicU32::new(0);

/// Receives messages on a socket of its own, in a directory of its own.
pub(crate) struct Manager {
    directory: PathBuf,
    socket: UnixDatagram,
}

impl Manager {
    pub(crate) fn new() -> Self {
        let directory = Self::directory();
        let socket = UnixDatagram::bind(directory.join("notify")).unwrap();
        Self::with(directory, socket)
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn abstract_name() -> Self {
        use std::os::linux::net::SocketAddrExt;
        let directory = Self::directory();
        let name = directory.to_str().unwrap();
        let address = SocketAddr::from_abstract_name(name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        Self::with(directory, socket)
    }

    fn directory() -> PathBuf {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("health-middleware-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        directory
    }

    fn with(directory: PathBuf, socket: UnixDatagram) -> Self {
        socket.set_nonblocking(true).unwrap();
        Self { directory, socket }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// What has come since the last call, a datagram each.
    pub(crate) fn received(&self) -> Vec<String> {
        let mut messages = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match self.socket.recv(&mut buffer) {
                Ok(length) => {
                    messages.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return messages,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Fills the queue with messages of another sender; says how many.
    pub(crate) fn fill(&self) -> usize {
        let other = UnixDatagram::unbound().unwrap();
        other.set_nonblocking(true).unwrap();
        let full = |_: &usize| other.send_to_addr(b"X=1\n", &self.address()).is_err();
        (0..100_000).find(full).expect("queues have an end")
    }

    /// The socket's file stays, and nobody reads.
    pub(crate) fn stop_listening(&self) {
        let path = self.directory.join("notify");
        std::fs::rename(&path, self.directory.join("other")).unwrap();
        drop(UnixDatagram::bind(path).unwrap());
    }

    pub(crate) fn remove_socket(&self) {
        std::fs::remove_file(self.directory.join("notify")).unwrap();
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Reads a request: unread bytes would turn the end of a connection into a
/// reset, which overtakes the answer.
pub(crate) async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
}

/// How a [`FakeUrl`] answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answering {
    AtOnce,
    After(Duration),
    Never,
    Refused,
}

/// A URL that answers as it is told, and counts.
#[derive(Clone, Debug)]
pub(crate) struct FakeUrl {
    answering: Arc<Mutex<Answering>>,
    asked: Arc<AtomicU32>,
}

impl FakeUrl {
    pub(crate) fn new(answering: Answering) -> Self {
        Self {
            answering: Arc::new(Mutex::new(answering)),
            asked: Arc::default(),
        }
    }

    pub(crate) fn set(&self, answering: Answering) {
        *self.answering.lock().unwrap() = answering;
    }

    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Ask for FakeUrl {
    fn ask(&self) -> impl Future<Output = Result<(), String>> + Send {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let answering = *self.answering.lock().unwrap();
        async move {
            match answering {
                Answering::AtOnce => Ok(()),
                Answering::After(time) => {
                    sleep(time).await;
                    Ok(())
                }
                Answering::Never => pending().await,
                Answering::Refused => Err("refused".to_owned()),
            }
        }
    }
}
