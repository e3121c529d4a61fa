use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// How many connections each peer has.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<HashMap<IpAddr, usize>>);

/// One connection of a peer, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat(Option<(Arc<Seats>, IpAddr)>);

impl Seats {
    /// # Errors
    ///
    /// The peer, if it has `limit` of them.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr, limit: usize) -> Result<Seat, IpAddr> {
        let Some(peer) = peer(address) else {
            return Ok(Seat(None));
        };
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(peer).or_default();
        if *count >= limit.max(1) {
            return Err(peer);
        }
        *count += 1;
        Ok(Seat(Some((self.clone(), peer))))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((seats, peer)) = self.0.take() else {
            return;
        };
        let mut taken = seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = taken.entry(peer) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// Whom an address counts for: itself, or its /64, which is what one customer gets at least. `None`: a
/// loopback address.
fn peer(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    if address.is_loopback() {
        return None;
    }
    Some(match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_gets_as_many_as_it_may_and_each_that_it_gives_back() {
        let seats = Arc::new(Seats::default());
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let first = seats.take(address, 2).unwrap();
        let _second = seats.take("::ffff:192.0.2.1".parse().unwrap(), 2).unwrap();
        assert_eq!(seats.take(address, 2).unwrap_err(), address);
        assert!(seats.take("192.0.2.2".parse().unwrap(), 2).is_ok());
        drop(first);
        assert!(seats.take(address, 2).is_ok());
    }

    #[test]
    fn nothing_stays_of_who_has_gone() {
        let seats = Arc::new(Seats::default());
        drop(seats.take("192.0.2.1".parse().unwrap(), 1));
        assert!(seats.0.lock().unwrap().is_empty());
    }

    #[test]
    fn of_ipv6_a_64_is_one_peer() {
        let seats = Arc::new(Seats::default());
        let _one = seats.take("2001:db8:0:1::1".parse().unwrap(), 1).unwrap();
        let peer = seats.take("2001:db8:0:1:ffff::".parse().unwrap(), 1);
        assert_eq!(peer.unwrap_err().to_string(), "2001:db8:0:1::");
        assert!(seats.take("2001:db8:0:2::1".parse().unwrap(), 1).is_ok());
    }

    #[test]
    fn loopback_is_exempt() {
        let seats = Arc::new(Seats::default());
        for address in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            let address = address.parse().unwrap();
            let taken = [seats.take(address, 1), seats.take(address, 1)];
            assert!(taken.iter().all(Result::is_ok), "{address}");
        }
    }
}
