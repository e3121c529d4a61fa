//! Why something is not done, in the one line that clients print.

use std::fmt;

use super::status::MOST_LINES;
use crate::dialects::seconds_until;
use crate::tokens::{Denied, MintError};
use crate::watches::{Millis, NameError, Outcome};

/// Why something is not done. Its text is one line, and nothing in it came from the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Neither GET nor POST.
    Method,
    /// A name or prefix outside of the alphabet.
    Name(NameError),
    /// A timeout that is no whole number of seconds from 1 to 31,622,400, which is 366 d.
    Timeout,
    /// A type of monitor that there is not.
    MonitorType,
    /// A monitor's URL that the configuration does not allow.
    MonitorUrl,
    /// Neither `hmac` nor a bearer token.
    NoProof,
    /// An `hmac` that is none.
    Malformed,
    /// A proof that does not allow it.
    Denied(Denied),
    /// No monitor has this id.
    NoMonitor,
    /// There are as many monitors as there may be.
    ManyMonitors,
    /// Too often: there is more in so many milliseconds.
    TooOften(Millis),
    /// There are as many watches as there may be.
    Full,
    /// More watches than one answer may have.
    ManyLines,
    /// No token was made.
    Mint(MintError),
    /// The state of the watch does not allow it.
    Unfit,
}

impl Refusal {
    /// The status of its answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Name(_) | Self::Timeout | Self::MonitorType | Self::MonitorUrl => 400,
            Self::ManyLines | Self::Mint(MintError::Prefix(_)) | Self::Unfit => 400,
            Self::NoProof => 401,
            Self::Malformed | Self::Denied(_) | Self::Mint(MintError::Missing) => 403,
            Self::NoMonitor => 404,
            Self::Method => 405,
            Self::TooOften(_) | Self::Full | Self::ManyMonitors | Self::Mint(_) => 429,
        }
    }

    /// Why a command was not done, or `None`: it was.
    pub fn from_outcome(outcome: Outcome) -> Option<Self> {
        match outcome {
            // What is to be retired may be gone by now: it is as the client wants it.
            Outcome::Done(_) | Outcome::Created | Outcome::Missing => None,
            Outcome::Full => Some(Self::Full),
            Outcome::Bounds => Some(Self::Timeout),
            Outcome::Unfit => Some(Self::Unfit),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "only GET and POST are taken here",
            Self::Name(NameError::Character) => {
                "the name has a character other than a-z, 0-9, . and _"
            }
            Self::Name(error) => return error.fmt(f),
            Self::Timeout => "timeout must be a whole number of seconds from 1 to 31622400",
            Self::MonitorType => "the type of a monitor must be 1, which is Slack",
            Self::MonitorUrl => "args must be a URL that the server's configuration allows",
            Self::NoProof => "hmac is missing: SHA-256 of the token and the name, in hexadecimal",
            Self::Malformed => "hmac must be 64 hexadecimal digits in lower case",
            Self::Denied(denied) => return denied.fmt(f),
            Self::NoMonitor => "there is no monitor of this id",
            Self::TooOften(millis) => {
                return write!(
                    f,
                    "too many requests: try again in {} s",
                    seconds_until(*millis)
                );
            }
            Self::ManyMonitors => {
                "there are as many monitors as there may be: remove some with delmonitor"
            }
            Self::Full => "there are as many watches as there may be: retire some",
            Self::ManyLines => {
                return write!(f, "more than {MOST_LINES} watches: ask for a longer prefix");
            }
            Self::Mint(error) => return error.fmt(f),
            Self::Unfit => "the watch's state does not allow that",
        })
    }
}

impl std::error::Error for Refusal {}
