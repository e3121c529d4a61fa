//! Writing JSON (RFC 8259): objects and strings are all that bodies need.

use std::fmt::{Display, Write};

/// An object, or an array, that is being written.
pub(crate) struct Json {
    text: String,
    /// The next member needs a comma before it.
    comma: bool,
}

impl Json {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
            comma: false,
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    pub(crate) fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.comma = false;
    }

    pub(crate) fn close(&mut self, bracket: char) {
        self.text.push(bracket);
        self.comma = true;
    }

    pub(crate) fn separate(&mut self) {
        if self.comma {
            self.text.push(',');
        }
        self.comma = true;
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.separate();
        self.quoted(key);
        self.text.push(':');
    }

    pub(crate) fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        self.quoted(value);
    }

    /// A member whose value needs neither quotes nor escapes.
    pub(crate) fn raw(&mut self, key: &str, value: impl Display) {
        self.key(key);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{value}");
    }

    /// A string whose value needs no escapes.
    pub(crate) fn plain(&mut self, key: &str, value: impl Display) {
        self.key(key);
        let _ = write!(self.text, "\"{value}\"");
    }

    fn quoted(&mut self, value: &str) {
        self.text.push('"');
        for character in value.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                control if control < ' ' => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(control));
                }
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_survives() {
        let text: String = (0..=0x2100).filter_map(char::from_u32).collect();
        let mut json = Json::with_capacity(0);
        json.open('{');
        json.string("text", &text);
        json.string(&text, "");
        json.close('}');
        let parsed: serde_json::Value = serde_json::from_str(&json.finish()).unwrap();
        assert_eq!(parsed["text"], text.as_str());
        assert_eq!(parsed[&text], "");
    }

    #[test]
    fn members_are_separated() {
        let mut json = Json::with_capacity(0);
        json.open('{');
        json.key("a");
        json.open('{');
        json.close('}');
        json.key("b");
        json.open('[');
        json.separate();
        json.open('{');
        json.raw("c", 1.5);
        json.plain("d", "e");
        json.close('}');
        json.close(']');
        json.string("f", "g");
        json.close('}');
        assert_eq!(json.finish(), r#"{"a":{},"b":[{"c":1.5,"d":"e"}],"f":"g"}"#);
    }
}
