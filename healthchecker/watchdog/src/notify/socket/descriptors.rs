//! Descriptors that came with a datagram, and how they go.

use std::mem;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use nix::unistd::close;

use crate::threads;

/// Bytes of stack for a thread that does nothing but close.
const STACK: usize = 32 * 1024;

/// Closed on drop, by a thread that does nothing else: a close can take as long as who sent the
/// descriptor likes (a TCP socket with SO_LINGER, a file on FUSE), and nobody who can send here may
/// hold up this process. systemd does the same.
#[derive(Debug)]
pub(super) struct Descriptors(Open);

#[derive(Debug)]
struct Open {
    numbers: Vec<RawFd>,
    closing: Closing,
}

/// How many descriptors are on their way out.
pub(super) type Closing = Arc<AtomicUsize>;

impl Descriptors {
    pub(super) fn new(numbers: Vec<RawFd>, closing: &Closing) -> Self {
        let closing = Arc::clone(closing);
        Self(Open { numbers, closing })
    }

    pub(super) fn count(&self) -> usize {
        self.0.numbers.len()
    }
}

impl Drop for Descriptors {
    fn drop(&mut self) {
        if self.0.numbers.is_empty() {
            return;
        }
        let numbers = mem::take(&mut self.0.numbers);
        self.0.closing.fetch_add(numbers.len(), Relaxed);
        let closing = Arc::clone(&self.0.closing);
        let open = Open { numbers, closing };
        drop_apart(open);
    }
}

/// Drops `value` in a thread of its own, or here and now if there is none to be had.
pub(super) fn drop_apart(value: impl Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK);
    let _ = threads::start(thread, move || drop(value));
}

impl Drop for Open {
    fn drop(&mut self) {
        for number in self.numbers.drain(..) {
            // Whatever close(2) says, on Linux the descriptor is gone.
            let _ = close(number);
            self.closing.fetch_sub(1, Relaxed);
        }
    }
}
