//! The way to the service manager: one datagram a message.
//!
//! By hand, since the crate for it blocks the thread while the service manager's
//! queue is full, takes an abstract name for a file's, and reads the environment
//! anew for each message.

use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use tokio::time::sleep;

use super::message::Assignment;

/// How often, and how many times, a message is tried again on a full queue.
const PATIENCE: (Duration, u32) = (Duration::from_millis(20), 25);

#[derive(Debug)]
pub(crate) struct Notifier {
    address: SocketAddr,
}

impl Notifier {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Sends the states as one message. Waits up to half a second for room in
    /// the queue, without blocking the thread.
    ///
    /// Cancel safe: a message is sent whole or not at all.
    pub(crate) async fn send(&self, states: &[Assignment<'_>]) -> io::Result<()> {
        let message: String = states.iter().map(|state| format!("{state}\n")).collect();
        let (pause, mut tries) = PATIENCE;
        loop {
            match self.try_send(message.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && tries > 0 => {
                    tries -= 1;
                    sleep(pause).await;
                }
                done => return done,
            }
        }
    }

    /// A socket for each message, as libsystemd does: one that is kept would
    /// outlive a service manager that makes its own anew.
    fn try_send(&self, message: &[u8]) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        socket.send_to_addr(message, &self.address)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fakes::Manager;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_message_is_one_datagram_of_lines() {
        let manager = Manager::new();
        let notifier = Notifier::new(manager.address());
        let states = [Assignment::Ready, Assignment::Status("all is well")];
        notifier.send(&states).await.unwrap();
        assert_eq!(manager.received(), ["READY=1\nSTATUS=all is well\n"]);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn an_abstract_socket_is_not_a_file() {
        let manager = Manager::abstract_name();
        let notifier = Notifier::new(manager.address());
        notifier.send(&[Assignment::Ready]).await.unwrap();
        assert_eq!(manager.received(), ["READY=1\n"]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_at_the_socket_is_an_error() {
        let manager = Manager::new();
        let notifier = Notifier::new(manager.address());
        manager.stop_listening();
        let error = notifier.send(&[Assignment::Ready]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        manager.remove_socket();
        let error = notifier.send(&[Assignment::Ready]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_is_waited_for_and_blocks_no_thread() {
        let manager = Manager::new();
        let notifier = Notifier::new(manager.address());
        let sent = manager.fill();
        assert!(sent > 0);
        let error = notifier.send(&[Assignment::Ready]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);

        let states = [Assignment::Watchdog];
        let waiting = notifier.send(&states);
        let reading = async {
            sleep(Duration::from_millis(100)).await;
            manager.received()
        };
        let (waited, read) = tokio::join!(waiting, reading);
        waited.unwrap();
        assert_eq!(read.len(), sent);
        assert_eq!(manager.received(), ["WATCHDOG=1\n"]);
    }
}
