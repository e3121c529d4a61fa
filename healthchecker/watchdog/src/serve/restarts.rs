//! What restarts ask of the table's owner.

use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver, channel};

use super::told::Told;
use crate::owner::Owner;
use crate::restarts::{Hands, Notice};
use crate::watches::{Command, Deed, Key, Millis, Now, Outcome, Target};

/// The owner, as restarts know it.
#[derive(Debug)]
pub(super) struct Hand {
    owner: Arc<Owner>,
    told: Arc<Told>,
}

impl Hand {
    pub(super) fn new(owner: Arc<Owner>, told: Arc<Told>) -> Self {
        Self { owner, told }
    }

    async fn deed(&self, key: &Key, deed: Deed) -> bool {
        let command = Command::One {
            target: Target::Key(key.clone()),
            fresh: None,
            deed,
        };
        let done = self.owner.write(|turn| match turn.apply(command) {
            Outcome::Done(_) => Ok(()),
            other => Err(other),
        });
        matches!(done.await, Ok(Ok(())))
    }
}

impl Hands for Hand {
    fn now(&self) -> Now {
        self.owner.now()
    }

    async fn restart(&self, key: &Key, grace: Millis) -> bool {
        self.deed(key, Deed::Restart { grace }).await
    }

    async fn give_up(&self, key: &Key, reason: &str) -> bool {
        let reason = reason.into();
        self.deed(key, Deed::GiveUp { reason }).await
    }

    async fn log(&self, key: &Key, body: Vec<u8>) -> bool {
        let body = body.into();
        self.deed(key, Deed::Log { body }).await
    }

    fn tell(&self, line: &str) {
        self.told.line("restart", line);
    }
}

/// The store's thread may not wait, and of what it tells nothing may be lost: what waits is no more than
/// the watches that are restarted have to tell.
pub(super) fn forward(mut from: UnboundedReceiver<Notice>) -> Receiver<Notice> {
    let (to, notices) = channel(64);
    tokio::spawn(async move {
        while let Some(notice) = from.recv().await {
            if to.send(notice).await.is_err() {
                return;
            }
        }
    });
    notices
}
