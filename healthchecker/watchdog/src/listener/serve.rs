use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper::{Request, Response};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::accept::{PAUSE, Trouble, accept, is_of_one};
use super::bind::Bound;
use super::connection::{Shared, connection};
use super::notice::Report;
use super::seats::Seats;
use super::{Limits, Notice, Peer};

impl Bound {
    /// Serves each connection with a service of its own until `stop` comes, on this runtime. Then nothing
    /// is accepted any more, idle connections are closed, and requests under way are answered, within
    /// [`Limits::drain`]. How many connections were cut off after that.
    ///
    /// A service that gives an error closes its connection unanswered. One that is still at work when its
    /// peer goes is dropped where it waits. `report` hears what an operator should know, from any thread,
    /// and must not wait.
    pub async fn serve<M, S, B>(
        self,
        limits: Limits,
        mut service: M,
        stop: impl Future<Output = ()>,
        report: impl Fn(Notice) + Send + Sync + 'static,
    ) -> usize
    where
        M: FnMut(Peer) -> S,
        S: Service<Request<Incoming>, Response = Response<B>> + Send + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let Self { doors } = self;
        let report = Report::new(report);
        for identity in doors.iter().filter_map(|door| door.identity.as_ref()) {
            identity
                .exposed()
                .into_iter()
                .for_each(|notice| report.tell(notice));
        }
        let (stopping, stopped) = watch::channel(());
        let shared = Arc::new(Shared::new(limits, report, stopped));
        let Shared { limits, report, .. } = &*shared;
        let seats = Arc::new(Seats::default());
        // A task that panicked counts as one that ended: its connection is closed, the others go on.
        let mut connections = JoinSet::new();
        let (mut failing, mut full, mut crowded) = <(Trouble, Trouble, Trouble)>::default();
        let mut pause = pin!(sleep_until(Instant::now()));
        let mut is_paused = false;
        let mut turn = 0;
        let mut stop = pin!(stop);
        loop {
            let has_room = connections.len() < limits.connections.max(1);
            if !has_room && full.shows(Instant::now()) {
                report.tell(Notice::Full {
                    connections: connections.len(),
                });
            }
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                () = &mut pause, if is_paused => {
                    is_paused = false;
                    continue;
                }
                accepted = accept(&doors, &mut turn), if has_room && !is_paused => accepted,
            };
            let (at, accepted) = accepted;
            let door = &doors[at];
            let now = Instant::now();
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_of_one(&error) => continue,
                Err(error) => {
                    if failing.shows(now) {
                        report.tell(Notice::AcceptFailed {
                            address: door.address,
                            cause: error.to_string(),
                        });
                    }
                    pause.as_mut().reset(now + PAUSE);
                    is_paused = true;
                    continue;
                }
            };
            if failing.ends(now) {
                report.tell(Notice::AcceptWorks);
            }
            let seat = match seats.take(address.ip(), limits.per_peer) {
                Ok(seat) => seat,
                Err(peer) => {
                    if crowded.shows(now) {
                        report.tell(Notice::Crowded { peer });
                    }
                    continue;
                }
            };
            // Without it answers may wait for acknowledgements; it fails only where the peer has gone.
            let _ = stream.set_nodelay(true);
            let service = service(Peer {
                listener: at,
                address,
                is_tls: door.identity.is_some(),
            });
            let connection = connection(stream, door.identity.clone(), shared.clone(), service);
            connections.spawn(async move {
                let _seat = seat;
                connection.await;
            });
        }
        drop(doors);
        drop(stopping);
        let drained = async { while connections.join_next().await.is_some() {} };
        if timeout(limits.drain, drained).await.is_ok() {
            return 0;
        }
        let cut_off = connections.len();
        connections.shutdown().await;
        cut_off
    }
}
