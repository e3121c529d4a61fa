//! How a watch is kicked.

use maud::{Markup, html};

use super::text::encoded;
use crate::watches::{Key, Namespace};

/// Lines to copy. No token and no ping URL is on the page: whoever may have one asks the API.
pub(super) fn how(key: &Key, base: &str) -> Markup {
    let (url, authorization) = match key.namespace() {
        Namespace::Heartbeat => (format!("{base}/?id={}", encoded(key.name())), ""),
        Namespace::Registry => return registry(base),
        _ => (
            format!("{base}/api/watchdog/v1/watches/{}/kick", key.name()),
            " -X POST -H \"Authorization: Bearer $TOKEN\"",
        ),
    };
    let curl = format!("curl -fsS -m 10 --retry 3{authorization} '{url}'");
    // In a crontab a percent sign ends the line.
    let cron = format!("*/5 * * * * my-job && {}", curl.replace('%', "\\%"));
    let is_open = authorization.is_empty();
    html! {
        section aria-labelledby="how" {
            h2 #how { "How to kick it" }
            @if is_open {
                p { "Its heartbeat URL asks for no token:" }
                pre tabindex="0" { (url) }
            } @else {
                p { code { "$TOKEN" } " is a token that may kick this name. "
                    code { "watchdog auth --verbs kick " (key.name()) } " makes one." }
            }
            dl {
                dt { "curl" }
                dd { pre tabindex="0" { (curl) } }
                dt { "cron" }
                dd { pre tabindex="0" { @if !is_open { "TOKEN=…\n" } (cron) } }
                dt { "health-middleware" }
                dd { pre tabindex="0" {
                    @if is_open {
                        "// a ping URL of this watch, which the API shows\n"
                        "health.announce(Announcer::new().to(ping_url))?"
                    } @else {
                        "health.announce(Announcer::new().to(\"" (base) "/ping/TOKEN/NAME\"))?"
                    }
                } }
            }
        }
    }
}

fn registry(base: &str) -> Markup {
    html! {
        section aria-labelledby="how" {
            h2 #how { "How to kick it" }
            p { "An instance of a service is kicked by its own heartbeats to the registry. With health-middleware:" }
            pre tabindex="0" { "health.announce(Announcer::new().instance(instance).to(\"watchdog+" (base) "\"))?" }
        }
    }
}
