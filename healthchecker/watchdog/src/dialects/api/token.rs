//! Tokens: shown without their secret, made, replaced and revoked, none with more than its maker has.

use serde::Serialize;

use super::{body, json, query, refusal, shown};
use crate::dialects::Answer;
use crate::store::Token;
use crate::tokens::{Grant, Tokens, Verbs, Wish};
use crate::watches::{Millis, covers};

/// For so long both are valid, unless the request says more.
const USUAL_OVERLAP: Millis = 24 * 3_600 * 1_000;

/// What is asked of tokens.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    Mint {
        prefix: Box<str>,
        verbs: Option<Verbs>,
        life: Option<Millis>,
        note: Option<Box<str>>,
    },
    Rotate {
        serial: u64,
        overlap: Millis,
        life: Option<Millis>,
    },
    Revoke {
        serial: u64,
    },
}

impl Ask {
    /// What the token must reach, where that is known without a look at others.
    pub(super) fn prefix(&self) -> Option<&str> {
        match self {
            Self::Mint { prefix, .. } => Some(prefix),
            Self::Rotate { .. } | Self::Revoke { .. } => None,
        }
    }
}

pub(super) fn mint(mint: body::Mint) -> Result<Ask, Answer> {
    let prefix = query::prefix(&mint.prefix)?;
    let note = |note| body::line("note", note, 200);
    Ok(Ask::Mint {
        // Those of a token have no dots at their end.
        prefix: prefix.trim_end_matches('.').into(),
        verbs: mint.verbs.as_deref().map(body::verbs).transpose()?,
        life: body::within("expires_in_ms", mint.expires_in_ms, body::LIFE)?,
        note: mint.note.map(note).transpose()?,
    })
}

pub(super) fn rotate(serial: &str, rotate: body::Rotate) -> Result<Ask, Answer> {
    let overlap = body::within("overlap_ms", rotate.overlap_ms, body::SPAN)?;
    Ok(Ask::Rotate {
        serial: serial_of(serial)?,
        overlap: overlap.unwrap_or(USUAL_OVERLAP),
        life: body::within("expires_in_ms", rotate.expires_in_ms, body::LIFE)?,
    })
}

pub(super) fn revoke(serial: &str) -> Result<Ask, Answer> {
    let serial = serial_of(serial)?;
    Ok(Ask::Revoke { serial })
}

fn serial_of(text: &str) -> Result<u64, Answer> {
    let message = "the path's serial must be the number of a token";
    query::number(text).ok_or_else(|| refusal::value(message))
}

/// A change of the tokens that a token allows.
#[derive(Clone, Debug)]
pub struct Change {
    ask: Ask,
    grant: Grant,
}

impl Change {
    pub(super) fn new(ask: Ask, grant: Grant) -> Self {
        Self { ask, grant }
    }

    /// Makes it: the rows that are to be stored, and the answer that may be sent when they are.
    ///
    /// # Errors
    ///
    /// The answer, if it is not allowed or cannot be; nothing has changed then.
    pub fn make(&self, tokens: &mut Tokens, wall: Millis) -> Result<(Vec<Token>, Answer), Answer> {
        match &self.ask {
            Ask::Mint {
                prefix,
                verbs,
                life,
                note,
            } => {
                let verbs = match verbs {
                    Some(verbs) => self.no_more(*verbs)?,
                    None => Verbs::USUAL.and(self.grant.verbs),
                };
                let by = || format!("made by token {}", self.grant.serial).into();
                let wish = Wish {
                    prefix,
                    verbs,
                    expires: self.end(*life, self.grant.expires, wall),
                    note: &note.clone().unwrap_or_else(by),
                };
                let minted = tokens.mint(&wish, wall).map_err(refusal::mint)?;
                let answer = shown(201, &minted.row, Some(minted.secret.text()));
                Ok((vec![minted.row], answer))
            }
            Ask::Rotate {
                serial,
                overlap,
                life,
            } => {
                let old = self.reached(*serial, tokens)?;
                self.no_more(Verbs::from_stored(&old.verbs))?;
                let expires = self.end(*life, old.expires, wall);
                let rotated = tokens.rotate(*serial, wall, *overlap, expires);
                let (old, minted) = rotated.map_err(refusal::mint)?;
                let answer = shown(201, &minted.row, Some(minted.secret.text()));
                Ok((vec![old, minted.row], answer))
            }
            Ask::Revoke { serial } => {
                let row = self.reached(*serial, tokens)?;
                self.no_more(Verbs::from_stored(&row.verbs))?;
                let row = tokens.revoke(*serial, wall);
                let row = row.ok_or_else(refusal::no_such_token)?;
                let answer = shown(200, &row, None);
                Ok((vec![row], answer))
            }
        }
    }

    /// A token that the asker's reaches. Of others it is not told that there are any.
    fn reached<'a>(&self, serial: u64, tokens: &'a Tokens) -> Result<&'a Token, Answer> {
        let row = tokens.row(serial);
        row.filter(|row| covers(&self.grant.authority, &row.prefix))
            .ok_or_else(refusal::no_such_token)
    }

    fn no_more(&self, verbs: Verbs) -> Result<Verbs, Answer> {
        if verbs.and(self.grant.verbs) == verbs {
            Ok(verbs)
        } else {
            Err(refusal::more_than_yours(&self.grant.verbs.to_string()))
        }
    }

    /// When a token ends: after its life or as usual, and no later than the asker's.
    fn end(&self, life: Option<Millis>, usual: Millis, wall: Millis) -> Millis {
        let end = life.map_or(usual, |life| wall.saturating_add(life));
        end.min(self.grant.expires)
    }
}

fn shown(status: u16, row: &Token, token: Option<String>) -> Answer {
    json::answer(status, &shown::Token::new(row, token))
}

#[derive(Serialize)]
struct Page<'a> {
    tokens: Vec<shown::Token<'a>>,
    next: Option<u64>,
}

/// A page of the tokens that an authority covers.
pub(super) fn list(
    tokens: &Tokens,
    authority: &str,
    prefix: &str,
    after: u64,
    limit: usize,
) -> Answer {
    let mut rows = tokens.rows().filter(|row| {
        row.serial > after && row.prefix.starts_with(prefix) && covers(authority, &row.prefix)
    });
    let page: Vec<_> = rows.by_ref().take(limit).collect();
    let next = page.last().map(|row| row.serial);
    let next = next.filter(|_| rows.next().is_some());
    let shown = page.into_iter().map(|row| shown::Token::new(row, None));
    let tokens = shown.collect();
    json::answer(200, &Page { tokens, next })
}
