//! What is said to the engine, published before whoever says it goes on.

use tokio::time::Instant;

use super::Shared;
use crate::checks::{Settle, Word};

impl Settle for Shared {
    fn settle(&self, now: Instant) {
        self.change(now, |_| {});
    }

    /// What changes nothing but the time waits for the next refresh.
    fn hear(&self, component: usize, word: Word) {
        if self.version.borrow().is_none() {
            return;
        }
        let now = Instant::now();
        let (effects, wake) = {
            let mut state = self.lock();
            let heard = state.hear(&self.slots[component], component, now, word);
            if heard.publish {
                state.evaluate(&self.slots, now);
                self.publish(&mut state, now);
            }
            (state.take_effects(), heard.wake)
        };
        if wake {
            self.wake.notify_one();
        }
        self.tell(effects);
    }
}
