//! What cannot be asked: nothing is sent, and one line says why.

use crate::program::Program;
use crate::server::{Server, ok};

#[test]
fn misuse_is_one_line_that_names_it() {
    let long = "a".repeat(201);
    for (words, problem) in [
        (
            &["kick"][..],
            "kick: its NAME is missing; it takes kick NAME [TIMEOUT]\n",
        ),
        (
            &["fault", "a"],
            "fault: its REASON is missing; it takes fault NAME REASON…\n",
        ),
        (&["retire"], "retire: its PREFIX is missing"),
        (&["monitor", "1", "a"], "monitor: its ARGS is missing"),
        (&["delmonitor"], "delmonitor: its ID is missing"),
        (&["pause"], "pause: its PREFIX is missing"),
        (
            &["clear", "a", "b"],
            "\"b\": a word too many; it takes clear PREFIX\n",
        ),
        (&["status", "a", "b"], "\"b\": a word too many"),
        (&["kick", "a", "1", "2"], "\"2\": a word too many"),
        (&["kick", "a", "--help"], "--help: stands alone behind"),
        (
            &["kick", "a", "--json"],
            "\"--json\": kick has no such option; kick --help lists",
        ),
        (
            &["kick", "a", "-x\u{1b}"],
            "\"-x\\u{1b}\": kick has no such option",
        ),
        (
            &["fault", "a", "-5"],
            "\"-5\": fault has no such option; fault --help lists them, and -- ",
        ),
        (
            &["kick", "a", "--all", "--all"],
            "--all: given more than once\n",
        ),
        (&["kick", "a", "--all=1"], "--all: takes no value\n"),
        (
            &["kick", "a", "--timeout"],
            "--timeout: its value is missing\n",
        ),
        (
            &["kick", "a", "--timeout", "--"],
            "--timeout: its value is missing\n",
        ),
        (
            &["kick", "a", "1", "--timeout", "2"],
            "\"1\": --timeout says already",
        ),
        (
            &["kick", "A"],
            "\"A\": no name; kick takes a-z, 0-9, dots and underscores",
        ),
        (&["kick", "a-b"], "\"a-b\": no name"),
        (&["kick", ""], "\"\": no name"),
        (&["kick", ".."], "\"..\": no name"),
        (&["kick", "a/b"], "\"a/b\": no name"),
        (&["kick", "a?x"], "\"a?x\": no name"),
        (&["kick", "%61"], "\"%61\": no name"),
        (&["kick", &long], "\"aaaa"),
        (&["retire", "."], "\".\": no name"),
        (&["auth", "."], "\".\": no name"),
        (&["auth", "", "--note", "x"], "\"\": no prefix"),
        (&["pause", ""], "\"\": no prefix"),
        (&["pause", ".."], "\"..\": no prefix"),
        (&["status", "a b"], "\"a b\": no prefix"),
        (
            &["monitor", "slack", "a", "u"],
            "\"slack\": no TYPE; it takes 1",
        ),
        (&["delmonitor", "../x"], "this is no ID"),
        (
            &["auth", "a", "--verbs", " "],
            "--verbs: it takes at least one word",
        ),
        (
            &["pause", "a", "--for", "0s"],
            "--for: \"0s\" is not accepted; it takes numbers with d",
        ),
        (
            &["auth", "a", "--expires", "367d"],
            "--expires: \"367d\" is not accepted",
        ),
        (
            &["completions", "sh"],
            "\"sh\": no such shell; completions takes bash, zsh or fish\n",
        ),
        (
            &["kick", "a", "--deadline", "0s"],
            "--deadline: \"0s\" is not accepted",
        ),
        (
            &["kick", "a", "--deadline", "61m"],
            "--deadline: \"61m\" is not accepted",
        ),
        (&["kck"], "\"kck\": unknown subcommand; it takes "),
        (&[], "there is no subcommand; --help lists them\n"),
    ] {
        for program in ["watchdog", "wd"] {
            let run = if program == "wd" {
                Program::wd(words)
            } else {
                Program::watchdog(words)
            };
            run.refuses(&format!("{program}: {problem}"));
        }
    }
    for timeout in [
        "0",
        "0s",
        "1500ms",
        "-1",
        "+5",
        "5x",
        "",
        "31622401",
        "367d",
        "1e3",
        "99999999999999999999",
    ] {
        let option = format!("--timeout={timeout}");
        let program = Program::watchdog(&["kick", "a", &option]);
        program.refuses(&format!(
            "watchdog: --timeout: \"{timeout}\": no timeout; it takes "
        ));
    }
    Program::wd(&["run", "--once", "--", "true"]).refuses("wd: \"run\": unknown subcommand");
}

#[test]
fn servers_that_are_none() {
    for (url, problem) in [
        ("", "\"\": "),
        ("localhost:8500", "\"localhost:8500\": "),
        ("127.0.0.1", "\"127.0.0.1\": neither http:// nor https://"),
        (
            "ftp://a",
            "\"ftp://a\": neither http:// nor https://; it takes a URL such as ",
        ),
        ("http://", "\"http://\": "),
        ("http:///x", "\"http:///x\": "),
        ("http://a:x", "\"http://a:x\": "),
        ("http://a:99999", "\"http://a:99999\": "),
        ("http://a?x", "\"http://a?x\": a server has no query"),
        ("http://a#x", "\"http://a#x\": a server has no query"),
        (
            "http://root:secret@a",
            "a URL has a user's name, which is not sent",
        ),
        ("http://a b", "\"http://a b\": no URL"),
        ("http://a\u{1b}", "\"http://a\\u{1b}\": no URL"),
    ] {
        let program = Program::wd(&["kick", "a", "--server", url]);
        program.refuses(&format!("wd: --server: {problem}"));
    }
    let program = Program::wd(&["kick", "a"]).env("WD_ENDPOINTS", "http://127.0.0.1:1,x");
    program.refuses("wd: $WD_ENDPOINTS: \"x\": ");
    let many = "http://127.0.0.1:1 ".repeat(17);
    let program = Program::wd(&["kick", "a"]).env("WD_ENDPOINTS", &many);
    program.refuses("wd: there are more than 16 servers");
}

/// 192.0.2.0/24 is for documents, and nobody's: were something sent, the line would be another one.
#[test]
fn no_token_goes_where_anybody_can_read_it() {
    const EXPOSED: &str = "http://192.0.2.1:8500";
    let good = Server::new([ok("")]);
    let servers = format!("{},{EXPOSED}", good.url());
    for words in [
        &["auth", "a"][..],
        &["auth", "a", "--note", "x"],
        &["pause", "a"],
        &["resume", "a"],
        &["status"],
        &["status", "a", "--json"],
    ] {
        let program = Program::wd(words).env("WD_ENDPOINTS", &servers);
        let problem = "anybody on the way could read the token; use https://, or --plain";
        program.refuses(&format!("wd: {EXPOSED}: {problem}"));
    }
    assert_eq!(good.unseen(), 0);
    for host in ["localhost.example.org", "[::2]", "128.0.0.1", "0.0.0.0"] {
        let url = format!("http://{host}:1");
        let program = Program::wd(&["resume", "a", "--server", &url]);
        program.refuses(&format!("wd: {url}: anybody"));
    }
    for host in ["localhost", "[::1]", "127.9.9.9"] {
        let url = format!("http://{host}:1");
        let err = Program::wd(&["resume", "a", "--server", &url]).refuses(&format!("wd: {url}: "));
        assert!(!err.contains("anybody"), "{err}");
    }
}

#[test]
fn a_file_of_certificates_has_some() {
    let program = Program::wd(&["kick", "a", "--cacert", "none"]);
    program.refuses("wd: --cacert: \"none\": No such file");
    let program = Program::wd(&["kick", "a"]).env("WD_CA", "empty");
    program.directory.write("empty", "");
    program.refuses("wd: $WD_CA: \"empty\": has no certificate (PEM)");
    let program = Program::wd(&["kick", "a", "--cacert", "x"]);
    program.directory.write(
        "x",
        "-----BEGIN CERTIFICATE-----\n@@\n-----END CERTIFICATE-----\n",
    );
    program.refuses("wd: --cacert: \"x\": its PEM is broken");
}

/// 0.0.0.0 leads to this very machine, and is no address of loopback.
#[test]
fn where_anybody_can_read_it_the_hash_has_to_do() {
    let server = Server::new([ok("")]);
    let url = server.url().replace("127.0.0.1", "0.0.0.0");
    for words in [
        &["retire", "a"][..],
        &["clear", "a"],
        &["monitor", "1", "a", "b"],
    ] {
        let is_sent = |more: &[&str]| {
            let words: Vec<_> = words.iter().chain(more).copied().collect();
            let (code, _, err) = Program::wd(&words).env("WD_ENDPOINTS", &url).ends();
            assert_eq!(code, Some(0), "{err}");
            let asked = server.asked();
            assert!(asked.contains("hmac="), "{asked}");
            asked.contains("authorization")
        };
        assert!(!is_sent(&[]), "{words:?}");
        assert!(is_sent(&["--plain"]), "{words:?}");
    }
}
