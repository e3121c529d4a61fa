//! The service's own routes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::accounts::Accounts;

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
        Ok(Err(error)) => {
            tracing::error!(%error, "the account could not be read");
            failure(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the account could not be read",
            )
        }
        // Given on to the layer that catches panics.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
