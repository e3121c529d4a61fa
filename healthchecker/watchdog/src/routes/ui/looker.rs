use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

use super::super::access::{self, Refused};
use super::super::{Head, Routes, origin, too_often};
use super::{protected, refuse, up};
use crate::dialects::Answer;
use crate::owner::Desk;
use crate::tokens::{Denied, Proof, Secret, Verb};
use crate::watches::{Key, Namespace, Now, covers};

/// Who looks at the page.
#[derive(Clone, Debug)]
pub(super) struct Looker {
    /// Of which names it sees what becomes; empty: of all.
    pub(super) authority: Box<str>,
    /// Its token; `None`: it is on this machine.
    secret: Option<Secret>,
}

impl Looker {
    /// Whether it may still look: a token may have been revoked meanwhile.
    pub(super) fn may(&self, desk: &Desk, now: Now) -> bool {
        let bearer = |secret| desk.tokens.bearer(secret, Verb::Status, now.wall);
        self.secret
            .as_ref()
            .is_none_or(|secret| bearer(secret).is_ok())
    }

    /// Whether it sees what becomes of a name. Only names that tokens are for are anybody's.
    pub(super) fn sees(&self, key: &Key) -> bool {
        self.authority.is_empty()
            || key.namespace() == Namespace::Named && covers(&self.authority, key.name())
    }
}

impl Routes {
    /// Who asks, on this machine or with a token that may see something.
    pub(super) fn looker(&self, head: &Head<'_>) -> Result<Looker, Answer> {
        if self.is_local() {
            let hosts = &self.listener().hosts;
            origin::check_page(head.authority, head.headers, hosts).map_err(protected)?;
            return Ok(Looker {
                authority: Box::default(),
                secret: None,
            });
        }
        let up = up(head.path.strip_prefix("/ui/").unwrap_or_default());
        let Some(authorization) = head.header(AUTHORIZATION) else {
            return Err(unproved(
                "A token is needed here: as the password, with any name.",
                &up,
            ));
        };
        let secret = secret(authorization);
        let from = self.address();
        let checked = self.house.owner.read(|desk, now| match &secret {
            Some(secret) => access::bearer(desk, now, from, secret, Verb::Status),
            None => access::fail(desk, now, from, Denied::Wrong),
        });
        match checked {
            Ok(grant) => Ok(Looker {
                authority: grant.authority,
                secret,
            }),
            Err(Refused::TooOften(millis)) => Err(protected(too_often(millis))),
            Err(Refused::Denied(denied @ Denied::Verb(_))) => {
                Err(refuse(403, "Not allowed", &format!("{denied}."), &up))
            }
            // Another one may be right: a browser asks for it.
            Err(Refused::Denied(denied)) => Err(unproved(&format!("{denied}."), &up)),
        }
    }
}

/// The token in a header `Authorization`: itself, or as the password of HTTP's own way (RFC 7617).
fn secret(authorization: &str) -> Option<Secret> {
    if let Some(Proof::Bearer(secret)) = Proof::authorization(authorization) {
        return Some(secret);
    }
    let (scheme, coded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = STANDARD.decode(coded.trim_matches(' ')).ok()?;
    let (_, password) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Secret::parse(password)
}

fn unproved(text: &str, up: &str) -> Answer {
    refuse(401, "A token is needed", text, up)
        .with(
            "www-authenticate",
            "Basic realm=\"watchdog\", charset=\"UTF-8\"",
        )
        .with("www-authenticate", "Bearer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_as_itself_or_as_a_password() {
        let token = "0f".repeat(32);
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for (is_one, text) in [
            (true, format!("Bearer {token}")),
            (true, basic(&format!("me:{token}"))),
            (true, basic(&format!(":{token}"))),
            (
                true,
                basic(&format!("me:{token}")).replace("Basic", "bASIC"),
            ),
            (false, basic(&token)),
            (false, basic(&format!("{token}:"))),
            (false, basic(&format!("me:{token}0"))),
            (false, format!("Basic {token}")),
            (false, "Basic".into()),
            (false, "Basic \u{e9}".into()),
            (false, format!("Digest {token}")),
        ] {
            assert_eq!(secret(&text).is_some(), is_one, "{text}");
        }
    }
}
