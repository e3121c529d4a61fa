use tokio::task::yield_now;

use super::discover::{Found, Pieces};
use crate::dialects::Answer;
use crate::dialects::registry;
use crate::routes::{Head, Routes};

/// So many instances are looked at in one piece, between which requests are answered.
const PIECE: usize = 500;

impl Routes {
    /// Prometheus' `http_sd`: all instances, healthy or not, each with what is known of it.
    pub(in crate::routes) async fn targets(&self, head: &Head<'_>) -> Answer {
        if !matches!(head.method, "GET" | "HEAD") {
            return Answer::text(405, "method not allowed\n").with("allow", "GET, HEAD");
        }
        if let Err(refused) = self.may_look(head) {
            return refused;
        }
        let service = match registry::service_if(head.query) {
            Ok(service) => service,
            Err(refused) => return refused,
        };
        let mut pieces = Pieces::of(service.as_deref(), PIECE);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next(&self.house) {
            let shown = piece.iter().filter_map(Found::shown);
            all.extend(shown.map(|shown| registry::targets(&shown)));
            yield_now().await;
        }
        registry::discovered(&all)
    }
}
