//! What no file is, and what any file may hold.

use proptest::prelude::*;

use super::*;

pub(super) const REFUSED: &[Refused] = &[
    ("[watch.a]\n[watch.a]", "", &["line 2", "duplicate"]),
    (
        "[watch.a]\ntimeout = \"1s\"\ntimeout = \"1s\"",
        "",
        &["line 3", "duplicate"],
    ),
    ("[watch.a", "", &["line 1"]),
    ("watch = 1", "watch", &["line 1", "under [watch.NAME]"]),
    ("watch.a = 1", "watch.a", &["line 1", "[watch.NAME]"]),
    ("listen = [1]", "listen", &["line 1", "[[listen]]"]),
    ("heartbeat = 1", "heartbeat", &["line 1", "[heartbeat]"]),
    ("\n\ntimeout", "", &["line 3"]),
    ("\0", "", &["line 1"]),
];

#[test]
fn lines_do_not_grow() {
    for text in [
        format!("[watch.a]\ntimeout = \"{}\"", "9".repeat(100_000)),
        format!("[watch.\"{}\"]", "\\n".repeat(100_000)),
        format!("{} = 1", "a".repeat(100_000)),
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{ a = ".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[watch.a]\n{}timeout = 1", "\n".repeat(100_000)),
    ] {
        let shown = Config::parse(&text).unwrap_err().to_string();
        assert!(
            shown.len() < 2_100 && !shown.contains('\n'),
            "{}",
            shown.len()
        );
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        noise in ".{0,60}",
        table in r#"(\[\[listen\]\]|\[heartbeat\]|\[watch\.[a-z."é]{0,4}(\.restart)?\])"#,
        name in "address|dialects|tls|open|timeout|grace|first|open_to|exec|max|per|strict|[a-z]{0,3}",
        value in r#"-?[0-9]{1,20}|"[0-9.dhms:]{0,12}"|true|\["/?[a-z]{0,4}"\]|\{.{0,5}\}|.{0,8}"#,
    ) {
        let _ = Config::parse(&noise).map_err(|error| error.to_string());
        let text = format!("{table}\n{name} = {value}\n{noise}");
        if let Err(error) = Config::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}
