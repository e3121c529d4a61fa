use std::net::IpAddr;

use http::header::AUTHORIZATION;

use super::{Head, Routes, origin, too_often};
use crate::dialects::Answer;
use crate::owner::Desk;
use crate::tokens::{Denied, Grant, Proof, Secret, Verb};
use crate::watches::{Millis, Now};

/// Why a proof is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Denied(Denied),
    /// In so many milliseconds it may be tried again.
    TooOften(Millis),
}

/// Whether a proof allows something, counted.
pub(super) fn check(
    desk: &mut Desk,
    now: Now,
    from: IpAddr,
    proof: &Proof,
    name: &str,
    verb: Verb,
) -> Result<Grant, Refused> {
    let found = desk.tokens.check(proof, name, verb, now.wall);
    count(desk, now, from, found)
}

/// Whether a token allows something to some names, counted.
pub(super) fn bearer(
    desk: &mut Desk,
    now: Now,
    from: IpAddr,
    secret: &Secret,
    verb: Verb,
) -> Result<Grant, Refused> {
    let found = desk.tokens.bearer(secret, verb, now.wall);
    count(desk, now, from, found)
}

/// What is wrong counts against its address and not against its neighbours there: a good proof is never
/// refused for the failures of others.
pub(super) fn count(
    desk: &mut Desk,
    now: Now,
    from: IpAddr,
    found: Result<Grant, Denied>,
) -> Result<Grant, Refused> {
    match found {
        Ok(grant) => match desk.requests.take(grant.serial, now.mono) {
            Ok(()) => Ok(grant),
            Err(millis) => Err(Refused::TooOften(millis)),
        },
        Err(denied) => fail(desk, now, from, denied),
    }
}

/// Whoever has one address of IPv6 has 2⁶⁴ of them (RFC 6177, section 2).
fn neighbours(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
    }
}

/// Counts a proof that is none.
pub(super) fn fail<T>(
    desk: &mut Desk,
    now: Now,
    from: IpAddr,
    denied: Denied,
) -> Result<T, Refused> {
    match desk.failures.take(neighbours(from), now.mono) {
        Ok(()) => Err(Refused::Denied(denied)),
        Err(millis) => Err(Refused::TooOften(millis)),
    }
}

impl Routes {
    /// Whether only this machine can ask here.
    pub(super) fn is_local(&self) -> bool {
        self.listener().address.ip().to_canonical().is_loopback()
    }

    /// Where only this machine can ask, whoever does may see what is watched.
    pub(super) fn may_look(&self, head: &Head<'_>) -> Result<(), Answer> {
        if self.is_local() {
            // A page that comes by a name of its own could read who is watched here.
            origin::check(head.authority, head.headers, &self.listener().hosts)
        } else {
            self.may_see_all(head)
        }
    }

    fn may_see_all(&self, head: &Head<'_>) -> Result<(), Answer> {
        let proof = head.header(AUTHORIZATION).and_then(Proof::authorization);
        let Some(proof) = proof else {
            let answer = Answer::text(401, "a token is needed here: Authorization: Bearer TOKEN\n");
            return Err(answer.with("www-authenticate", "Bearer"));
        };
        let from = self.address();
        let checked = self
            .house
            .owner
            .read(|desk, now| check(desk, now, from, &proof, "", Verb::Status));
        match checked {
            Ok(_) => Ok(()),
            Err(Refused::TooOften(millis)) => Err(too_often(millis)),
            Err(Refused::Denied(denied)) => Err(Answer::text(403, format!("{denied}\n"))),
        }
    }
}
