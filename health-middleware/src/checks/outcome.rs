//! What a check answers.

use crate::error::BoxError;

/// What a check that did not fail has found.
///
/// `()` converts into [`Outcome::Healthy`], so a check may end in `Ok(())`.
///
/// ```
/// use health_middleware::{Check, Outcome};
///
/// let half_open = true;
/// let check = Check::from_fn("billing", move || async move {
///     if half_open {
///         return Ok::<_, std::io::Error>(Outcome::degraded("circuit half open"));
///     }
///     Ok(Outcome::Healthy)
/// });
/// # drop(check);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Works.
    Healthy,
    /// Works less well, for this reason. The reason is shown like an error's
    /// text: in the log, and under [`Details::Full`](crate::Details::Full).
    Degraded(String),
}

impl Outcome {
    /// [`Outcome::Degraded`] for a reason.
    pub fn degraded(reason: impl Into<String>) -> Self {
        Self::Degraded(reason.into())
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Healthy
    }
}

/// What the closure of a check may answer: `Result<T, E>`, where `T` is `()` or
/// [`Outcome`], and `E` any error.
///
/// Where a block's error type cannot be inferred, write
/// `Ok::<_, BoxError>(())`.
#[diagnostic::on_unimplemented(
    message = "a check answers `Result<(), E>` or `Result<Outcome, E>`, not `{Self}`",
    label = "not an answer of a check",
    note = "`E` is anything that converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait IntoOutcome: sealed::Sealed {
    /// The answer in its one form.
    ///
    /// # Errors
    ///
    /// The check's own error.
    fn into_outcome(self) -> Result<Outcome, BoxError>;
}

impl<T: Into<Outcome>, E: Into<BoxError>> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Result<Outcome, BoxError> {
        self.map(Into::into).map_err(Into::into)
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
}
