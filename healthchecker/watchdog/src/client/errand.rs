//! What is asked for, as typed values.

use std::ffi::OsString;
use std::path::PathBuf;

use super::names::{delivery, id, is_name, kind, name, own_prefix, sink};
use crate::grammar::{Line, shown};
use crate::span;

/// Bytes of a reason that servers keep.
const LONGEST_REASON: usize = 500;

/// What a server is to be asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Kick {
        name: String,
        seconds: Option<u64>,
        /// Whether every server is to be kicked.
        all: bool,
    },
    Fault {
        name: String,
        reason: String,
    },
    /// `retire` and `clear`.
    Sweep {
        verb: &'static str,
        prefix: String,
    },
    Status(Status),
    Auth {
        prefix: String,
        /// Where more is asked than a Global Watch Dog knows.
        wish: Option<Wish>,
        /// The file of the server's master key.
        master: Option<PathBuf>,
    },
    /// `pause`, and without a hold `resume`.
    Hold {
        prefix: String,
        hold: Option<Hold>,
    },
    Monitor {
        kind: String,
        prefix: String,
        args: String,
    },
    DeleteMonitor {
        id: String,
    },
    Deliveries {
        sink: Option<String>,
        is_dead: bool,
        is_json: bool,
    },
    Resend {
        /// `None`: everything of the sink.
        id: Option<String>,
        sink: String,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Empty: everything.
    pub(super) prefix: String,
    /// Whether it takes this server's own JSON.
    pub(super) is_own: bool,
    pub(super) is_json: bool,
    pub(super) is_watched: bool,
    pub(super) has_exit_code: bool,
    pub(super) is_headed: bool,
    pub(super) may_colour: bool,
    pub(super) is_tabbed: bool,
    pub(super) is_bad_first: bool,
}

/// What a new token is to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Words with blanks between.
    pub(super) verbs: Option<String>,
    /// Milliseconds.
    pub(super) expires_in: Option<u64>,
    pub(super) note: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    /// Milliseconds.
    pub(super) span: Option<u64>,
    pub(super) is_maintenance: bool,
}

impl Errand {
    pub(super) fn read(line: &Line) -> Result<Self, String> {
        Ok(match line.verb.name {
            "kick" => Self::Kick {
                name: name(line, 0)?,
                seconds: seconds(line)?,
                all: line.has("--all"),
            },
            "fault" => Self::Fault {
                name: name(line, 0)?,
                reason: reason(&line.words[1..]),
            },
            "status" => Self::Status(status(line)?),
            "auth" => auth(line)?,
            "pause" => Self::Hold {
                prefix: own_prefix(line)?,
                hold: Some(Hold {
                    span: span_of(line, "--for")?,
                    is_maintenance: line.has("--maintenance"),
                }),
            },
            "resume" => Self::Hold {
                prefix: own_prefix(line)?,
                hold: None,
            },
            "monitor" => Self::Monitor {
                kind: kind(&line.words[0])?,
                prefix: name(line, 1)?,
                args: line.words[2].to_string_lossy().into_owned(),
            },
            "deliveries" => Self::Deliveries {
                sink: line.words.first().map(|word| sink(word)).transpose()?,
                is_dead: line.has("--dead"),
                is_json: line.has("--json"),
            },
            "resend" => resend(line)?,
            "delmonitor" => Self::DeleteMonitor {
                id: id(&line.words[0])?,
            },
            // retire and clear.
            verb => Self::Sweep {
                verb,
                prefix: name(line, 0)?,
            },
        })
    }
}

/// The timeout of a kick: an option, or as the Global Watch Dog has it a word.
fn seconds(line: &Line) -> Result<Option<u64>, String> {
    let (what, value) = match (line.value("--timeout"), line.words.get(1)) {
        (None, None) => return Ok(None),
        (Some(_), Some(word)) => {
            let word = shown(word);
            return Err(format!("{word}: --timeout says already until when"));
        }
        (Some(value), None) => ("--timeout: ", value),
        (None, Some(word)) => ("", word.as_os_str()),
    };
    let read = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let millis = if is_number {
            text.parse::<u64>().ok()?.checked_mul(1_000)?
        } else {
            span::millis(text)?
        };
        let is_fit = millis.is_multiple_of(1_000) && (1_000..=span::LONGEST).contains(&millis);
        is_fit.then_some(millis / 1_000)
    };
    value.to_str().and_then(read).map(Some).ok_or_else(|| {
        format!(
            "{what}{}: no timeout; it takes seconds, or such as 90s, 25h or 7d, whole seconds up to 366d",
            shown(value)
        )
    })
}

fn span_of(line: &Line, option: &str) -> Result<Option<u64>, String> {
    let Some(value) = line.value(option) else {
        return Ok(None);
    };
    let millis = value.to_str().and_then(span::millis);
    match millis.filter(|&millis| millis > 0) {
        Some(millis) => Ok(Some(millis)),
        None => Err(format!(
            "{option}: {} is not accepted; it takes {}, up to 366d",
            shown(value),
            span::ACCEPTED
        )),
    }
}

/// In one line, as long as servers keep it.
fn reason(words: &[OsString]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let mut reason = words.join(" ");
    let mut ends = (0..=LONGEST_REASON.min(reason.len())).rev();
    let end = ends.find(|&end| reason.is_char_boundary(end));
    reason.truncate(end.unwrap_or(0));
    reason
}

fn status(line: &Line) -> Result<Status, String> {
    let prefix = match line.words.first() {
        None => String::new(),
        Some(_) => own_prefix(line)?,
    };
    let is_json = line.has("--json");
    let is_tabbed = line.has("--tabsep");
    Ok(Status {
        is_own: is_json || !is_name(&prefix, false),
        prefix,
        is_json,
        is_watched: line.has("--watch"),
        has_exit_code: line.has("--exit-code"),
        is_headed: !is_tabbed && !line.has("--noheader"),
        may_colour: !is_tabbed && !line.has("--nocolor"),
        is_tabbed,
        is_bad_first: !line.has("--nobadfirst"),
    })
}

fn auth(line: &Line) -> Result<Errand, String> {
    let master = line.value("--master").map(PathBuf::from);
    let options = ["--verbs", "--expires", "--note"];
    let wish = if master.is_some() || options.iter().any(|option| line.has(option)) {
        let verbs = text(line, "--verbs")?;
        if verbs.as_ref().is_some_and(|verbs| verbs.trim().is_empty()) {
            let problem = "it takes at least one word, such as \"kick fault status\"";
            return Err(format!("--verbs: {problem}"));
        }
        Some(Wish {
            verbs,
            expires_in: span_of(line, "--expires")?,
            note: text(line, "--note")?,
        })
    } else {
        None
    };
    if master.is_some() && line.has("--token-file") {
        return Err("--token-file: --master makes a token of its own".to_owned());
    }
    let prefix = match wish {
        None => name(line, 0)?,
        Some(_) => own_prefix(line)?,
    };
    Ok(Errand::Auth {
        prefix,
        wish,
        master,
    })
}

fn resend(line: &Line) -> Result<Errand, String> {
    let (first, second) = (&line.words[0], line.words.get(1));
    let (id, sink) = match (line.has("--all"), second) {
        (true, None) => (None, sink(first)?),
        (false, Some(second)) => (Some(delivery(first)?), sink(second)?),
        (true, Some(word)) => {
            let word = shown(word);
            return Err(format!(
                "{word}: a word too many; it takes resend --all SINK"
            ));
        }
        (false, None) => {
            return Err(
                "resend: its SINK is missing; it takes resend ID SINK, or --all SINK".to_owned(),
            );
        }
    };
    Ok(Errand::Resend { id, sink })
}

fn text(line: &Line, option: &str) -> Result<Option<String>, String> {
    let Some(value) = line.value(option) else {
        return Ok(None);
    };
    let text = value.to_str().map(str::to_owned);
    let text = text.ok_or_else(|| format!("{option}: {} is not UTF-8", shown(value)))?;
    Ok(Some(text))
}
