//! JSON of our own under `/api/watchdog/v1/`, with `Authorization: Bearer TOKEN` for all but the document.
//!
//! | request | verb | answer |
//! |---|---|---|
//! | `GET openapi.json` | | [`DOCUMENT`]: all of this, exactly |
//! | `GET watches?prefix=&state=&namespace=&limit=&after=` | status | `{"watches": […], "next"}`, by name |
//! | `GET watches/NAME?namespace=` | status | the watch |
//! | `PUT watches/NAME` | kick, status | the watch; 201: it was made |
//! | `DELETE watches/NAME` | retire | `{"watches": 1}`: this one alone |
//! | `POST watches/NAME/kick` | kick | `{"created"}` |
//! | `POST watches/NAME/fault` | fault | `{"created"}` |
//! | `POST watches/NAME/start` | kick | `{"watches": 1}` |
//! | `POST retire`, `POST clear` | retire, clear | `{"watches"}`: to so many it was done |
//! | `POST pause`, `POST resume` | pause | `{"watches"}` |
//! | `GET tokens?prefix=&limit=&after=` | auth | `{"tokens": […], "next"}`, by number |
//! | `POST tokens` | auth | 201: its row, and the token, which is shown once |
//! | `POST tokens/SERIAL/rotate` | auth | 201: the same of the new one |
//! | `DELETE tokens/SERIAL` | auth | its row |
//! | `GET deliveries?state=&sink=&limit=&after=` | status | `{"deliveries": […], "next"}`: what is still to be told, or was not |
//! | `POST deliveries/ID/SINK/resend` | monitor | `{"deliveries"}`: so many are told again, or at once |
//! | `POST deliveries/SINK/resend` | monitor | the same of all of a sink, for tokens of everything |
//!
//! A prefix is text; what it selects is shown and changed as far as the token's authority covers it, by
//! whole labels. What an authority does not cover is not told from what there is not, where a number and
//! not a name is asked for. A ping URL's uuid is shown to tokens that may kick and fault, since whoever
//! has it may do both. No token gives another one more than it has: neither verbs, nor names, nor time.
//!
//! An error is `{"error": {"code", "message"}}`. Fields and parameters that are not known are refused.

mod act;
mod ask;
mod body;
mod delivery;
mod json;
mod list;
mod query;
mod refusal;
mod reply;
mod request;
mod routes;
mod shown;
mod token;

pub use act::{Act, Seen};
pub use delivery::{Deliveries, Resend};
pub use json::BODY_LIMIT;
pub use refusal::{denied, length_required, store_lost, too_large, too_often};
pub use reply::Reply;
pub use request::{Request, parse};
pub use token::Change;

/// The routes, their bodies and their answers, as OpenAPI 3.1.
pub const DOCUMENT: &str = include_str!("api/openapi.json");

#[cfg(test)]
mod tests;
