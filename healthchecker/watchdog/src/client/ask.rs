//! One request to several servers: the first that answers, or all.

use std::env;
use std::thread;
use std::time::Duration;

use ureq::Agent;

use super::call::{Failure, agent, call};
use super::endpoint::Endpoint;
use super::errand::Errand;
use super::request::{Bears, Request};
use super::settings::Settings;
use super::token;
use crate::secret::Secret;

/// For a line, and for all watches.
const DEADLINE: Duration = Duration::from_secs(5);
const LONG_DEADLINE: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Debug)]
pub(super) struct Client {
    settings: Settings,
    token: Option<Secret>,
    agent: Agent,
}

impl Client {
    pub(super) fn new(settings: Settings, errand: &Errand) -> Result<Self, String> {
        Ok(Self {
            token: token_for(&settings, errand)?,
            agent: agent(&settings),
            settings,
        })
    }

    pub(super) fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// The first answer that there is.
    pub(super) fn ask(&self, request: &Request) -> Result<Vec<u8>, Failure> {
        self.may_go(request).map_err(Failure::Final)?;
        let mut silent = Vec::new();
        for endpoint in shuffled(&self.settings.endpoints) {
            match self.call(endpoint, request) {
                Err(Failure::Unanswered(why)) => silent.push(why),
                answer => return answer,
            }
        }
        Err(Failure::Unanswered(silent.join("; ")))
    }

    /// Every server, at the same time; each must take it.
    pub(super) fn ask_all(&self, request: &Request) -> Result<(), String> {
        self.may_go(request)?;
        let failures: Vec<String> = thread::scope(|scope| {
            let endpoints = self.settings.endpoints.iter();
            let asked: Vec<_> = endpoints
                .map(|endpoint| {
                    thread::Builder::new()
                        .spawn_scoped(scope, move || self.call(endpoint, request))
                        .map_err(|error| format!("{endpoint}: {error}"))
                })
                .collect();
            let failures = asked.into_iter().filter_map(|asked| match asked {
                Err(why) => Some(why),
                Ok(asked) => match asked.join() {
                    Ok(Ok(_)) => None,
                    Ok(Err(failure)) => Some(failure.text()),
                    Err(_) => Some("a thread has panicked".to_owned()),
                },
            });
            failures.collect()
        });
        if failures.is_empty() {
            Ok(())
        } else {
            Err(failures.join("; "))
        }
    }

    fn call(&self, endpoint: &Endpoint, request: &Request) -> Result<Vec<u8>, Failure> {
        let usual = if request.is_long {
            LONG_DEADLINE
        } else {
            DEADLINE
        };
        let deadline = self.settings.deadline.unwrap_or(usual);
        let is_hidden = !endpoint.is_exposed || self.settings.is_plain;
        let bearer = match request.bears {
            Bears::No => None,
            Bears::WhereHidden if !is_hidden => None,
            Bears::WhereHidden | Bears::Yes => self.token.as_ref().map(Secret::text),
        };
        call(&self.agent, endpoint, request, bearer.as_deref(), deadline)
    }

    /// Of all servers, so that no chance decides.
    fn may_go(&self, request: &Request) -> Result<(), String> {
        let mut endpoints = self.settings.endpoints.iter();
        let exposed = endpoints.find(|endpoint| endpoint.is_exposed);
        match exposed {
            Some(endpoint) if request.bears == Bears::Yes && !self.settings.is_plain => {
                Err(format!(
                    "{endpoint}: anybody on the way could read the token; use https://, or --plain \
                     where that is meant"
                ))
            }
            _ => Ok(()),
        }
    }
}

fn token_for(settings: &Settings, errand: &Errand) -> Result<Option<Secret>, String> {
    match (errand, &settings.token_file) {
        (Errand::DeleteMonitor { .. }, _) => Ok(None),
        #[cfg(feature = "serve")]
        (
            Errand::Auth {
                master: Some(path), ..
            },
            _,
        ) => root(path).map(Some),
        (_, Some(path)) => token::from_file(path).map(Some),
        (_, None) => token::search(env::var_os("WD_TOKEN"), env::var_os("HOME")).map(Some),
    }
}

/// The token with which a server begins: of number 0, for everything. It is made, not stored.
#[cfg(feature = "serve")]
fn root(path: &std::path::Path) -> Result<Secret, String> {
    use std::io::Read;

    use crate::tokens::Master;

    let cannot = |why: String| {
        let path = crate::grammar::shown(path.as_os_str());
        format!("--master: {path}: {why}")
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(4096).read_to_end(&mut bytes))
        .map_err(|error| cannot(error.to_string()))?;
    let master = Master::new(&bytes).map_err(|error| cannot(error.to_string()))?;
    Ok(master.derive(0, ""))
}

/// In an order of chance, so that no server has all the work.
fn shuffled(endpoints: &[Endpoint]) -> Vec<&Endpoint> {
    let mut order: Vec<_> = endpoints.iter().collect();
    for at in (1..order.len()).rev() {
        let mut random = [0; 8];
        if getrandom::fill(&mut random).is_ok() {
            // There are few, so that the remainder is as good as even.
            let other = u64::from_ne_bytes(random) % (at as u64 + 1);
            order.swap(at, usize::try_from(other).unwrap_or(at));
        }
    }
    order
}
