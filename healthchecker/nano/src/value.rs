//! The values of options: each judged by itself, and put where the check needs it.

use healthchecker_core::cursor::Cursor;
use healthchecker_core::duration;
use healthchecker_core::header;
use healthchecker_core::status::StatusSet;

use crate::command_line::{CommandLine, Variable};
use crate::names::{HEADER, HOST, METHOD, PATH, PORT, PORT_ENV, STATUS, TIMEOUT, URL, eat_one_of};
use crate::text::{self, Text};

/// What a URL may start with. Those after [`UNIX`] cannot be asked here.
const SCHEMES: &str = "http://\ntcp://\nunix:\nhttps://\ngrpc://\ngrpcs://\n";
const TCP: usize = 1;
const UNIX: usize = 2;

/// The headers that are not simply sent: the first two replace the probe's own, the others frame
/// the message.
const HEADERS: &str = concat!(
    "host:\nuser-agent:\n",
    "connection:\ncontent-length:\ntransfer-encoding:\nupgrade:\nexpect:\nte:\n"
);

impl<'a> CommandLine<'a> {
    /// Takes the word looked at as the value of the option looked at.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn judge(&mut self, variable: Variable<'_, 'a>) -> Result<(), Text> {
        let check = &mut self.check;
        let target = &mut check.target;
        let mut cursor = Cursor::new(self.word);
        let mut problem = text::BAD_VALUE;
        let is_read = match self.name {
            URL => match eat_one_of(SCHEMES, &mut cursor) {
                Some(UNIX) => target.read_socket(&mut cursor),
                Some(scheme) if scheme < UNIX => {
                    target.is_tcp = scheme == TCP;
                    target.read_authority(&mut cursor)
                }
                Some(_) => return Err(text::LACKED),
                None => None,
            },
            PORT => target.read_port(&mut cursor),
            PORT_ENV => {
                self.word = variable(self.word).ok_or(text::UNSET)?;
                cursor = Cursor::new(self.word);
                problem = text::BAD_PORT_VARIABLE;
                target.read_port(&mut cursor)
            }
            HOST => target.read_host(&mut cursor),
            PATH => target.read_path(&mut cursor),
            METHOD => {
                check.method = cursor.rest();
                cursor = Cursor::new(b"");
                (check.method == b"GET" || check.method == b"HEAD").then_some(())
            }
            HEADER => return self.judge_header(),
            STATUS => {
                check.healthy = StatusSet::read(&mut cursor);
                check.healthy.map(drop)
            }
            TIMEOUT => duration::read_millis(&mut cursor).map(|limit| check.limit = limit * 1_000),
            _ => {
                check.is_verbose = true;
                return Ok(());
            }
        };
        if is_read.is_some() && cursor.is_at_end() {
            return Ok(());
        }
        Err(problem)
    }

    fn judge_header(&mut self) -> Result<(), Text> {
        let check = &mut self.check;
        if !header::has_form(self.word) {
            return Err(text::BAD_VALUE);
        }
        match eat_one_of(HEADERS, &mut Cursor::new(self.word)) {
            None => {}
            Some(0) if check.has_host => return Err(text::TWICE),
            Some(0) => check.has_host = true,
            Some(1) => check.has_agent = true,
            Some(_) => return Err(text::BAD_VALUE),
        }
        check.headers.text(self.word);
        check.headers.text(b"\r\n");
        Ok(())
    }
}
