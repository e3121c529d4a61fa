use http::header::{AUTHORIZATION, USER_AGENT};

use super::access::{self, Refused};
use super::{Head, Routes, Unanswered, random};
use crate::dialects::gwd::{
    Act, Ask, Listing, MonitorId, Refusal, Request, Settings, Signed, answer, parse,
};
use crate::dialects::{Answer, Call};
use crate::owner::{Lost, MOST_MONITORS, Turn};
use crate::store::{Monitor, MonitorKind};
use crate::tokens::{Denied, Grant};
use crate::watches::Namespace;

impl Routes {
    /// `None`: it is no route of this dialect.
    pub(super) async fn gwd(&self, head: &Head<'_>) -> Result<Option<Answer>, Unanswered> {
        let call = Call {
            method: head.method,
            path: head.path,
            query: head.query,
            user_agent: head.header(USER_AGENT),
            authorization: head.header(AUTHORIZATION),
            ..Call::default()
        };
        let settings = &self.house.config.gwd;
        let done = match parse(&call, settings) {
            None => return Ok(None),
            Some(Err(refusal)) => Ok(Err(refusal)),
            Some(Ok(Request::DeleteMonitor(id))) => self.delete_monitor(id).await,
            Some(Ok(Request::Signed(signed))) if matches!(signed.ask, Ask::Status { .. }) => {
                self.list(signed, settings)
            }
            Some(Ok(Request::Signed(signed))) => self.sign(signed, settings).await,
        };
        match done {
            Ok(Ok(done)) => Ok(Some(done)),
            Ok(Err(refusal)) => Ok(Some(answer::refused(&refusal))),
            Err(Lost) => Err(Unanswered),
        }
    }

    async fn delete_monitor(&self, id: MonitorId) -> Result<Result<Answer, Refusal>, Lost> {
        let owner = &self.house.owner;
        let from = self.address();
        let deleted = owner.write(|turn| {
            if turn.remove_monitor(id.0) {
                return Ok(answer::monitor_deleted(true));
            }
            // An id is a secret, and guessing it is a failure as with any other.
            let (desk, now) = (&mut *turn.desk, turn.now);
            match access::fail(desk, now, from, Denied::Wrong) {
                Err(Refused::TooOften(millis)) => Err(Refusal::TooOften(millis)),
                Ok(()) | Err(Refused::Denied(_)) => Err(Refusal::NoMonitor),
            }
        });
        deleted.await
    }

    fn list(&self, signed: Signed, settings: &Settings) -> Result<Result<Answer, Refusal>, Lost> {
        if self.house.owner.is_lost() {
            return Err(Lost);
        }
        Ok(self.house.owner.read(|desk, now| {
            let name = signed.name.name();
            let from = self.address();
            let grant = access::check(desk, now, from, &signed.proof, name, signed.verb());
            let grant = grant.map_err(refusal)?;
            let Act::List {
                prefix,
                authority,
                is_headed,
                is_name_first,
            } = signed.act(&grant, settings, 0)
            else {
                return Err(Refusal::Unfit);
            };
            let listing = Listing {
                is_headed,
                is_name_first,
                zone: settings.zone,
            };
            let watches = desk.table.select(Namespace::Named, &prefix, &authority);
            Ok(answer::status(watches, listing, now))
        }))
    }

    async fn sign(
        &self,
        signed: Signed,
        settings: &Settings,
    ) -> Result<Result<Answer, Refusal>, Lost> {
        let from = self.address();
        let done = self.house.owner.write(|turn| {
            let name = signed.name.name();
            let (desk, now) = (&mut *turn.desk, turn.now);
            let grant = access::check(desk, now, from, &signed.proof, name, signed.verb());
            let grant = grant.map_err(refusal)?;
            let act = signed.act(&grant, settings, turn.id());
            act_on(turn, act, &grant)
        });
        done.await
    }
}

fn act_on(turn: &mut Turn<'_>, act: Act, grant: &Grant) -> Result<Answer, Refusal> {
    match act {
        Act::Do(command) => Ok(answer::done(turn.apply(command))),
        Act::Mint { .. } => {
            let wish = act.wish().ok_or(Refusal::Unfit)?;
            let minted = turn.mint(&wish).map_err(Refusal::Mint)?;
            Ok(answer::token(&minted.secret))
        }
        Act::Monitor {
            prefix,
            authority,
            url,
        } => {
            if turn.desk.monitors.len() >= MOST_MONITORS {
                return Err(Refusal::ManyMonitors);
            }
            let id = random().ok_or(Refusal::Unfit)?;
            turn.monitor(Monitor {
                id,
                kind: MonitorKind::Slack,
                prefix,
                authority,
                url,
                serial: grant.serial,
                at: turn.now.wall,
            });
            Ok(answer::monitor(MonitorId(id)))
        }
        // It changes nothing, and has been answered.
        Act::List { .. } => Err(Refusal::Unfit),
    }
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Denied(denied) => Refusal::Denied(denied),
        Refused::TooOften(millis) => Refusal::TooOften(millis),
    }
}
