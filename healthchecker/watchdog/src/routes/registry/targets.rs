use super::listing::{Listed, Write, list};
use crate::dialects::Answer;
use crate::dialects::registry;
use crate::routes::sent::Reply;
use crate::routes::{Head, Routes};

impl Routes {
    /// Prometheus' `http_sd`: all instances, healthy or not, each with what is known of it.
    pub(in crate::routes) async fn targets(&self, head: &Head<'_>) -> Reply {
        if !matches!(head.method, "GET" | "HEAD") {
            return Answer::text(405, "method not allowed\n")
                .with("allow", "GET, HEAD")
                .into();
        }
        if let Err(refused) = self.may_look(head) {
            return refused.into();
        }
        let service = match registry::service_if(head.query) {
            Ok(service) => service,
            Err(refused) => return refused.into(),
        };
        let all: Write = |shown| Some(registry::targets(shown));
        match list(&self.house, service.as_deref(), all).await {
            Listed::Some(reply) => reply,
            _ => registry::discovered(b"[]\n".to_vec()).into(),
        }
    }
}
