//! Socket addresses as the kernel has them.
#![allow(unsafe_code)]

use core::{ptr, slice};

use healthchecker_core::target::MAX_SOCKET;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{AddressFamily, SocketAddrAny};

use crate::target::{MAPPED, Target};

/// Bytes after the family of the longest address, that of a unix socket: a path and a closing zero.
const SIZE: usize = MAX_SOCKET + 1;

/// A `sockaddr_in`, a `sockaddr_in6` or a `sockaddr_un` (ip(7), ipv6(7), unix(7)).
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Address {
    family: u16,
    /// A port and a host, or a path.
    bytes: [u8; SIZE],
    /// How many of those are the address's.
    length: u8,
}

/// Bytes of a family.
const FAMILY: usize = size_of::<u16>();

// SAFETY: the pointer is to a whole `Address`, which begins with its family and the bytes behind it;
// no `length` is set that is more than those.
unsafe impl SocketAddrArg for Address {
    unsafe fn with_sockaddr<R>(
        &self,
        then: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R,
    ) -> R {
        let length = FAMILY as SocketAddrLen + SocketAddrLen::from(self.length);
        then(ptr::from_ref(self).cast(), length)
    }
}

/// What is compared of two addresses of one family, by where it begins behind that.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Everything.
    All = 0,
    /// Of an IP address all but the port.
    Host = 2,
}

impl Address {
    /// An address to be set.
    pub(crate) const fn new() -> Self {
        Self {
            family: 0,
            bytes: [0; SIZE],
            length: 0,
        }
    }

    /// Takes the address of a target: of localhost's two the first or the second.
    pub(crate) fn set(&mut self, target: &Target<'_>, is_second: bool) {
        let ip = target.ip(is_second);
        let (family, length) = if target.is_unix {
            for (to, from) in self.bytes.iter_mut().zip(target.host) {
                *to = *from;
            }
            (AddressFamily::UNIX, SIZE)
        } else {
            let [high, low, host @ ..] = &mut self.bytes;
            [*high, *low] = target.port.to_be_bytes();
            if ip >> 32 == MAPPED >> 32 {
                if let Some(to) = host.first_chunk_mut() {
                    *to = (ip as u32).to_be_bytes();
                }
                (AddressFamily::INET, 14)
            } else {
                // A flow label comes first, a scope last, both zero.
                if let Some(to) = host.get_mut(4..).and_then(<[u8]>::first_chunk_mut) {
                    *to = ip.to_be_bytes();
                }
                (AddressFamily::INET6, 26)
            }
        };
        self.family = family.as_raw();
        self.length = length as u8;
    }

    /// The kind of address.
    pub(crate) fn family(&self) -> AddressFamily {
        AddressFamily::from_raw(self.family)
    }

    /// Whether a part of another address of the same family is the same.
    pub(super) fn has(&self, part: Part, other: &SocketAddrAny) -> bool {
        let length = other.addr_len() as usize;
        // SAFETY: so many bytes of an address are initialised, which is its length.
        let other = unsafe { slice::from_raw_parts(other.as_ptr().cast::<u8>(), length) };
        let begin = part as usize;
        self.bytes.get(begin..self.length.into()) == other.get(FAMILY + begin..)
    }
}
