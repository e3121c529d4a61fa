//! A message as sinks show it: texts of which none is longer than it may be.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;

use crate::outbox::{Message, News, Type};
use crate::watches::{Key, Millis, Namespace, State};

/// So much of what came with a transition is shown, in bytes; and of all in one message.
const LONGEST_BODY: usize = 10_000;
const LONGEST_BODIES: usize = 100_000;

/// So many of a message's news are shown one by one.
const MOST_NEWS: usize = 1_000;

/// So many are in a text for people.
const MOST_LINES: usize = 10;

/// 9999-12-31 23:59:59.999: what is written has four digits of a year.
const LAST: Millis = 253_402_300_799_999;

/// A message.
#[derive(Debug, Serialize)]
pub(super) struct Shown<'a> {
    /// `evt_` and 32 hexadecimal digits.
    pub(super) id: String,
    /// `watch.down` and so on, or `watch.several`.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// When the first has happened.
    pub(super) timestamp: String,
    /// For people, in one line.
    pub(super) title: String,
    /// For people, a line for each of the first.
    pub(super) text: String,
    pub(super) prefix: &'a str,
    /// How many news there are, those included that are not shown.
    pub(super) count: usize,
    pub(super) news: Vec<ShownNews<'a>>,
}

/// One of its news.
#[derive(Debug, Serialize)]
pub(super) struct ShownNews<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    title: String,
    watch: Cow<'a, str>,
    namespace: &'static str,
    service: Option<&'a str>,
    instance: Option<&'a str>,
    from: &'static str,
    to: &'static str,
    episode: u32,
    reason: &'a str,
    body: String,
    body_cut: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn new(message: &'a Message) -> Self {
        let news = &message.news;
        let share = LONGEST_BODIES / news.len().clamp(1, MOST_NEWS);
        let body = share.min(LONGEST_BODY);
        Self {
            id: id(message.id),
            kind: match &news[..] {
                [one] => kind(one.kind),
                _ => "watch.several".to_owned(),
            },
            timestamp: rfc3339(news.first().map_or(0, |news| news.at)),
            title: title(message),
            text: text(message),
            prefix: &message.prefix,
            count: news.len(),
            news: news
                .iter()
                .take(MOST_NEWS)
                .map(|news| ShownNews::new(news, body))
                .collect(),
        }
    }
}

impl<'a> ShownNews<'a> {
    fn new(news: &'a News, longest: usize) -> Self {
        let (body, body_cut) = body(&news.body, longest);
        let (service, instance) = service(&news.key).unzip();
        Self {
            id: id(news.id),
            kind: kind(news.kind),
            timestamp: rfc3339(news.at),
            title: line(news),
            watch: news.key.shown(),
            namespace: news.key.namespace().word(),
            service,
            instance,
            from: news.from.word(),
            to: news.to.word(),
            episode: news.episode,
            reason: &news.reason,
            body,
            body_cut,
        }
    }
}

/// As receivers tell messages apart.
pub(super) fn id(id: u128) -> String {
    format!("evt_{id:032x}")
}

/// A moment by the wall as RFC 3339 writes it, in UTC.
pub(super) fn rfc3339(wall: Millis) -> String {
    let moment = UNIX_EPOCH + Duration::from_millis(wall.min(LAST));
    humantime::format_rfc3339_millis(moment).to_string()
}

fn kind(kind: Type) -> String {
    format!("watch.{}", kind.word())
}

/// A service and its instance, of a name of the registry.
pub(super) fn service(key: &Key) -> Option<(&str, &str)> {
    match key.namespace() {
        Namespace::Registry => key.name().split_once('\u{1f}'),
        _ => None,
    }
}

/// A name, not to be mistaken for another of its kind: whoever may only beat chooses an id's.
fn name(key: &Key) -> Cow<'_, str> {
    match key.namespace() {
        Namespace::Named => key.shown(),
        namespace => format!("{}/{}", namespace.word(), key.shown()).into(),
    }
}

/// What has happened to one, in one line.
fn line(news: &News) -> String {
    let name = name(&news.key);
    match news.kind {
        Type::Down => format!("{name} is down"),
        Type::Up if news.to == State::Retired => format!("{name} was retired"),
        Type::Up => format!("{name} is up"),
        Type::Late => format!("{name} is late"),
        Type::Restarted => format!("{name} was restarted"),
        Type::GaveUp => format!("{name} is down, and restarting does not help"),
        Type::Test => "a test: nothing is down".to_owned(),
    }
}

/// Why, where that is known.
pub(super) fn reason(news: &News) -> &str {
    match news.kind {
        Type::Down if news.reason.is_empty() => "no kick has come in time",
        _ => &news.reason,
    }
}

fn title(message: &Message) -> String {
    if let [one] = &message.news[..] {
        return line(one);
    }
    let counts = Type::ALL.into_iter().filter_map(|kind| {
        let of_kind = message.news.iter().filter(|news| news.kind == kind);
        let count = of_kind.count();
        (count > 0).then(|| format!("{count} {}", kind.word().replace('_', " ")))
    });
    let counts: Vec<_> = counts.collect();
    let under = match &*message.prefix {
        "" => String::new(),
        prefix => format!(" under {prefix}"),
    };
    format!(
        "{} watches{under}: {}",
        message.news.len(),
        counts.join(", ")
    )
}

fn text(message: &Message) -> String {
    if let [one] = &message.news[..] {
        return reason(one).to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for news in message.news.iter().take(MOST_LINES) {
        lines.push(match reason(news) {
            "" => line(news),
            reason => format!("{}: {reason}", line(news)),
        });
    }
    match message.news.len().saturating_sub(MOST_LINES) {
        0 => {}
        more => lines.push(format!("and {more} more")),
    }
    lines.join("\n")
}

/// Bytes of whatever kind as a text that is not longer than so many bytes, and whether that is less than
/// there was.
pub(super) fn body(bytes: &[u8], longest: usize) -> (String, bool) {
    // What is left out need not be looked at.
    let looked_at = &bytes[..bytes.len().min(longest.saturating_add(4))];
    let mut text = String::from_utf8_lossy(looked_at).into_owned();
    if text.len() <= longest && looked_at.len() == bytes.len() {
        return (text, false);
    }
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    (text, true)
}
