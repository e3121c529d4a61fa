//! A place in a text that is read from its start to its end.

/// The bytes that are still to be read.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// At the start of a text.
    ///
    /// ```
    /// use healthchecker_core::cursor::Cursor;
    ///
    /// let mut cursor = Cursor::new(b"200-299");
    /// assert_eq!(cursor.number(599), Some(200));
    /// assert!(cursor.eat(b'-'));
    /// assert_eq!(cursor.number(599), Some(299));
    /// assert!(cursor.is_at_end());
    /// ```
    pub fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is still to be read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Passes over `byte`, if it is the next one.
    #[inline(never)]
    pub fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Passes over the next byte where it is a hexadecimal digit, and gives its value.
    pub fn hexadecimal(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        let digit = match first | 0x20 {
            digit @ b'0'..=b'9' if digit == first => digit - b'0',
            letter @ b'a'..=b'f' => letter - b'a' + 10,
            _ => return None,
        };
        self.rest = rest;
        Some(digit)
    }

    /// Passes over the decimal digits that come next, at least one, and gives the number that they
    /// spell, if it is at most `max`.
    #[inline(never)]
    pub fn number(&mut self, max: u32) -> Option<u32> {
        let before = self.rest.len();
        let mut number = 0u64;
        while let Some((&first, rest)) = self.rest.split_first() {
            let digit = first.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            self.rest = rest;
            number = number * 10 + u64::from(digit);
            if number > u64::from(max) {
                return None;
            }
        }
        (self.rest.len() < before).then_some(number as u32)
    }
}
