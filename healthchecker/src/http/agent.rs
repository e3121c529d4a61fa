//! ureq as a probe can have it: what of its defaults is overridden, in the order of a request.
//!
//! 1. Its configuration: [`config`] has the reason beside each line.
//! 2. Its resolver, a thread that no deadline ends: [`NoResolver`] has nothing to resolve.
//! 3. Its connections, which know neither the probe's deadline nor its trust: [`OneConnection`] hands
//!    over the one that is there.
//! 4. Its reading of heads, which refuses some that are well and takes some that are not: the
//!    [`ScanningTransport`] sees every byte first.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout};
use ureq::{Agent, Error};

use super::transport::ScanningTransport;

/// An agent for one request, whose head takes at most so many bytes.
pub(super) fn agent(transport: ScanningTransport, request: usize) -> Agent {
    let connection = OneConnection(Mutex::new(Some(transport)));
    Agent::with_parts(config(request), connection, NoResolver)
}

fn config(request: usize) -> Config {
    Agent::config_builder()
        // A status is judged here, with the answer at hand.
        .http_status_as_error(false)
        // Read from the environment otherwise: a probe would ask somebody else.
        .proxy(None)
        // Ten otherwise: a redirect is an answer, and an unhealthy one.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // All waiting ends at the transport's own deadline; with timeouts of its own ureq would
        // start threads.
        .timeout_global(None)
        .timeout_await_100(None)
        // 128 KiB each otherwise.
        .input_buffer_size(4096)
        .output_buffer_size(request)
        // One request a process: nothing is kept open.
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        // Headers are those of the request, and no others.
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .build()
}

/// The connection is made before ureq is asked, so there is nothing to resolve.
#[derive(Debug)]
struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        addresses.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)));
        Ok(addresses)
    }
}

/// The one connection, which ureq asks for behind a shared reference.
#[derive(Debug)]
struct OneConnection(Mutex<Option<ScanningTransport>>);

impl Connector<()> for OneConnection {
    type Out = ScanningTransport;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}
