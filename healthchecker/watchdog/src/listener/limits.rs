use std::time::Duration;

/// How much of everything a connection gets before it is closed.
///
/// A head of 8 kB and more is answered with 431, more than 100 headers too; that is fixed. How much of a
/// body is read, and for how long in all, is the service's to limit. Times may be up to a year.
///
/// ```
/// use std::time::Duration;
/// use health_watchdog::listener::Limits;
///
/// let limits = Limits { connections: 100, ..Limits::default() };
/// assert_eq!(limits.idle, Duration::from_secs(75));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all, at least 1; whoever comes later waits in the kernel's queue.
    pub connections: usize,
    /// Connections of one peer, at least 1; more are closed at once. A peer is an IPv4 address or a /64
    /// of IPv6. Loopback is exempt: a proxy on this machine speaks for everybody.
    pub per_peer: usize,
    /// From a connection's start to its TLS handshake's end.
    pub handshake: Duration,
    /// From a request's first byte to its head's end; for the first request from the start.
    pub head: Duration,
    /// From an answer's last byte to the next request's first.
    pub idle: Duration,
    /// Without one byte in which the peer takes any of an answer that waits for it, or sends any of a body.
    /// So a request with a body is answered within this time after its last byte, or never.
    pub stall: Duration,
    /// From the stop until requests that are still unanswered are cut off. Whoever takes nothing of an answer
    /// for a second is not waited for then.
    pub drain: Duration,
}

impl Default for Limits {
    /// 10,000 connections, 1,000 of one peer; 10 s for a handshake and for a head, 75 s idle, 30 s stalled,
    /// 10 s to drain.
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_peer: 1_000,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}
