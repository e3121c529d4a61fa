use super::origin;
use super::{Head, Routes, unavailable};
use crate::config::Dialect;
use crate::dialects::{Answer, heartbeat};

impl Routes {
    pub(super) async fn heartbeat(&self, head: &Head<'_>) -> Answer {
        let config = &self.house.config;
        let hosts = &self.listener().hosts;
        if let Err(refused) = origin::check(head.authority, head.headers, hosts) {
            return refused;
        }
        let beat = match heartbeat::parse(head.method, head.path, head.query) {
            Ok(beat) => beat,
            Err(refused) => return refused,
        };
        let done = self.house.owner.write(|turn| {
            let opened = |key: &_| config.opened(Dialect::Heartbeat, key);
            let command = beat.command(&config.heartbeat, opened, turn.id())?;
            Ok(heartbeat::answer(turn.apply(command)))
        });
        match done.await {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(_) => unavailable(),
        }
    }
}
