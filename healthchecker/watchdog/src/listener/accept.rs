//! Accepting, and what to do when that fails.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use super::bind::Door;

/// After an error that would come again at once.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// So long without it, and a trouble is over. It comes and goes with each connection that ends.
const OVER: Duration = Duration::from_secs(10);

/// The next connection of any door, each in its turn, and which one's it is.
pub(super) async fn accept(
    doors: &[Door],
    turn: &mut usize,
) -> (usize, io::Result<(TcpStream, SocketAddr)>) {
    poll_fn(|cx| {
        for step in 0..doors.len() {
            let at = (*turn + step) % doors.len();
            if let Poll::Ready(accepted) = doors[at].listener.poll_accept(cx) {
                *turn = at + 1;
                return Poll::Ready((at, accepted));
            }
        }
        Poll::Pending
    })
    .await
}

/// Whether an error is of the one connection that was to be accepted, and of no other.
pub(super) fn is_of_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// A trouble, from its first sign to its end, so that it is told once.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    last: Option<Instant>,
}

impl Trouble {
    /// There is a sign of it: whether it is the first.
    pub(super) fn shows(&mut self, now: Instant) -> bool {
        let is_first = self.last.is_none_or(|last| now >= last + OVER);
        self.last = Some(now);
        is_first
    }

    /// All is well: whether that ends it.
    pub(super) fn ends(&mut self, now: Instant) -> bool {
        self.last.take_if(|last| now >= *last + OVER).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_that_comes_and_goes_is_told_once() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut trouble = Trouble::default();
        assert!(!trouble.ends(at(0)));
        assert!(trouble.shows(at(0)));
        assert!(!trouble.ends(at(1)));
        assert!(!trouble.shows(at(5)));
        assert!(!trouble.ends(at(14)));
        assert!(trouble.ends(at(15)));
        assert!(!trouble.ends(at(30)));
        assert!(trouble.shows(at(31)));
        assert!(trouble.shows(at(41)));
    }

    #[test]
    fn only_what_is_of_one_connection_goes_without_a_pause() {
        for (code, is_of_this_one) in [
            (nix::libc::ECONNABORTED, true),
            (nix::libc::EMFILE, false),
            (nix::libc::ENFILE, false),
            (nix::libc::ENOBUFS, false),
            (nix::libc::ENOMEM, false),
            (nix::libc::EINVAL, false),
        ] {
            let error = io::Error::from_raw_os_error(code);
            assert_eq!(is_of_one(&error), is_of_this_one, "{error}");
        }
    }
}
