use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::words::one_line;

/// The options of `watchdog serve`, and that each takes a value.
pub(crate) const OPTIONS: &[(&str, bool)] = &[
    ("--config", true),
    ("--store", true),
    ("--listen", true),
    ("--log", true),
];

/// Those of `watchdog backup`.
pub(crate) const BACKUP_OPTIONS: &[(&str, bool)] = &[("--config", true), ("--store", true)];

/// What the command line of `watchdog serve` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ServeOptions {
    pub(super) config: Option<PathBuf>,
    pub(super) store: Option<PathBuf>,
    pub(super) listen: Option<SocketAddr>,
    pub(super) is_json: bool,
}

/// What that of `watchdog check-config` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CheckOptions {
    pub(super) config: PathBuf,
}

/// What that of `watchdog test-sink` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TestOptions {
    pub(super) config: PathBuf,
    pub(super) name: String,
}

/// What that of `watchdog backup` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BackupOptions {
    pub(super) config: Option<PathBuf>,
    pub(super) store: Option<PathBuf>,
    pub(super) copy: PathBuf,
}

impl ServeOptions {
    pub(super) fn read(words: Vec<OsString>) -> Result<Self, String> {
        let (mut options, rest) = take(words, OPTIONS)?;
        none_left(rest)?;
        let listen = options.remove(2).map(|value| {
            let text = value.to_string_lossy();
            text.parse().map_err(|_| {
                let text = one_line(&text);
                format!("--listen {text}: not an address and a port; such as 127.0.0.1:8500")
            })
        });
        let log = options.pop().flatten();
        let is_json = match log.as_ref().map(|log| log.to_str()) {
            None | Some(Some("text")) => false,
            Some(Some("json")) => true,
            Some(_) => {
                return Err("--log: not a format; it takes text or json".to_owned());
            }
        };
        Ok(Self {
            config: options[0].take().map(PathBuf::from),
            store: options[1].take().map(PathBuf::from),
            listen: listen.transpose()?,
            is_json,
        })
    }
}

impl CheckOptions {
    pub(super) fn read(words: Vec<OsString>) -> Result<Self, String> {
        let (_, mut rest) = take(words, &[])?;
        match (rest.pop(), rest.is_empty()) {
            (Some(config), true) => Ok(Self {
                config: config.into(),
            }),
            _ => Err("check-config takes one word, the configuration's file".to_owned()),
        }
    }
}

impl TestOptions {
    pub(super) fn read(words: Vec<OsString>) -> Result<Self, String> {
        let (_, rest) = take(words, &[])?;
        match <[OsString; 2]>::try_from(rest) {
            Ok([config, name]) => Ok(Self {
                config: config.into(),
                name: name.to_string_lossy().into_owned(),
            }),
            Err(_) => Err(
                "test-sink takes two words, the configuration's file and the name of a sink"
                    .to_owned(),
            ),
        }
    }
}

impl BackupOptions {
    pub(super) fn read(words: Vec<OsString>) -> Result<Self, String> {
        let (mut options, mut rest) = take(words, BACKUP_OPTIONS)?;
        match (rest.pop(), rest.is_empty()) {
            (Some(copy), true) => Ok(Self {
                config: options[0].take().map(PathBuf::from),
                store: options[1].take().map(PathBuf::from),
                copy: copy.into(),
            }),
            _ => Err("backup takes one word, the file that is to be written".to_owned()),
        }
    }
}

/// The value of each known option, and the words that belong to none.
type Taken = (Vec<Option<OsString>>, Vec<OsString>);

fn take(words: Vec<OsString>, known: &[(&str, bool)]) -> Result<Taken, String> {
    let mut values = vec![None; known.len()];
    let mut rest = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if !text.starts_with('-') {
            rest.push(word);
            continue;
        }
        let (name, value) = match text.split_once('=') {
            Some((name, _)) => {
                let value = &word.as_encoded_bytes()[name.len() + 1..];
                (name.to_owned(), Some(os(value)))
            }
            None => (text.into_owned(), None),
        };
        let Some(at) = known.iter().position(|(known, _)| *known == name) else {
            if matches!(&*name, "--help" | "--version") {
                return Err(format!("{name}: stands alone; leave the other words out"));
            }
            let name = one_line(&name);
            return Err(format!("{name}: unknown option; --help lists them"));
        };
        let value = value.or_else(|| words.next());
        let value = value.filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| format!("{name}: its value is missing"))?;
        if values[at].replace(value).is_some() {
            return Err(format!("{name}: given twice; it takes one value"));
        }
    }
    Ok((values, rest))
}

fn os(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

fn none_left(rest: Vec<OsString>) -> Result<(), String> {
    match rest.first() {
        None => Ok(()),
        Some(word) => {
            let word = one_line(&word.to_string_lossy());
            Err(format!(
                "{word}: a word without an option; --help lists them"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn what_can_be_said() {
        assert_eq!(ServeOptions::read(Vec::new()), Ok(ServeOptions::default()));
        let all = "--config=/etc/w.toml --store s.db --listen [::1]:0 --log json";
        let options = ServeOptions::read(words(all)).unwrap();
        assert_eq!(options.config, Some("/etc/w.toml".into()));
        assert_eq!(options.store, Some("s.db".into()));
        assert_eq!(options.listen, Some("[::1]:0".parse().unwrap()));
        assert!(options.is_json);
        let test = TestOptions::read(words("w.toml ops")).unwrap();
        assert_eq!((test.config, &*test.name), ("w.toml".into(), "ops"));
        let backup = BackupOptions::read(words("--store s.db copy.db")).unwrap();
        assert_eq!(
            (backup.store, backup.copy),
            (Some("s.db".into()), "copy.db".into())
        );
    }

    #[test]
    fn what_cannot() {
        for (line, culprit) in [
            ("--colour", "--colour: unknown option"),
            ("--listen 8500", "--listen 8500: not an address"),
            ("--store", "--store: its value is missing"),
            ("--store=", "--store: its value is missing"),
            ("--store a --store b", "--store: given twice"),
            ("--log xml", "--log: not a format"),
            ("now", "now: a word without an option"),
            ("--store a --help", "--help: stands alone"),
        ] {
            let problem = ServeOptions::read(words(line)).unwrap_err();
            assert!(problem.starts_with(culprit), "{line}: {problem}");
        }
        assert!(CheckOptions::read(words("a b")).is_err());
        assert!(BackupOptions::read(Vec::new()).is_err());
        for line in ["", "w.toml", "w.toml ops more", "--config w.toml"] {
            assert!(TestOptions::read(words(line)).is_err(), "{line}");
        }
    }
}
