//! The publisher: changes at once, fresh times about once a second.

use std::sync::Arc;

use tokio::time::Instant;

use super::Shared;
use crate::race::{race, until};

/// Publishes for as long as it is polled.
pub(super) async fn publish(shared: Arc<Shared>) {
    loop {
        // Whichever it was, what is due is worked out afresh.
        race(until(shared.due()), shared.wake.notified()).await;
        shared.publish_due(Instant::now());
    }
}

impl Shared {
    fn due(&self) -> Option<Instant> {
        let state = self.lock();
        state.due(self.refresh, self.pulsing, self.snapshot.load().expires)
    }

    fn publish_due(&self, now: Instant) {
        let effects = {
            let mut state = self.lock();
            let expires = self.snapshot.load().expires;
            if state
                .due(self.refresh, self.pulsing, expires)
                .is_none_or(|due| now < due)
            {
                return;
            }
            state.evaluate(&self.slots, now);
            self.publish(&mut state, now);
            state.take_effects()
        };
        self.tell(effects);
    }
}
