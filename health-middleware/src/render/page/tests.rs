use std::time::{Duration, SystemTime};

use http::StatusCode;
use sha2::{Digest, Sha256};

use super::*;
use crate::report::{Cause, Held, Vocabulary};

/// In base64, as RFC 4648 has it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|at| u32::from(*chunk.get(at).unwrap_or(&0)));
        let group = a << 16 | b << 8 | c;
        for (digit, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(match digit <= chunk.len() {
                true => char::from(LETTERS[(group >> shift & 63) as usize]),
                false => '=',
            });
        }
    }
    text
}

#[test]
fn the_style_is_the_one_that_is_allowed() {
    let hash = base64(&Sha256::digest(STYLE));
    assert!(
        PAGE_POLICY.contains(&format!("style-src 'sha256-{hash}';")),
        "{hash}"
    );
    assert!(!STYLE.contains("</"), "it would end there");
    assert!(STYLE.is_ascii() && !STYLE.contains('\r'));
    assert_eq!(base64(b"foob"), "Zm9vYg==");
}

/// Else the whole page would be as wide as the longest word of an error.
#[test]
fn a_word_that_does_not_fit_is_broken_wherever_texts_of_others_stand() {
    for class in [".of", ".why", ".name", ".message", "dt", "dd"] {
        let breaks = |rule: &str| match rule.split_once('{') {
            Some((selectors, body)) => {
                selectors.split(',').any(|one| one.trim() == class)
                    && body.contains("overflow-wrap: anywhere")
            }
            None => false,
        };
        assert!(STYLE.lines().any(breaks), "{class}");
    }
}

#[test]
fn times_without_a_date_that_is_said_already() {
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 42);
    let first = "<time datetime=\"1970-01-01T00:00:09.042Z\">";
    assert_eq!(
        At::new(at(9)).to_string(),
        format!("{first}1970-01-01 00:00:09 UTC</time>")
    );
    assert_eq!(
        At::new(at(9)).beside(at(86_399)).to_string(),
        format!("{first}00:00:09</time>")
    );
    assert_eq!(
        At::new(at(9)).beside(at(86_400)).to_string(),
        format!("{first}1970-01-01 00:00:09 UTC</time>")
    );
}

/// No component can be called that, yet the page does not count on it.
#[test]
fn a_name_is_text() {
    struct Line<'a>(Part<'a>);

    impl Display for Line<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let wording = Wording {
                vocabulary: Vocabulary::Health,
                degraded: StatusCode::OK,
            };
            self.0.write(f, &wording, SystemTime::UNIX_EPOCH)
        }
    }

    let held = Held {
        name: "</span><script>".into(),
        cause: Cause::Starting,
    };
    assert_eq!(
        Line(Part::held(&held)).to_string(),
        "<li class=\"unhealthy\"><span class=\"name\">&lt;/span&gt;&lt;script&gt;</span>\n\
         <span class=\"status\">unhealthy</span>\n<p class=\"message\">starting</p>\n</li>\n"
    );
}

#[test]
fn durations() {
    for (micros, text) in [
        (0, "&lt; 0.1 ms"),
        (99, "&lt; 0.1 ms"),
        (100, "0.1 ms"),
        (1_840, "1.8 ms"),
        (999_949, "999.9 ms"),
        (999_950, "1.0 s"),
        (1_500_000, "1.5 s"),
        (90_000_000, "90.0 s"),
    ] {
        assert_eq!(Took(Duration::from_micros(micros)).to_string(), text);
    }
}
