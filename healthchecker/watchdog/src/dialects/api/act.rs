//! What is to be done for a request that a token allows.

use super::ask::{Ask, Sweep};
use super::body::KindWord;
use super::delivery::{Deliveries, Resend};
use super::request::Request;
use super::{Change, Reply, refusal, reply, token};
use crate::dialects::{Answer, Times};
use crate::tokens::{Grant, Tokens, Verb};
use crate::watches::{self, Command, Deed, Key, Kind, Millis, NEVER, Namespace, Now, Settings};
use crate::watches::{Table, Target};

/// What a watch is made with, unless the request says more.
const KICKED: Times = Times {
    timeout: 300_000,
    grace: 0,
};
const JOB: Times = Times {
    timeout: 24 * 3_600 * 1_000,
    grace: 3_600 * 1_000,
};

/// What is looked at to find out what is to be done. Nothing of it may change until that is done.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// All watches.
    pub table: &'a Table,
    /// All tokens.
    pub tokens: &'a Tokens,
    /// The time.
    pub now: Now,
}

/// What is to be done for a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Nothing: this is the answer.
    Tell(Answer),
    /// A command to the table; when it is stored, the answer is sent that [`Reply::answer`] has made
    /// right after it.
    Do(Command, Reply),
    /// A change of the tokens, with [`Change::make`].
    Change(Change),
    /// A look at what is still to be told, with [`Deliveries::answer`].
    Look(Deliveries),
    /// Something is to be told again, with [`Resend::done`].
    Resend(Resend),
}

impl Request {
    /// What is to be done, as the grant of [`Request::check`] allows it. `id` and `uuid` are those of a
    /// watch that is made for it.
    ///
    /// # Errors
    ///
    /// The answer, if it cannot be done to what there is.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::dialects::Call;
    /// use health_watchdog::dialects::api::*;
    /// use health_watchdog::tokens::*;
    /// use health_watchdog::watches::{Limits, NEVER, Now, Table, apply};
    ///
    /// let now = Now { mono: 1_000, wall: 1_000 };
    /// let mut table = Table::new(Limits::default(), now);
    /// let mut tokens = Tokens::new(Master::new(&[7; 32])?, Vec::new(), now.wall);
    /// let wish = Wish { prefix: "dc", verbs: Verbs::USUAL, expires: NEVER, note: "" };
    /// let authorization = format!("Bearer {}", tokens.mint(&wish, now.wall)?.secret.text());
    /// let call = Call {
    ///     method: "POST",
    ///     path: "/api/watchdog/v1/watches/dc.server1/kick",
    ///     authorization: Some(&authorization),
    ///     body: br#"{"timeout_ms": 60000}"#,
    ///     ..Call::default()
    /// };
    ///
    /// let answer = match parse(&call).expect("a path of this dialect") {
    ///     Err(answer) => answer,
    ///     Ok(request) => match request.check(&tokens, now.wall) {
    ///         Err(why) => denied(why),
    ///         Ok(grant) => {
    ///             let seen = Seen { table: &table, tokens: &tokens, now };
    ///             match request.act(&grant, &seen, 1, 0x5f0c) {
    ///                 Err(answer) | Ok(Act::Tell(answer)) => answer,
    ///                 Ok(Act::Do(command, reply)) => {
    ///                     let effects = apply(&mut table, now, command);
    ///                     reply.answer(effects.outcome, &table, now) // Once the effects are stored.
    ///                 }
    ///                 Ok(Act::Change(change)) => match change.make(&mut tokens, now.wall) {
    ///                     Err(answer) => answer,
    ///                     Ok((rows, answer)) => answer, // Once the rows are stored.
    ///                 },
    ///                 Ok(Act::Look(_) | Act::Resend(_)) => unreachable!("it is not asked for"),
    ///             }
    ///         }
    ///     },
    /// };
    /// assert_eq!(&*answer.body, br#"{"created":true}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn act(self, grant: &Grant, seen: &Seen<'_>, id: u64, uuid: u128) -> Result<Act, Answer> {
        // Whoever has it may kick and fault by it.
        let shows_ping = grant.verbs.allow(Verb::Kick) && grant.verbs.allow(Verb::Fault);
        let now = seen.now;
        Ok(match self.ask {
            Ask::List(page) => {
                Act::Tell(page.answer(&grant.authority, shows_ping, seen.table, now))
            }
            Ask::Show(key) => {
                let watch = seen.table.get(&key).ok_or_else(refusal::no_watch)?;
                Act::Tell(reply::watch(200, watch, shows_ping, now))
            }
            Ask::Put {
                key,
                kind,
                settings,
                wants_ping_url,
            } => {
                is_fit(&key, kind, wants_ping_url, seen.table)?;
                if wants_ping_url && !shows_ping {
                    return Err(refusal::ping_url());
                }
                let (kind, times) = match kind {
                    Some(KindWord::Job) => (Kind::Job, JOB),
                    Some(KindWord::Kick) | None => (Kind::Kick, KICKED),
                };
                let Settings { timeout, grace, .. } = settings;
                let times = with(times, timeout, grace);
                let fresh = times.fresh(kind, id, wants_ping_url.then_some(uuid));
                let command = Command::One {
                    target: Target::Key(key.clone()),
                    fresh: Some(fresh),
                    deed: Deed::Configure(settings),
                };
                Act::Do(command, Reply::watch(key, shows_ping))
            }
            Ask::One {
                key,
                fresh,
                deed,
                verb: _,
            } => {
                let reply = match fresh {
                    Some(_) => Reply::created(),
                    None => Reply::count(),
                };
                let fresh = fresh.map(|(timeout, grace)| {
                    let times = with(KICKED, timeout, grace);
                    times.fresh(Kind::Kick, id, None)
                });
                let target = Target::Key(key);
                let command = Command::One {
                    target,
                    fresh,
                    deed,
                };
                Act::Do(command, reply)
            }
            Ask::Each { prefix, sweep } => {
                let command = Command::Each {
                    namespace: Namespace::Named,
                    prefix,
                    authority: grant.authority.clone(),
                    sweep: sweep_at(sweep, now),
                };
                Act::Do(command, Reply::count())
            }
            Ask::Tokens {
                prefix,
                after,
                limit,
            } => {
                let page = token::list(seen.tokens, &grant.authority, &prefix, after, limit);
                Act::Tell(page)
            }
            Ask::Change(ask) => Act::Change(Change::new(ask, grant.clone())),
            Ask::Deliveries(page) => Act::Look(page.of(&grant.authority)),
            Ask::Resend(resend) => Act::Resend(resend.of(&grant.authority)),
        })
    }
}

/// Whether a watch that there is can become what is asked for.
fn is_fit(
    key: &Key,
    kind: Option<KindWord>,
    wants_ping_url: bool,
    table: &Table,
) -> Result<(), Answer> {
    let Some(watch) = table.get(key) else {
        return Ok(());
    };
    let is_same = match kind {
        None => true,
        Some(KindWord::Kick) => watch.kind == Kind::Kick,
        Some(KindWord::Job) => watch.kind == Kind::Job,
    };
    if !is_same {
        let message = "the watch is of another kind, which stays: DELETE it to make it anew";
        return Err(refusal::unfit(message));
    }
    if wants_ping_url && watch.uuid().is_none() {
        let message = "the watch was made without a ping URL: DELETE it to make it anew";
        return Err(refusal::unfit(message));
    }
    Ok(())
}

fn with(times: Times, timeout: Option<Millis>, grace: Option<Millis>) -> Times {
    Times {
        timeout: timeout.unwrap_or(times.timeout),
        grace: grace.unwrap_or(times.grace),
    }
}

fn sweep_at(sweep: Sweep, now: Now) -> watches::Sweep {
    match sweep {
        Sweep::Retire => watches::Sweep::Retire,
        Sweep::Clear => watches::Sweep::Clear,
        Sweep::Resume => watches::Sweep::Release,
        Sweep::Pause {
            for_ms,
            is_maintenance,
        } => watches::Sweep::Hold {
            is_maintenance,
            until: for_ms.map_or(NEVER, |span| now.mono.saturating_add(span)),
        },
    }
}
