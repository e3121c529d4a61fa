//! What goes over the wire, byte for byte, and what is said of the answer.

use crate::program::{Program, TOKEN};
use crate::server::{Server, ok, status};

// SHA-256 of the 32 bytes of the token and then the name.
const SERVER1: &str = "hmac=34d4734481f0accc6a32de20761adc6dcc0a4b1f5120ed74d3d3312200121692";
const DC: &str = "hmac=27e809590187ebda539ed14b3726b8f28d881c27b7a3e05e7b5d28788b4fb303";

fn head(line: &str, more: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{line} HTTP/1.1\r\nuser-agent: watchdog/{version}\r\nhost: 127.0.0.1:PORT\r\n{more}\r\n"
    )
}

fn bearer() -> String {
    format!("authorization: Bearer {TOKEN}\r\n")
}

#[track_caller]
fn golden(words: &[&str], answer: &str, said: &str, request: &str) {
    for is_wd in [false, true] {
        let server = Server::new([ok(answer)]);
        let program = if is_wd {
            Program::wd(words)
        } else {
            Program::watchdog(words)
        };
        program.to(&[&server]).says(said);
        assert_eq!(server.asked(), request);
        assert_eq!(server.unseen(), 0);
    }
}

#[test]
fn kicks() {
    for (words, query) in [
        (&["kick", "dc.server1"][..], ""),
        (&["kick", "dc.server1", "60"], "timeout=60&"),
        (&["kick", "--timeout", "60", "dc.server1"], "timeout=60&"),
        (&["kick", "dc.server1", "--timeout=25h"], "timeout=90000&"),
        (&["kick", "dc.server1", "31622400"], "timeout=31622400&"),
        (&["kick", "--", "dc.server1", "1s"], "timeout=1&"),
    ] {
        let request = head(&format!("GET /kick/dc.server1?{query}{SERVER1}"), "");
        golden(words, "ignored", "", &request);
    }
}

#[test]
fn faults_have_a_reason_as_forms_have_it() {
    for (words, reason) in [
        (&["812.10 MB", "left+"][..], "812.10+MB+left%2B"),
        (&["--", "-5 °C\n&x=1"], "-5+%C2%B0C%0A%26x%3D1"),
        (
            &["äöüß".repeat(100).as_str()],
            &"%C3%A4%C3%B6%C3%BC%C3%9F".repeat(63)[..62 * 24 + 12],
        ),
    ] {
        let words: Vec<_> = ["fault", "dc.server1"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let request = head(
            &format!("GET /fault/dc.server1?reason={reason}&{SERVER1}"),
            "",
        );
        golden(&words, "", "", &request);
    }
}

#[test]
fn what_removes_or_tells_others_bears_the_token_as_well() {
    for verb in ["retire", "clear"] {
        let request = head(&format!("GET /{verb}/dc?{DC}"), &bearer());
        golden(&[verb, "dc"], "", "", &request);
    }
    let request = head(
        &format!("GET /monitor/1/dc?args=https%3A%2F%2Fhooks.slack.com%2Fa&{DC}"),
        &bearer(),
    );
    let words = ["monitor", "1", "dc", "https://hooks.slack.com/a"];
    golden(&words, "5f\u{1b}[2J\n", "5f\\u{1b}[2J\n", &request);
}

#[test]
fn an_id_is_all_that_delmonitor_takes() {
    let request = head("GET /delmonitor/5f-A_0", "");
    golden(&["delmonitor", "5f-A_0"], "", "", &request);
    let server = Server::new([ok("")]);
    let program = Program::wd(&["delmonitor", "5f"]).env("WD_TOKEN", "bad");
    program.to(&[&server]).says("");
}

#[test]
fn auth_prints_a_token() {
    let token = "f".repeat(64);
    let request = head(&format!("GET /auth/dc?{DC}"), &bearer());
    let said = format!("{token}\n");
    golden(
        &["auth", "dc"],
        &format!("{token}and more"),
        &said,
        &request,
    );
    for bad in ["", &token[1..], &token.to_uppercase(), "<html>"] {
        let server = Server::new([ok(bad)]);
        Program::wd(&["auth", "dc"])
            .to(&[&server])
            .refuses("wd: auth: what the server answered is no token of 64 digits\n");
    }
}

fn post(path: &str, body: &str) -> String {
    let more = format!("{}content-type: application/json\r\n", bearer());
    let head = head(&format!("POST /api/watchdog/v1/{path}"), &more);
    let length = format!("\r\ncontent-length: {}\r\nuser-agent", body.len());
    head.replacen("\r\nuser-agent", &length, 1) + body
}

#[test]
fn a_token_with_wishes_is_made_by_json() {
    let token = "f".repeat(64);
    let answer = format!(
        r#"{{"serial": 7, "prefix": "dc.x-1", "verbs": ["kick", "auth"], "expires": "2027\u001b", "token": "{token}"}}"#
    );
    for (words, body) in [
        (
            &[
                "auth",
                "dc.x-1",
                "--verbs",
                " kick  auth",
                "--expires",
                "90d",
                "--note",
                "a \"b\"",
            ][..],
            r#"{"expires_in_ms":7776000000,"note":"a \"b\"","prefix":"dc.x-1","verbs":["kick","auth"]}"#,
        ),
        (&["auth", ".", "--note="], r#"{"note":"","prefix":""}"#),
    ] {
        let server = Server::new([status(201, &answer)]);
        let (code, out, err) = Program::watchdog(words).to(&[&server]).ends();
        assert_eq!((code, out), (Some(0), format!("{token}\n")));
        let note = "watchdog: token 7 for dc.x-1, which may kick auth, until 2027\\u{1b}\n";
        assert_eq!(err, note);
        assert_eq!(server.asked(), post("tokens", body));
    }
}

#[cfg(feature = "serve")]
#[test]
fn the_master_key_makes_the_first_token() {
    use health_watchdog::tokens::Master;

    let key = [7; 32];
    let root = Master::new(&key).unwrap().derive(0, "").text();
    let token = "f".repeat(64);
    let server = Server::new([status(201, &format!(r#"{{"token": "{token}"}}"#))]);
    let program = Program::watchdog(&["auth", "dc", "--master", "key"]);
    program.directory.write("key", key);
    let (code, out, err) = program.to(&[&server]).env("WD_TOKEN", "").ends();
    assert_eq!((code, out), (Some(0), format!("{token}\n")), "{err}");
    let body = r#"{"prefix":"dc"}"#;
    let expected = post("tokens", body).replace(TOKEN, &root);
    assert_eq!(server.asked(), expected);

    let program = Program::watchdog(&["auth", "dc", "--master", "key"]);
    program.directory.write("key", [7; 31]);
    program.refuses("watchdog: --master: \"key\": the master key is shorter than 32 bytes");
}

#[test]
fn holds_are_told_by_json() {
    for (words, path, body, said) in [
        (
            &["pause", "dc.", "--for", "2h"][..],
            "pause",
            r#"{"for_ms":7200000,"maintenance":false,"prefix":"dc."}"#,
            "2 watches paused\n",
        ),
        (
            &["pause", "a-b", "--maintenance"],
            "pause",
            r#"{"for_ms":null,"maintenance":true,"prefix":"a-b"}"#,
            "2 watches paused\n",
        ),
        (
            &["resume", "."],
            "resume",
            r#"{"prefix":""}"#,
            "2 watches resumed\n",
        ),
    ] {
        golden(words, r#"{"watches": 2}"#, said, &post(path, body));
    }
    let server = Server::new([ok("{}")]);
    Program::wd(&["pause", "dc"])
        .to(&[&server])
        .refuses("wd: the server did not answer how many watches");
}

#[test]
fn a_base_path_stays() {
    let server = Server::new([ok("")]);
    let url = format!("{}/dogs/", server.url());
    Program::wd(&["kick", "dc.server1", "--server", &url]).says("");
    assert_eq!(
        server.asked(),
        head(&format!("GET /dogs/kick/dc.server1?{SERVER1}"), "")
    );
}
