//! `Check::disk`: room on a file system.

use std::path::PathBuf;

use rustix::fs::statvfs;

use super::Check;
use crate::error::BoxError;

/// What must at least be free, for [`Check::disk`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Free {
    /// So many bytes.
    Bytes(u64),
    /// A share of the whole, above 0 and below 1.
    Share(f64),
}

impl Check {
    /// Whether the file system that holds `path` has room for an unprivileged
    /// process, as `statvfs(3)` tells it. On the blocking pool, since a network
    /// file system may hang. Needs the feature `disk`.
    ///
    /// ```
    /// use health_middleware::{Check, Free};
    ///
    /// let check = Check::disk("data", "/var/lib/accounts", Free::Share(0.05));
    /// # drop(check);
    /// ```
    pub fn disk(name: impl Into<String>, path: impl Into<PathBuf>, free: Free) -> Self {
        let path = path.into();
        let invalid = match free {
            Free::Share(share) if !(share > 0.0 && share < 1.0) => Some(format!(
                "Free::Share({share}): above 0 and below 1 is accepted"
            )),
            Free::Bytes(0) => Some("Free::Bytes(0): 1 or more is accepted".to_owned()),
            _ => None,
        };
        let mut check = Self::blocking(name, move || {
            let found = statvfs(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            judge(found.f_frsize, found.f_blocks, found.f_bavail, free)
        });
        check.invalid = invalid;
        check
    }
}

fn judge(block: u64, blocks: u64, available: u64, free: Free) -> Result<(), BoxError> {
    let total = block.saturating_mul(blocks);
    let left = block.saturating_mul(available);
    let (enough, wanted) = match free {
        Free::Bytes(bytes) => (left >= bytes, format!("{bytes} bytes")),
        // Precise to a few bytes in a petabyte.
        Free::Share(share) => (
            left as f64 >= total as f64 * share,
            format!("{} %", share * 100.0),
        ),
    };
    if enough {
        Ok(())
    } else {
        Err(format!("{left} of {total} bytes are free, {wanted} wanted").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room() {
        for (blocks, available, free, enough) in [
            (100, 10, Free::Bytes(40_960), true),
            (100, 10, Free::Bytes(40_961), false),
            (100, 10, Free::Share(0.1), true),
            (100, 9, Free::Share(0.1), false),
            (100, 0, Free::Bytes(1), false),
            (u64::MAX, u64::MAX, Free::Share(0.5), true),
        ] {
            let found = judge(4096, blocks, available, free);
            assert_eq!(found.is_ok(), enough, "{blocks} {available} {free:?}");
        }
    }

    #[test]
    fn what_is_left_is_said() {
        let error = judge(1, 100, 3, Free::Share(0.05)).unwrap_err();
        assert_eq!(error.to_string(), "3 of 100 bytes are free, 5 % wanted");
    }
}
