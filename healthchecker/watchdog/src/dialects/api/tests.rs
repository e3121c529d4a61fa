//! What programs that use the API may rely on. Every answer of every test is held to the document.

use serde_json::Value;

use super::*;
use crate::dialects::{Answer, Call};
use crate::outbox::{Look, Outbox};
use crate::store;
use crate::tokens::{Master, Tokens, Verbs, Wish};
use crate::watches::{
    Command, Deed, Effects, Fresh, Key, Kind, Limits, NEVER, Namespace, Now, Outcome, Table,
    Target, apply,
};

mod authority;
mod bad;
mod deliveries;
mod document;
mod golden;
mod lists;
mod never;
mod tokens;

const ALL: &str = "kick fault status retire clear auth monitor pause signed";

/// A server in a nutshell: all that is pure of it.
struct House {
    tokens: Tokens,
    table: Table,
    now: Now,
    id: u64,
    /// The token that asks.
    token: String,
    /// What is to be stored.
    rows: Vec<store::Token>,
    /// What is to be told.
    outbox: Outbox,
}

impl House {
    /// With one token, number 1, for `dc`, at 2016-12-01 18:52:32 UTC.
    fn new() -> Self {
        Self::with("dc", ALL)
    }

    fn with(prefix: &str, verbs: &str) -> Self {
        // Its own clock is an hour behind the wall.
        let now = Now {
            mono: 1_480_614_752_000,
            wall: 1_480_618_352_000,
        };
        let mut house = Self {
            tokens: Tokens::new(Master::new(&[7; 32]).unwrap(), Vec::new(), now.wall),
            table: Table::new(Limits::default(), now),
            now,
            id: 0,
            token: String::new(),
            rows: Vec::new(),
            outbox: deliveries::outbox(),
        };
        house.token = house.mint(prefix, verbs, NEVER);
        house
    }

    fn mint(&mut self, prefix: &str, verbs: &str, expires: u64) -> String {
        let wish = Wish {
            prefix,
            verbs: Verbs::parse(verbs).unwrap(),
            expires,
            note: "",
        };
        let minted = self.tokens.mint(&wish, self.now.wall).unwrap();
        minted.secret.text()
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

    /// A kick that comes some other way.
    fn beat(&mut self, namespace: Namespace, name: &str) {
        self.id += 1;
        let fresh = Fresh {
            id: self.id,
            uuid: None,
            kind: Kind::Kick,
            timeout: 60_000,
            grace: 5_000,
        };
        let deed = Deed::kick();
        let effects = self.apply(Command::One {
            target: Target::Key(Key::new(namespace, name).unwrap()),
            fresh: Some(fresh),
            deed,
        });
        assert!(matches!(
            effects.outcome,
            Outcome::Created | Outcome::Done(1)
        ));
    }

    fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, String) {
        let authorization = format!("Bearer {}", self.token);
        let answer = self.answer(method, target, Some(&authorization), None, body.as_bytes());
        let text = String::from_utf8(answer.body.into_owned()).expect("a text");
        (answer.status, text)
    }

    /// The status and the code of what is refused.
    fn refused(&mut self, method: &str, target: &str, body: &str) -> (u16, String) {
        let (status, text) = self.ask(method, target, body);
        assert!(status >= 400, "{method} {target} {body}: {status} {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        let code = answer["error"]["code"].as_str().unwrap();
        (status, code.to_owned())
    }

    fn json(&mut self, method: &str, target: &str, body: &str) -> Value {
        let (status, text) = self.ask(method, target, body);
        assert!(status < 300, "{method} {target} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn answer(
        &mut self,
        method: &str,
        target: &str,
        authorization: Option<&str>,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = &format!("/api/watchdog/v1/{path}");
        let call = Call {
            method,
            path,
            query,
            authorization,
            content_type,
            body,
            ..Call::default()
        };
        let answer = match parse(&call).expect("a path of the dialect") {
            Err(answer) => answer,
            Ok(request) => self.obey(request).unwrap_or_else(|answer| answer),
        };
        document::check_answer(method, path, &answer);
        answer
    }

    fn obey(&mut self, request: Request) -> Result<Answer, Answer> {
        let grant = request.check(&self.tokens, self.now.wall).map_err(denied)?;
        self.id += 1;
        let uuid = 0x5f0c_2a34_9b7e_4f3e_8a1d_0123_4567_0000 + u128::from(self.id);
        let seen = Seen {
            table: &self.table,
            tokens: &self.tokens,
            now: self.now,
        };
        Ok(match request.act(&grant, &seen, self.id, uuid)? {
            Act::Tell(answer) => answer,
            Act::Do(command, reply) => {
                let effects = self.apply(command);
                reply.answer(effects.outcome, &self.table, self.now)
            }
            Act::Look(page) => page.answer(&self.outbox),
            Act::Resend(resend) => {
                let look = Look {
                    now: self.now,
                    table: &self.table,
                    turn: 1,
                };
                resend.done(&mut self.outbox, &look)?
            }
            Act::Change(change) => {
                let (rows, answer) = change.make(&mut self.tokens, self.now.wall)?;
                self.rows.extend(rows);
                answer
            }
        })
    }

    fn names(&self) -> Vec<&str> {
        let all = self.table.select(Namespace::Named, "", "");
        all.map(|watch| watch.key.name()).collect()
    }
}

fn good(status: u16, body: &str) -> (u16, String) {
    (status, body.to_owned())
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
