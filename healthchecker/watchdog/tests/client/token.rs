//! Where the token is found.

use std::fs;

use crate::program::{Program, TOKEN};
use crate::server::{Server, ok};

const KICK: &[&str] = &["kick", "dc.server1"];

/// Which token it was: those that the test has are digits repeated.
fn asked_with(server: &Server) -> String {
    let asked = server.asked();
    let bearer = asked
        .lines()
        .find_map(|line| line.strip_prefix("authorization: Bearer "));
    bearer.expect("a token")[..2].to_owned()
}

fn token(digits: &str) -> String {
    digits.repeat(32)
}

#[test]
fn places_are_searched_in_their_order() {
    let words = &["retire", "dc"];
    let write = |program: &Program| {
        program.directory.write(".wd_token", token("22") + "rest\n");
        program.directory.write("home/.wd_token", token("33"));
        program.directory.write("given", token("44") + "\n");
    };
    let server = Server::new([ok("")]);

    let program = Program::wd(words).to(&[&server]);
    write(&program);
    program.env("WD_TOKEN", &(token("11") + "zz")).says("");
    assert_eq!(asked_with(&server), "11");

    let program = Program::wd(words).to(&[&server]);
    write(&program);
    program.env("WD_TOKEN", "").says("");
    assert_eq!(asked_with(&server), "22");

    let program = Program::wd(words).to(&[&server]);
    write(&program);
    fs::remove_file(program.directory.path(".wd_token")).unwrap();
    program.env("WD_TOKEN", "").says("");
    assert_eq!(asked_with(&server), "33");

    let program = Program::wd(&["retire", "dc", "--token-file", "given"]).to(&[&server]);
    write(&program);
    program.says("");
    assert_eq!(asked_with(&server), "44");
}

#[test]
fn what_is_found_and_is_no_token_ends_the_search() {
    for bad in [
        "",
        &TOKEN[..63],
        &TOKEN.to_uppercase(),
        &format!(" {TOKEN}"),
        &"ä".repeat(64),
    ] {
        if !bad.is_empty() {
            let program = Program::wd(KICK).env("WD_TOKEN", bad);
            program.refuses("wd: $WD_TOKEN is no token: its first 64 characters must be ");
        }
        let program = Program::wd(KICK).env("WD_TOKEN", "");
        program.directory.write(".wd_token", bad);
        program.directory.write("home/.wd_token", TOKEN);
        program.refuses("wd: \".wd_token\": is no token: its first 64 characters must be ");
    }
    let program = Program::wd(KICK).env("WD_TOKEN", "");
    fs::create_dir(program.directory.path(".wd_token")).unwrap();
    program.refuses("wd: \".wd_token\": is no file");
    let program = Program::wd(&["kick", "a", "--token-file", "none"]);
    program.refuses("wd: \"none\": No such file");
}

#[test]
fn no_token_at_all() {
    if fs::exists("/etc/wd/token").unwrap_or(true) {
        return;
    }
    let program = Program::watchdog(KICK).env("WD_TOKEN", "");
    program.refuses("watchdog: there is no token; set $WD_TOKEN, or write it into .wd_token, ");
}

#[test]
fn a_token_is_in_no_message() {
    for words in [
        &["kick", "a"][..],
        &["retire", "a"],
        &["auth", "a"],
        &["pause", "a"],
    ] {
        let program = Program::watchdog(words).env("WD_ENDPOINTS", "http://127.0.0.1:1");
        let err = program.refuses("watchdog: http://127.0.0.1:1: ");
        assert!(!err.contains(&TOKEN[..8]) && !err.contains("hmac"), "{err}");
    }
}
