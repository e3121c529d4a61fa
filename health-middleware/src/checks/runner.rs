//! What does the work of an active check, whatever its type.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{HealthCheck, IntoOutcome, Outcome};
use crate::error::BoxError;

type RunFuture<'a> = Pin<Box<dyn Future<Output = Result<Outcome, BoxError>> + Send + 'a>>;

/// [`HealthCheck`] as a trait object.
pub(crate) trait ErasedCheck: Send + Sync {
    fn run(&self) -> RunFuture<'_>;
}

impl<C: HealthCheck> ErasedCheck for C {
    fn run(&self) -> RunFuture<'_> {
        Box::pin(self.check())
    }
}

/// A closure that makes a future.
pub(super) struct FromFn<F>(pub(super) F);

impl<F, Fut> ErasedCheck for FromFn<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output: IntoOutcome> + Send + 'static,
{
    fn run(&self) -> RunFuture<'_> {
        let answer = (self.0)();
        Box::pin(async move { answer.await.into_outcome() })
    }
}

pub(crate) type BlockingFn = dyn Fn() -> Result<Outcome, BoxError> + Send + Sync;

/// What does the work.
#[derive(Clone)]
pub(crate) enum Runner {
    Async(Arc<dyn ErasedCheck>),
    Blocking(Arc<BlockingFn>),
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async(_) => "Async",
            Self::Blocking(_) => "Blocking",
        })
    }
}
