//! The control messages that came with a datagram (unix(7), cmsg(3)), from the bytes that the
//! kernel wrote.
//!
//! Read by hand, since nix gives none at all once the kernel has flagged that not all of them
//! fitted, as it does when this process may open no more descriptors: those that it did open
//! would stay open.

use std::os::fd::RawFd;

use nix::libc;
use nix::sys::socket::cmsg_space;

/// The kernel's SCM_MAX_FD, of all of a datagram's control messages together.
pub(super) const MOST_DESCRIPTORS: usize = 253;

/// Bytes for the sender's credentials and as many descriptors as there can be: what did not fit, the
/// kernel would close in this thread.
pub(super) const SPACE: usize =
    cmsg_space::<[u32; 3]>() + cmsg_space::<[RawFd; MOST_DESCRIPTORS]>();

const WORD: usize = size_of::<usize>();
const HEADER: usize = WORD + 8;

/// Who sent a datagram, as the kernel says, and which descriptors came along.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Process and user.
    pub(super) sender: Option<(i32, u32)>,
    /// Open, and the reader's to close.
    pub(super) descriptors: Vec<RawFd>,
}

impl Control {
    /// Reads a buffer that was all zeros before the kernel wrote to it.
    pub(super) fn read(mut rest: &[u8]) -> Self {
        let mut control = Self::default();
        while let Some((kind, data, after)) = split(rest) {
            match kind {
                (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => {
                    let mut words = words(data);
                    if let (Some(pid), Some(uid)) = (words.next(), words.next()) {
                        control.sender = Some((pid, uid.cast_unsigned()));
                    }
                }
                (libc::SOL_SOCKET, libc::SCM_RIGHTS) => {
                    control.descriptors.extend(words(data));
                }
                _ => {}
            }
            rest = after;
        }
        control
    }
}

/// Level and type.
type Kind = (i32, i32);

/// What the first message is, its data, and what follows.
fn split(bytes: &[u8]) -> Option<(Kind, &[u8], &[u8])> {
    let (len, _) = bytes.split_first_chunk::<WORD>()?;
    let len = usize::from_ne_bytes(*len);
    let message = bytes.get(..len)?;
    let mut kind = words(message.get(WORD..HEADER)?);
    let kind = (kind.next()?, kind.next()?);
    let after = bytes.get(len.next_multiple_of(WORD)..).unwrap_or_default();
    Some((kind, &message[HEADER..], after))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = i32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().copied().map(i32::from_ne_bytes)
}

#[cfg(test)]
mod tests;
