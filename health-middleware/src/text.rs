//! What is kept of the texts of errors, reasons and panics. Touches no room.

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Display, Write};
use std::sync::Arc;

/// What is kept of a text, in bytes.
const LONGEST: usize = 1024;
/// How many sources of an error are looked at: a chain may be a circle.
const DEEPEST: usize = 16;

/// An error and what it came from.
pub(crate) fn describe(error: &(dyn Error + 'static)) -> Arc<str> {
    let mut text = Text::of(error);
    let mut source = error.source();
    for _ in 0..DEEPEST {
        let Some(cause) = source.filter(|_| !text.cut) else {
            break;
        };
        let cause_text = Text::of(cause);
        // Many errors repeat their source in their own text.
        if !text.kept.contains(&cause_text.kept) {
            let _ = write!(text, ": {}", cause_text.kept);
        }
        source = cause.source();
    }
    text.finish()
}

/// A reason, as far as it is kept.
pub(crate) fn bounded(reason: &str) -> Arc<str> {
    Text::of(reason).finish()
}

/// What a panic says of itself.
pub(crate) fn thrown(thrown: &(dyn Any + Send)) -> Arc<str> {
    if let Some(text) = thrown.downcast_ref::<&str>() {
        bounded(text)
    } else if let Some(text) = thrown.downcast_ref::<String>() {
        bounded(text)
    } else {
        "no message".into()
    }
}

/// A text that takes no more than is kept of it.
struct Text {
    kept: String,
    cut: bool,
}

impl Text {
    fn of(value: &(impl Display + ?Sized)) -> Self {
        let mut text = Self {
            kept: String::new(),
            cut: false,
        };
        // An error ends what would be cut off anyway.
        let _ = write!(text, "{value}");
        text
    }

    fn finish(mut self) -> Arc<str> {
        if self.cut {
            self.kept.push('…');
        }
        self.kept.into()
    }
}

impl Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.cut {
            return Err(fmt::Error);
        }
        let room = LONGEST - self.kept.len();
        let boundary = |end: &usize| part.is_char_boundary(*end);
        let fits = (0..=room.min(part.len())).rev().find(boundary).unwrap_or(0);
        self.kept.push_str(&part[..fits]);
        self.cut = fits < part.len();
        if self.cut { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Layer>>);

    impl Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_ref().map(|source| &**source as _)
        }
    }

    fn chain(names: &[&'static str]) -> Layer {
        let (last, outer) = names.split_last().expect("a name");
        outer.iter().rev().fold(Layer(last, None), |inner, name| {
            Layer(name, Some(Box::new(inner)))
        })
    }

    #[test]
    fn chains() {
        for (names, text) in [
            (&["ping"][..], "ping"),
            (&["ping", "cable cut"], "ping: cable cut"),
            (&["ping: cable cut", "cable cut"], "ping: cable cut"),
            (&["", "a", ""], ": a"),
        ] {
            assert_eq!(&*describe(&chain(names)), text, "{names:?}");
        }
        let text = describe(&chain(&["ab"; 5000]));
        assert_eq!(&*text, "ab");
        let names: Vec<&str> = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].into();
        let deep: Vec<_> = names.iter().copied().chain(["xyz"; 8]).collect();
        assert!(describe(&chain(&deep)).ends_with("j: xyz"));
    }

    #[test]
    fn bounds() {
        for (length, cut) in [
            (0, false),
            (1, false),
            (LONGEST, false),
            (LONGEST + 1, true),
        ] {
            let text = bounded(&"x".repeat(length));
            assert_eq!(text.ends_with('…'), cut, "{length}");
            assert_eq!(
                text.chars().filter(|c| *c == 'x').count(),
                length.min(LONGEST)
            );
        }
        // Two bytes each, and one that does not fit any more.
        let text = bounded(&format!("x{}", "ä".repeat(LONGEST)));
        assert_eq!(text.chars().count(), 1 + (LONGEST - 1) / 2 + 1);
        let long = "y".repeat(LONGEST).leak();
        let text = describe(&chain(&["outer", long]));
        assert!(text.starts_with("outer: yy") && text.ends_with("y…"));
        assert_eq!(text.len(), LONGEST + '…'.len_utf8());
    }

    #[test]
    fn panics() {
        assert_eq!(&*thrown(&"borrowed"), "borrowed");
        assert_eq!(&*thrown(&String::from("owned")), "owned");
        assert_eq!(&*thrown(&7), "no message");
    }
}
