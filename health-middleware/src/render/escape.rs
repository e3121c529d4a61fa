//! Text that stays text wherever it stands in HTML.

use std::fmt::{self, Display, Write};

/// What a value displays, with nothing left in it that HTML would read: neither in
/// an element's content nor between double quotes.
pub(super) struct Escaped<T>(pub(super) T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            match character {
                '&' => self.0.write_str("&amp;"),
                '<' => self.0.write_str("&lt;"),
                '>' => self.0.write_str("&gt;"),
                '"' => self.0.write_str("&quot;"),
                '\'' => self.0.write_str("&#39;"),
                '\n' | '\t' => self.0.write_char(character),
                // HTML has no way to write them.
                control if control.is_control() => self.0.write_char('\u{fffd}'),
                // What follows would be read backwards, or what is should not be.
                '\u{202d}' | '\u{202e}' => self.0.write_char('\u{fffd}'),
                other => self.0.write_char(other),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_markup() {
        let text = "</p><script>alert('1' + \"2\") && 3</script>";
        assert_eq!(
            Escaped(text).to_string(),
            "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39; + &quot;2&quot;) &amp;&amp; 3&lt;/script&gt;"
        );
        assert_eq!(Escaped("&lt;").to_string(), "&amp;lt;");
    }

    #[test]
    fn control_characters_are_replaced_and_others_kept() {
        let text = "a\tb\nc\rd\0e\u{1b}[31mf\u{7f}\u{85}g";
        let shown = "a\tb\nc\u{fffd}d\u{fffd}e\u{fffd}[31mf\u{fffd}\u{fffd}g";
        assert_eq!(Escaped(text).to_string(), shown);
        // Right to left by themselves, and set apart, as translations do.
        let others = "größer 🦀 שגיאה \u{2068}x\u{2069} \u{200f}";
        assert_eq!(Escaped(others).to_string(), others);
    }

    #[test]
    fn no_letters_stand_in_another_order_than_they_came() {
        let text = "host \u{202e}moc.live\u{202c} \u{202d}x";
        let shown = "host \u{fffd}moc.live\u{202c} \u{fffd}x";
        assert_eq!(Escaped(text).to_string(), shown);
    }

    #[test]
    fn whatever_is_displayed() {
        assert_eq!(Escaped(format_args!("{}<{}", 1, 2)).to_string(), "1&lt;2");
    }
}
