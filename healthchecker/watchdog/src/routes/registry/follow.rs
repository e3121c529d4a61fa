use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::discover::{Found, Pieces};
use crate::dialects::registry::{BEAT, Frame};
use crate::feed::Piece;
use crate::routes::sent::Reply;
use crate::routes::{House, Routes};

/// So long is nothing said.
const QUIET: Duration = Duration::from_secs(15);

/// So many instances, or events, are taken at once.
const PIECE: usize = 32;

/// What is sent at once, in bytes; one event may be more.
const CHUNK: usize = 4 * 1024;

impl Routes {
    /// What becomes of a service's instances, from now on or from after the last event that somebody had.
    pub(super) fn follow(&self, service: Box<str>, last: Option<&str>) -> Reply {
        // One waits and one is on its way: whoever reads slowly holds no more.
        let (sender, receiver) = mpsc::channel(1);
        let follower = Follower {
            _counted: Counted::new(&self.house.registry.watchers),
            house: Arc::clone(&self.house),
            service,
            out: Out {
                sender,
                text: String::new(),
            },
        };
        // What is no number is none of ours.
        let last = last.map(|last| last.parse().unwrap_or(u64::MAX));
        // In a box: the task would be as large as all that it may wait for.
        tokio::spawn(Box::pin(async move {
            // Whoever listened has gone, or the server ends.
            let _ = follower.run(last).await;
        }));
        Reply::Events(receiver)
    }
}

/// One of those who follow, until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Nobody listens any more.
struct Gone;

struct Out {
    sender: mpsc::Sender<Bytes>,
    text: String,
}

impl Out {
    async fn frame(&mut self, frame: &Frame<'_>, number: u64) -> Result<(), Gone> {
        self.text.push_str(&frame.text(number));
        if self.text.len() < CHUNK {
            return Ok(());
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        self.sender.send(text.into()).await.map_err(|_| Gone)
    }
}

struct Follower {
    house: Arc<House>,
    service: Box<str>,
    out: Out,
    _counted: Counted,
}

impl Follower {
    async fn run(mut self, last: Option<u64>) -> Result<(), Gone> {
        let mut listening = self.house.feed.listen_to(&self.service);
        let mut after = match last {
            None => self.snapshot().await?,
            // Where it has a gap, it is told.
            Some(last) => last,
        };
        loop {
            self.ends()?;
            let Some(Piece { events, until }) =
                self.house.feed.since_of(&self.service, after, PIECE)
            else {
                self.out.frame(&Frame::Resync, 0).await?;
                after = self.snapshot().await?;
                continue;
            };
            for (number, event) in &events {
                if let Some(frame) = Frame::of(event) {
                    self.out.frame(&frame, *number).await?;
                }
            }
            self.out.flush().await?;
            after = until;
            drop(events);
            let gone = self.out.sender.clone();
            tokio::select! {
                () = gone.closed() => return Err(Gone),
                more = timeout(QUIET, listening.after(after)) => match more {
                    Ok(true) => {}
                    Ok(false) => return Ok(()),
                    Err(_) => self.out.text.push_str(BEAT),
                },
            }
        }
    }

    /// At the stop nobody is waited for: a thousand who begin would have the server make all of it for each.
    fn ends(&self) -> Result<(), Gone> {
        if self.house.feed.is_closed() {
            return Err(Gone);
        }
        Ok(())
    }

    /// All that there are, and after which event to go on.
    ///
    /// The number comes first. What the table has is never older than what the feed has told, since it is
    /// told when it is on disk: so whatever is not seen here, or is seen before it changes, comes after the
    /// number. What is seen before it is on disk comes again.
    async fn snapshot(&mut self) -> Result<u64, Gone> {
        let after = self.house.feed.last();
        let mut pieces = Pieces::of(Some(&self.service), PIECE);
        while let Some(piece) = pieces.next(&self.house) {
            for shown in piece.iter().filter_map(Found::shown) {
                self.ends()?;
                self.out.frame(&Frame::There(shown), 0).await?;
            }
        }
        self.out.frame(&Frame::Snapshot, after).await?;
        self.out.flush().await?;
        Ok(after)
    }
}
