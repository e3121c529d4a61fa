//! What the clients of the Global Watch Dog may rely on.

use super::*;
use crate::dialects::{Answer, Call};
use crate::tokens::{Master, Minted, Tokens, Verbs, Wish};
use crate::watches::{
    Command, Deed, Effects, Key, Limits, NEVER, Namespace, Now, Outcome, Sweep, Table, Target,
    apply,
};

mod bad;
mod golden;
mod lines;
mod never;

const ALL: &str = "kick fault status retire clear auth monitor signed";
const PYTHON: &str = "python-requests/2.31.0";
const GO: &str = "Go-http-client/1.1";

/// A server in a nutshell: all that is pure of it.
struct House {
    tokens: Tokens,
    table: Table,
    now: Now,
    settings: Settings,
    monitors: Vec<(MonitorId, Act)>,
    token: Minted,
    id: u64,
}

impl House {
    /// With one token, for `dc`, at 2016-12-01 18:52:32 UTC.
    fn new() -> Self {
        Self::with(ALL)
    }

    fn with(verbs: &str) -> Self {
        // Its own clock is an hour behind the wall.
        let now = Now {
            mono: 1_480_614_752_000,
            wall: 1_480_618_352_000,
        };
        let mut tokens = Tokens::new(Master::new(&[7; 32]).unwrap(), Vec::new(), now.wall);
        let wish = Wish {
            prefix: "dc",
            verbs: Verbs::parse(verbs).unwrap(),
            expires: NEVER,
            note: "",
        };
        let token = tokens.mint(&wish, now.wall).unwrap();
        Self {
            tokens,
            table: Table::new(Limits::default(), now),
            now,
            settings: Settings::default(),
            monitors: Vec::new(),
            token,
            id: 0,
        }
    }

    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now.mono += 1_000;
            self.now.wall += 1_000;
            self.apply(Command::Expire { most: usize::MAX });
        }
    }

    fn apply(&mut self, command: Command) -> Effects {
        apply(&mut self.table, self.now, command)
    }

    fn one(&mut self, name: &str, deed: Deed) -> Outcome {
        let target = Target::Key(Key::new(Namespace::Named, name).unwrap());
        let fresh = None;
        self.apply(Command::One {
            target,
            fresh,
            deed,
        })
        .outcome
    }

    fn hmac(&self, name: &str) -> String {
        let signature = self.token.secret.signature(name);
        signature.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What a client with the token gets for a route and a name.
    fn get(&mut self, route: &str, name: &str, query: &str) -> (u16, String) {
        let target = format!("/{route}/{name}?{query}&hmac={}", self.hmac(name));
        self.ask(&target, GO)
    }

    fn ask(&mut self, target: &str, agent: &str) -> (u16, String) {
        let answer = self.answer("GET", target, Some(agent), None);
        (answer.status, text(&answer).to_owned())
    }

    fn answer(
        &mut self,
        method: &str,
        target: &str,
        user_agent: Option<&str>,
        authorization: Option<&str>,
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let call = Call {
            method,
            path,
            query,
            user_agent,
            authorization,
            ..Call::default()
        };
        match parse(&call, &self.settings).expect("a route of the dialect") {
            Err(refusal) => answer::refused(&refusal),
            Ok(request) => self.obey(request),
        }
    }

    fn obey(&mut self, request: Request) -> Answer {
        let request = match request {
            Request::Signed(request) => request,
            Request::DeleteMonitor(id) => {
                let before = self.monitors.len();
                self.monitors.retain(|(known, _)| *known != id);
                return answer::monitor_deleted(self.monitors.len() < before);
            }
        };
        let (name, verb) = (request.name.name(), request.verb());
        let grant = match self.tokens.check(&request.proof, name, verb, self.now.wall) {
            Ok(grant) => grant,
            Err(denied) => return answer::refused(&Refusal::Denied(denied)),
        };
        self.id += 1;
        let act = request.act(&grant, &self.settings, self.id);
        if let Some(wish) = act.wish() {
            return match self.tokens.mint(&wish, self.now.wall) {
                Ok(minted) => answer::token(&minted.secret),
                Err(error) => answer::refused(&Refusal::Mint(error)),
            };
        }
        match act {
            Act::Do(command) => answer::done(self.apply(command).outcome),
            Act::List {
                prefix,
                authority,
                is_headed,
                is_name_first,
            } => {
                let listing = Listing {
                    is_headed,
                    is_name_first,
                    zone: self.settings.zone,
                };
                let watches = self.table.select(Namespace::Named, &prefix, &authority);
                answer::status(watches, listing, self.now)
            }
            act => {
                let id = MonitorId(0xfeed);
                self.monitors.push((id, act));
                answer::monitor(id)
            }
        }
    }
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("a text")
}

fn good(body: &str) -> (u16, String) {
    (200, body.to_owned())
}
