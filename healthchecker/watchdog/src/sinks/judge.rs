//! What an answer means: told, to be told again, or never.

use std::time::{Duration, UNIX_EPOCH};

use crate::outbox::Verdict;
use crate::watches::Millis;

/// A sink that asks for more waits so long.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// An answer, as far as it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The header `Retry-After`.
    pub(super) retry_after: Option<String>,
    /// The beginning of its body.
    pub(super) text: String,
}

/// What Slack says of a webhook that was removed, or whose channel, workspace or user was.
const GONE: [&str; 8] = [
    "channel_is_archived",
    "channel_not_found",
    "invalid_token",
    "no_active_hooks",
    "no_service",
    "no_service_id",
    "no_team",
    "team_disabled",
];

/// What a webhook's answer means. `problem` says in one line what it was.
///
/// Standard Webhooks try again whatever it is but 2xx and 410. Here what can only be the message's fault is
/// not sent again: the same bytes would come.
pub(super) fn webhook(answer: &Answer, problem: String, now: Millis) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone { problem },
        400 | 413 | 415 | 422 => Verdict::Refused { problem },
        _ => Verdict::Again {
            after: answer
                .retry_after
                .as_deref()
                .and_then(|text| after(text, now)),
            problem,
        },
    }
}

/// What Slack's answer means, and that of others who take the same. A 404 without a word of Slack's may be
/// a proxy's, whose server is away for a moment.
pub(super) fn slack(answer: &Answer, problem: String, now: Millis) -> Verdict {
    let word = answer.text.trim();
    match answer.status {
        400 | 403 | 404 if GONE.contains(&word) => Verdict::Gone { problem },
        403 if word == "action_prohibited" || word == "posting_to_general_channel_denied" => {
            Verdict::Refused { problem }
        }
        _ => webhook(answer, problem, now),
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
fn after(text: &str, now: Millis) -> Option<Duration> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than the longest.
        text.parse().map_or(LONGEST_WAIT, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        let now = UNIX_EPOCH + Duration::from_millis(now);
        date.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, text: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            text: text.to_owned(),
        }
    }

    /// As a letter: delivered, again, refused, gone.
    fn letter(verdict: &Verdict) -> char {
        match verdict {
            Verdict::Delivered => 'd',
            Verdict::Again { .. } => 'a',
            Verdict::Refused { .. } => 'r',
            Verdict::Gone { .. } => 'g',
        }
    }

    #[test]
    fn of_webhooks() {
        for (letters, statuses) in [
            ('d', &[200, 201, 202, 204, 299][..]),
            (
                'a',
                &[
                    100, 199, 300, 301, 302, 304, 307, 308, 401, 403, 404, 405, 407, 408, 409,
                ],
            ),
            (
                'a',
                &[425, 429, 451, 500, 501, 502, 503, 504, 599, 600, 999],
            ),
            ('r', &[400, 413, 415, 422]),
            ('g', &[410]),
        ] {
            for status in statuses {
                let verdict = webhook(&answer(*status, "no_service"), String::new(), 0);
                assert_eq!(letter(&verdict), letters, "{status}");
            }
        }
    }

    #[test]
    fn of_slack() {
        for (status, text, letters) in [
            (200, "ok", 'd'),
            (400, "invalid_payload", 'r'),
            (400, "no_text", 'r'),
            (400, "invalid_token", 'g'),
            (400, "no_service", 'g'),
            (403, "invalid_token", 'g'),
            (403, "action_prohibited", 'r'),
            (403, "<html>Forbidden", 'a'),
            (404, "no_service\n", 'g'),
            (404, "channel_not_found", 'g'),
            (404, "404 page not found", 'a'),
            (410, "channel_is_archived", 'g'),
            (410, "", 'g'),
            (429, "rate_limited", 'a'),
            (500, "rollup_error", 'a'),
            (500, "no_service", 'a'),
            (302, "", 'a'),
        ] {
            let verdict = slack(&answer(status, text), String::new(), 0);
            assert_eq!(letter(&verdict), letters, "{status} {text}");
        }
    }

    #[test]
    fn when_again() {
        // Thu, 01 Dec 2016 18:52:32 GMT.
        const NOW: Millis = 1_480_618_352_000;
        for (text, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("86400", Some(86_400)),
            ("86401", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Thu, 01 Dec 2016 18:53:32 GMT", Some(60)),
            ("Thu, 01 Dec 2016 18:51:32 GMT", Some(0)),
            ("Fri, 01 Dec 2017 18:51:32 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            let given = Answer {
                status: 429,
                retry_after: Some(text.to_owned()),
                text: String::new(),
            };
            let problem = "later".to_owned();
            let expected = Verdict::Again {
                after: seconds.map(Duration::from_secs),
                problem: problem.clone(),
            };
            assert_eq!(webhook(&given, problem, NOW), expected, "{text}");
        }
    }
}
