//! The values of options: each judged by itself, and put where the check needs it.

use healthchecker_core::cursor::Cursor;
use healthchecker_core::decimal::{PortError, read_port};
use healthchecker_core::duration;
use healthchecker_core::header;
use healthchecker_core::status::StatusSet;

use super::command_line::{CommandLine, Variable};
use super::names::Name;
use super::refusal::Problem;

impl<'a> CommandLine<'a> {
    /// Takes the word looked at as the value of the option looked at.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn judge(&mut self, variable: Variable<'_, 'a>) -> Result<(), Problem> {
        let check = &mut self.check;
        let target = &mut check.target;
        let mut cursor = Cursor::new(self.word);
        let is_read = match self.name {
            Name::Url => {
                if lacked(self.word) {
                    return Err(Problem::Lacked);
                }
                target.read_url(&mut cursor)
            }
            Name::Port => target.read_port(&mut cursor),
            Name::PortEnv => {
                // With an equals sign it would find what another variable's value begins with.
                if self.word.is_empty() || Cursor::new(self.word).until(b'=') != self.word {
                    return Err(Problem::BadValue);
                }
                let value = variable(self.word).ok_or(Problem::VariableUnset)?;
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
                check.method = self.word;
                cursor = Cursor::new(b"");
                (self.word == b"GET" || self.word == b"HEAD").then_some(())
            }
            Name::Header => {
                return self.judge_header();
            }
            Name::Status => {
                check.healthy = StatusSet::read(&mut cursor);
                check.healthy.map(drop)
            }
            Name::Timeout => {
                duration::read_millis(&mut cursor).map(|limit| check.limit = limit * 1_000)
            }
            Name::Verbose => {
                check.is_verbose = true;
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

    fn judge_header(&mut self) -> Result<(), Problem> {
        let check = &mut self.check;
        if !header::has_form(self.word) {
            return Err(Problem::BadHeader);
        }
        let is = |name: &[u8]| Cursor::new(self.word).eat_in_any_case(name);
        let mut framing = header::FRAMING.as_bytes().split(|&byte| byte == b'\n');
        if framing.any(is) {
            return Err(Problem::BadHeader);
        }
        if is(b"host:") {
            if check.has_host {
                self.word = b"Host";
                return Err(Problem::Twice);
            }
            if self.word.iter().any(|byte| *byte > b'~') {
                return Err(Problem::BadHeader);
            }
            check.has_host = true;
        }
        check.has_agent |= is(b"user-agent:");
        check.headers.text(self.word);
        check.headers.say("\r\n");
        Ok(())
    }
}

/// Whether a URL is one that `healthchecker` asks and this program cannot.
fn lacked(url: &[u8]) -> bool {
    ["https://", "grpc://", "grpcs://", "unix:@"]
        .iter()
        .any(|scheme| Cursor::new(url).eat_in_any_case(scheme.as_bytes()))
}
