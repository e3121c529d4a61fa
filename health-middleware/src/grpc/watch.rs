//! One Watch: the status now, then each change, until the service drains.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::sleep;
use tonic::Status;

use super::message::{HealthCheckResponse, ServingStatus};
use super::target::Target;
use crate::engine::{Shared, Subscription};

/// How long a stream lasts that begins while the service drains. Clients that ask
/// again as soon as a stream ends, since its message proved the server alive,
/// would otherwise ask as fast as they can for as long as the listener is open.
const LINGER: Duration = Duration::from_secs(1);

/// The stream of a Watch. It ends when the service drains.
pub(super) struct Watch {
    next: Option<Next>,
}

type Next = Pin<Box<dyn Future<Output = Option<(ServingStatus, Watcher)>> + Send>>;

impl Watch {
    /// Follows what a target tells, or says that there is none.
    pub(super) fn new(shared: &Arc<Shared>, target: Option<Target>) -> Self {
        let subscription = Subscription::new(Arc::clone(shared));
        let watcher = Watcher {
            late: subscription.report().is_draining(),
            subscription,
            target,
            told: None,
        };
        Self {
            next: Some(Box::pin(watcher.next())),
        }
    }
}

impl Stream for Watch {
    type Item = Result<HealthCheckResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let next = ready!(next.as_mut().poll(cx));
        Poll::Ready(match next {
            Some((status, watcher)) => {
                self.next = Some(Box::pin(watcher.next()));
                Some(Ok(status.into()))
            }
            None => {
                self.next = None;
                None
            }
        })
    }
}

struct Watcher {
    subscription: Subscription,
    target: Option<Target>,
    told: Option<ServingStatus>,
    /// The service was draining already when this began.
    late: bool,
}

impl Watcher {
    /// Waits for something new to tell. `None` is the end.
    async fn next(mut self) -> Option<(ServingStatus, Self)> {
        loop {
            // Whoever waits keeps no old report.
            let (status, draining) = {
                let report = self.subscription.report();
                let status = match self.target {
                    Some(target) => target.serving(&report),
                    None => ServingStatus::ServiceUnknown,
                };
                (status, report.is_draining())
            };
            if self.told != Some(status) {
                self.told = Some(status);
                return Some((status, self));
            }
            if draining {
                if self.late {
                    sleep(LINGER).await;
                }
                return None;
            }
            self.subscription.changed().await?;
        }
    }
}
