//! The service's own routes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::accounts::{Accounts, NotOpen};

/// `GET /accounts/{id}`; whatever else is asked for is not found.
pub(crate) fn routes(accounts: Arc<Accounts>) -> Router {
    Router::new()
        .route("/accounts/{id}", get(account))
        .with_state(accounts)
        .fallback(async || failure(StatusCode::NOT_FOUND, "no such resource"))
}

async fn account(State(accounts): State<Arc<Accounts>>, Path(id): Path<String>) -> Response {
    // The database reads from disk, which must not hold up the runtime.
    match tokio::task::spawn_blocking(move || accounts.find(&id)).await {
        Ok(Ok(Some(account))) => Json(account).into_response(),
        Ok(Ok(None)) => failure(StatusCode::NOT_FOUND, "no such account"),
        Ok(Err(error)) if error.is::<NotOpen>() => failure(
            StatusCode::SERVICE_UNAVAILABLE,
            "the accounts cannot be read yet",
        ),
        Ok(Err(error)) => {
            tracing::error!(%error, "the account could not be read");
            failure(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the account could not be read",
            )
        }
        Err(error) => match error.try_into_panic() {
            // Given on to the layer that catches panics.
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => failure(StatusCode::SERVICE_UNAVAILABLE, "the service is ending"),
        },
    }
}

fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::path::PathBuf;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// A request that is still under way when the runtime ends.
    #[test]
    fn what_cannot_be_read_any_more_is_no_panic() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _entered = handle.enter();
        let accounts = Arc::new(Accounts::new(PathBuf::from("never/opened")));
        let answer = pin!(account(State(accounts), Path("10000".to_owned())));
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(answer) = answer.poll(&mut context) else {
            panic!("the read goes on");
        };
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
