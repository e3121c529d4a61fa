//! The program's texts, packed: what build.rs makes of `texts.rs`, and how it is read.

use core::num::NonZeroU16;

use crate::line::Line;

/// A text, by where it starts among the packed ones, which stand in their order in `texts.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text(NonZeroU16);

impl Text {
    const fn at(start: u16) -> Self {
        Self(NonZeroU16::new(start).expect("a zero comes before the first text"))
    }
}

include!(concat!(env!("OUT_DIR"), "/packed.rs"));

impl Line {
    /// Appends a text.
    #[inline(never)]
    pub(crate) fn say(&mut self, text: Text) -> &mut Self {
        let packed = PACKED.get(usize::from(text.0.get())..).unwrap_or_default();
        for &code in packed.iter().take_while(|&&code| code != 0) {
            self.unpack(code);
        }
        self
    }

    /// Appends a character, or what a pair of codes stands for.
    #[inline(never)]
    fn unpack(&mut self, code: u8) {
        match PAIRS.get(usize::from(code).wrapping_sub(128)) {
            Some(&[first, second]) => {
                self.unpack(first);
                self.unpack(second);
            }
            None => {
                self.byte(code);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts;

    #[test]
    fn every_text_is_unpacked_to_itself() {
        let mut start = 1;
        for (name, text) in texts::TEXTS {
            let mut line = Line::new();
            line.say(Text::at(start));
            assert_eq!(line.as_bytes(), text.as_bytes(), "{name}");
            let length = PACKED[usize::from(start)..]
                .iter()
                .position(|code| *code == 0);
            start += length.expect("an end") as u16 + 1;
        }
        assert_eq!(usize::from(start), PACKED.len());
    }
}
