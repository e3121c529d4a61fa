//! Socket addresses as the kernel has them.
#![allow(unsafe_code)]

use core::{ptr, slice};

use healthchecker_core::target::MAX_SOCKET;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{AddressFamily, SocketAddrAny};

use crate::target::{MAPPED, Target};

/// Bytes of a unix socket's path with its closing zero; the other addresses have fewer.
const SIZE: usize = MAX_SOCKET + 1;

/// A `sockaddr_in`, a `sockaddr_in6` or a `sockaddr_un` (ip(7), ipv6(7), unix(7)).
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Address {
    family: u16,
    bytes: [u8; SIZE],
    /// How many bytes from the family on are the address.
    length: u8,
}

// SAFETY: the pointer is to a whole `Address`, which has its family first and, since no constructor
// takes more than there are, at least `length` initialised bytes.
unsafe impl SocketAddrArg for Address {
    unsafe fn with_sockaddr<R>(
        &self,
        then: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R,
    ) -> R {
        then(ptr::from_ref(self).cast(), self.length.into())
    }
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
    #[inline(never)]
    pub(crate) fn set(&mut self, target: &Target<'_>, is_second: bool) {
        let ip = target.ip(is_second);
        let family = if target.is_unix {
            for (to, from) in self.bytes.iter_mut().zip(target.host) {
                *to = *from;
            }
            self.length = 2 + SIZE as u8;
            AddressFamily::UNIX
        } else {
            let [high, low, rest @ ..] = &mut self.bytes;
            [*high, *low] = target.port.to_be_bytes();
            if ip >> 32 == MAPPED >> 32 {
                if let Some(to) = rest.first_chunk_mut() {
                    *to = (ip as u32).to_be_bytes();
                }
                self.length = 16;
                AddressFamily::INET
            } else {
                if let Some(to) = rest.get_mut(4..).and_then(<[u8]>::first_chunk_mut) {
                    *to = ip.to_be_bytes();
                }
                self.length = 28;
                AddressFamily::INET6
            }
        };
        self.family = family.as_raw();
    }

    /// The kind of address.
    pub(crate) fn family(&self) -> AddressFamily {
        AddressFamily::from_raw(self.family)
    }

    /// Whether another address is this one, leaving out as many bytes of both as precede `part`.
    pub(crate) fn is(&self, other: &SocketAddrAny, part: Part) -> bool {
        let length = other.addr_len() as usize;
        // SAFETY: so many bytes of an address are initialised, which is its length.
        let other = unsafe { slice::from_raw_parts(other.as_ptr().cast::<u8>(), length) };
        // SAFETY: as for `SocketAddrArg`.
        let own =
            unsafe { slice::from_raw_parts(ptr::from_ref(self).cast::<u8>(), self.length.into()) };
        own.get(part as usize..) == other.get(part as usize..)
    }
}

/// What of an IP address is compared, by where it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// Family, port and host.
    All = 0,
    /// The host, with what an IPv6 address has beside it.
    Host = 4,
}
