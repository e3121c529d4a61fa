//! Instances as one list in JSON. A long one is sent in pieces: of what somebody asks for and does not read,
//! no more than a piece lies in memory.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::discover::{Found, Pieces};
use crate::dialects::registry::{self, Shown};
use crate::routes::House;
use crate::routes::sent::Reply;

/// So many instances are looked at in one piece, between which requests are answered.
pub(super) const PIECE: usize = 500;

/// So much is sent at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// How one of them is written; `None`: it is left out.
pub(super) type Write = fn(&Shown<'_>) -> Option<String>;

/// A list that is being written.
struct Listing {
    house: Arc<House>,
    pieces: Pieces,
    rest: std::vec::IntoIter<Found>,
    write: Write,
    text: String,
    is_known: bool,
    is_begun: bool,
}

/// What is found of a service, or of all.
pub(super) enum Listed {
    /// Something, or what an empty list is.
    Some(Reply),
    /// There are some, and all of them are left out.
    NoneFit,
    /// There is none at all.
    None,
}

/// Writes what there is.
pub(super) async fn list(house: &Arc<House>, service: Option<&str>, write: Write) -> Listed {
    let mut listing = Listing {
        house: Arc::clone(house),
        pieces: Pieces::of(service, PIECE),
        rest: Vec::new().into_iter(),
        write,
        text: String::new(),
        is_known: false,
        is_begun: false,
    };
    let is_more = listing.go_on().await;
    if !is_more {
        return match (listing.is_begun, listing.is_known) {
            (true, _) => Listed::Some(registry::discovered(listing.text.into_bytes()).into()),
            (false, true) => Listed::NoneFit,
            (false, false) => Listed::None,
        };
    }
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(Box::pin(async move {
        let mut is_more = true;
        loop {
            let text = std::mem::take(&mut listing.text);
            // Whoever asked has gone, or the server ends.
            if sender.send(Bytes::from(text)).await.is_err() || !is_more {
                return;
            }
            is_more = listing.go_on().await;
        }
    }));
    Listed::Some(Reply::Pieces(registry::discovered(Vec::new()), pieces))
}

impl Listing {
    /// Writes until there is enough to be sent, or to the end; whether there is more.
    async fn go_on(&mut self) -> bool {
        loop {
            for found in self.rest.by_ref() {
                let Some(shown) = found.shown() else {
                    continue;
                };
                self.is_known = true;
                if let Some(one) = (self.write)(&shown) {
                    self.text.push(if self.is_begun { ',' } else { '[' });
                    self.is_begun = true;
                    self.text.push_str(&one);
                    if self.text.len() >= CHUNK {
                        return true;
                    }
                }
            }
            yield_now().await;
            match self.pieces.next(&self.house) {
                Some(piece) => self.rest = piece.into_iter(),
                None => break,
            }
        }
        if self.is_begun {
            self.text.push_str("]\n");
        }
        false
    }
}
