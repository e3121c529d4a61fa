//! What all pages have: head, style, script, and what a browser may do with them.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::ask::Ask;
use super::text::exact;
use crate::watches::Millis;
use crate::words;

/// What stands between the tags of `<style>`.
pub(super) const STYLE: &str = include_str!("style.css");

/// What stands between those of `<script>`.
pub(super) const SCRIPT: &str = include_str!("script.js");

/// How often a browser without a script asks again, in seconds.
const REFRESH: u8 = 10;

/// Nothing runs and nothing styles but what stands in the page, by its hash; nothing is asked of any other
/// server, and nobody frames it.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// From where a page hears what changes.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    /// The page's way to `/ui/`.
    pub(super) up: String,
    /// What is asked for.
    pub(super) query: String,
    /// The number of the last event that the page knows of.
    pub(super) after: u64,
}

impl Live {
    /// Of the list, or the tree.
    pub(crate) fn list(ask: &Ask, after: u64) -> Self {
        Self {
            up: String::new(),
            query: ask.link(),
            after,
        }
    }
}

/// A page. Its title begins with what counts, for tabs are narrow.
pub(super) fn page(
    title: &str,
    tone: &str,
    now: Millis,
    live: Option<&Live>,
    main: Markup,
) -> String {
    let up = live.map_or("", |live| &live.up);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                link rel="icon" href=(icon(tone));
                style { (PreEscaped(STYLE)) }
                @if live.is_some() {
                    noscript { meta http-equiv="refresh" content=(REFRESH); }
                }
            }
            body class=(tone) data-now=(now)
                data-events=[live.map(|live| format!("{}events{}", live.up, live.query))]
                data-after=[live.map(|live| live.after)] {
                a.skip href="#main" { "Skip to the watches" }
                header {
                    a.home href={ (up) "./" } { "watchdog" }
                    p #said { "as of " time datetime=(exact(now)) { (exact(now)) } }
                }
                main #main { (main) }
                @if live.is_some() {
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    };
    markup.into_string()
}

/// A page that says why there is none, and what to do.
pub(crate) fn refusal(title: &str, text: &str, up: &str) -> String {
    let main = html! {
        h1 { (title) }
        p { (words::one_line(text)) }
        p { a href={ (up) "./" } { "All watches" } }
    };
    page(title, "rest", 0, None, main)
}

/// The shapes that the style draws beside words.
fn icon(tone: &str) -> &'static str {
    macro_rules! icon {
        ($color:literal, $shape:literal) => {
            concat!(
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
                 viewBox='0 0 16 16' fill='%23",
                $color,
                "'%3E",
                $shape,
                "/%3E%3C/svg%3E"
            )
        };
    }
    match tone {
        "good" => icon!("2a9d68", "%3Ccircle cx='8' cy='8' r='7'"),
        "late" => icon!("c98a00", "%3Cpath d='M8 1l8 14H0z'"),
        "down" => icon!("d9372c", "%3Cpath d='M1 1h14v14H1z'"),
        _ => icon!("7b8187", "%3Cpath d='M1 6h14v4H1z'"),
    }
}
