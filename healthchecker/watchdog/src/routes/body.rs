use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::timeout;

/// Within what a body must have come.
const PATIENCE: Duration = Duration::from_secs(10);

/// So much more of a body is read and dropped, so that a client that sends too much hears the answer
/// and not that its connection is gone.
const COURTESY: usize = 1_000_000;

/// What came of reading a body.
#[derive(Debug)]
pub(super) enum Read {
    /// All of it.
    Whole(Vec<u8>),
    /// It is longer than it may be: its beginning.
    Cut(Vec<u8>),
    /// It did not come in time, or not at all.
    Broken,
}

/// Reads a body, of which `most` bytes are kept.
pub(super) async fn read<B>(body: &mut B, most: usize) -> Read
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.is_end_stream() {
        return Read::Whole(Vec::new());
    }
    let whole = async {
        let mut kept = Vec::new();
        let mut passed = 0;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Read::Broken;
            };
            let Ok(data) = frame.into_data() else {
                continue;
            };
            passed += data.len();
            let room = most - kept.len();
            kept.extend_from_slice(&data[..data.len().min(room)]);
            if passed > most + COURTESY {
                break;
            }
        }
        if passed > most {
            Read::Cut(kept)
        } else {
            Read::Whole(kept)
        }
    };
    timeout(PATIENCE, whole).await.unwrap_or(Read::Broken)
}
