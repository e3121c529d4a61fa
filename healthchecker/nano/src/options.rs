//! The command line's words: which options are known, which take a value, what replaces what.

use arrayvec::ArrayVec;

use crate::refusal::Problem;

/// The names of all options; their places here are their numbers below. The first stands for the
/// positional argument.
const NAMES: &[u8] = b"url port port-env host path method header status timeout verbose \
    contains json wait interval cacert server-name insecure help version";

/// An option's place in [`NAMES`].
pub(crate) type Name = usize;

pub(crate) const URL: Name = 0;
pub(crate) const PORT: Name = 1;
pub(crate) const PORT_ENV: Name = 2;
pub(crate) const HOST: Name = 3;
pub(crate) const PATH: Name = 4;
pub(crate) const METHOD: Name = 5;
pub(crate) const HEADER: Name = 6;
pub(crate) const STATUS: Name = 7;
pub(crate) const TIMEOUT: Name = 8;
pub(crate) const VERBOSE: Name = 9;
/// The first of those that `healthchecker` has and this program lacks.
const LACKED: Name = 10;
pub(crate) const HELP: Name = 17;
pub(crate) const VERSION: Name = 18;

/// Headers that a request may be given.
const MAX_HEADERS: usize = 32;

/// The options given, each value as it was written.
#[derive(Debug, Default)]
pub(crate) struct Options<'a> {
    values: [Option<&'a [u8]>; LACKED],
    pub(crate) headers: ArrayVec<&'a [u8], MAX_HEADERS>,
    /// The option looked at last, and its word or value: what a problem is about.
    pub(crate) name: Name,
    pub(crate) word: &'a [u8],
    /// Another word that matters to the problem, and why a value is refused, where that is known.
    pub(crate) other: &'a [u8],
    pub(crate) reason: &'static str,
}

impl<'a> Options<'a> {
    /// The value of an option. That of `verbose` means nothing, that of `header` is its last.
    pub(crate) fn value(&mut self, name: Name) -> Option<&'a [u8]> {
        let value = self.values.get(name).copied().flatten();
        self.name = name;
        self.word = value.unwrap_or_default();
        value
    }

    /// Takes some words. What they give replaces what words taken before gave.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        words: &mut dyn Iterator<Item = &'a [u8]>,
    ) -> Result<(), Problem> {
        // A bit for each name that these words have given.
        let mut given = 0u32;
        while let Some(word) = words.next() {
            self.word = word;
            let mut name = URL;
            let mut value = word;
            if word.first() == Some(&b'-') {
                let equals = word.iter().position(|&byte| byte == b'=');
                let (option, inline) = equals
                    .and_then(|equals| word.split_at_checked(equals))
                    .unwrap_or((word, b""));
                name = known(option).ok_or(Problem::Unknown)?;
                self.name = name;
                if name >= HELP && inline.is_empty() {
                    return Err(Problem::NotAlone);
                }
                if name >= LACKED && name < HELP {
                    return Err(Problem::Lacked);
                }
                if name >= VERBOSE && !inline.is_empty() {
                    return Err(Problem::NoValue);
                }
                if let Some(inline) = inline.get(1..) {
                    value = inline;
                } else if name != VERBOSE {
                    value = words.next().ok_or(Problem::ValueMissing)?;
                    if value.first() == Some(&b'-') {
                        self.word = value;
                        return Err(Problem::OptionAsValue);
                    }
                }
            } else if word.is_empty() {
                return Err(Problem::Empty);
            }
            let is_first = given & 1 << name == 0;
            given |= 1 << name;
            if name == HEADER {
                if is_first {
                    self.headers.clear();
                }
                self.headers
                    .try_push(value)
                    .map_err(|_| Problem::TooManyHeaders)?;
            } else if !is_first {
                return Err(if name == URL { Problem::TwoUrls } else { Problem::Twice });
            }
            if let Some(place) = self.values.get_mut(name) {
                *place = Some(value);
            }
        }
        Ok(())
    }
}

/// The option that a word names, with two dashes or, as Go's flags have it, one.
pub(crate) fn known(word: &[u8]) -> Option<Name> {
    let name = word.strip_prefix(b"-")?;
    if let [letter] = name {
        return match letter {
            b'p' => Some(PORT),
            b't' => Some(TIMEOUT),
            b'h' => Some(HELP),
            _ => None,
        };
    }
    let name = name.strip_prefix(b"-").unwrap_or(name);
    names()
        .position(|known| known == name)
        .filter(|&name| name != URL)
}

/// An option's name without its dashes.
pub(crate) fn name_of(name: Name) -> &'static [u8] {
    names().nth(name).unwrap_or_default()
}

fn names() -> impl Iterator<Item = &'static [u8]> {
    NAMES.split(|&byte| byte == b' ')
}
