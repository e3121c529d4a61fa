//! The values of options: each judged by itself, and put where the check needs it.

use healthchecker_core::cursor::Cursor;
use healthchecker_core::decimal::{PortError, read_port};
use healthchecker_core::duration;
use healthchecker_core::header;
use healthchecker_core::status::StatusSet;

use super::names::Name;
use super::problem::Problem;
use crate::probe::Probe;

/// Gives the value of an environment variable.
pub(super) type Variable<'f, 'v> = &'f dyn Fn(&[u8]) -> Option<&'v [u8]>;

impl<'a> Probe<'a> {
    /// Takes a word as the value of an option.
    ///
    /// # Errors
    /// Why it is none. Of a header that is at fault the word may be left its name.
    pub(super) fn take(
        &mut self,
        name: Name,
        word: &mut &'a [u8],
        variable: Variable<'_, 'a>,
    ) -> Result<(), Problem> {
        let target = &mut self.target;
        let mut cursor = Cursor::new(word);
        let is_read = match name {
            Name::Url => {
                if lacked(word) {
                    return Err(Problem::Lacked);
                }
                target.read_url(&mut cursor)
            }
            Name::Port => target.read_port(&mut cursor),
            Name::PortEnv => {
                // With an equals sign it would find what another variable's value begins with.
                if word.is_empty() || Cursor::new(word).until(b'=') != *word {
                    return Err(Problem::BadValue);
                }
                let value = variable(word).ok_or(Problem::VariableUnset)?;
                target.port = match read_port(value) {
                    Ok(port) => port,
                    Err(PortError::Empty) => return Err(Problem::VariableEmpty),
                    Err(PortError::NotANumber) => return Err(Problem::VariableNotANumber),
                    Err(PortError::OutOfRange) => return Err(Problem::VariableOutOfRange),
                };
                return Ok(());
            }
            Name::Host => target.read_host(&mut cursor),
            Name::Path => target.read_path(&mut cursor),
            Name::Method => {
                self.method = word;
                cursor = Cursor::new(b"");
                (*word == b"GET" || *word == b"HEAD").then_some(())
            }
            Name::Header => {
                return self.take_header(word);
            }
            Name::Status => {
                self.healthy = StatusSet::read(&mut cursor);
                self.healthy.map(drop)
            }
            Name::Timeout => {
                duration::read_millis(&mut cursor).map(|limit| self.limit = limit * 1_000)
            }
            Name::Verbose => {
                self.is_verbose = true;
                return Ok(());
            }
            // Never given a value.
            Name::Help | Name::Version | Name::Lacked => None,
        };
        if is_read.is_some() && cursor.is_at_end() {
            return Ok(());
        }
        Err(Problem::BadValue)
    }

    fn take_header(&mut self, word: &mut &'a [u8]) -> Result<(), Problem> {
        if !header::has_form(word) || header::is_framing(word) {
            return Err(Problem::BadHeader);
        }
        let is = |name: &[u8]| Cursor::new(word).eat_in_any_case(name);
        if is(b"host:") {
            if self.has_host {
                *word = b"Host";
                return Err(Problem::Twice);
            }
            if word.iter().any(|byte| *byte > b'~') {
                return Err(Problem::BadHeader);
            }
            self.has_host = true;
        }
        self.has_agent |= is(b"user-agent:");
        self.headers.text(word);
        self.headers.say("\r\n");
        Ok(())
    }
}

/// Whether a URL is one that `healthchecker` asks and this program cannot.
fn lacked(url: &[u8]) -> bool {
    ["https://", "grpc://", "grpcs://", "unix:@"]
        .iter()
        .any(|scheme| Cursor::new(url).eat_in_any_case(scheme.as_bytes()))
}
