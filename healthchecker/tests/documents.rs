//! The documents say what the binary says.

use std::fs;
use std::path::Path;
use std::process::Command;

use healthchecker::command::HELP;

fn document(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_binary_prints_the_help() {
    let output = Command::new(env!("CARGO_BIN_EXE_healthchecker"))
        .arg("--help")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), HELP);
}

#[test]
fn the_guide_holds_the_help() {
    let fenced = format!("```text\n{HELP}```\n");
    assert!(
        document("docs/usage.md").contains(&fenced),
        "docs/usage.md has another help text, or none"
    );
}

#[test]
fn the_guide_explains_every_option_of_the_help() {
    let guide = document("docs/usage.md").replace(HELP, "");
    let options = |text: &str| -> Vec<String> {
        let mut options: Vec<_> = text
            .split(|character: char| !(character.is_ascii_lowercase() || character == '-'))
            .filter(|word| word.starts_with("--") && word.len() > 2)
            .map(str::to_owned)
            .collect();
        options.sort();
        options.dedup();
        options
    };
    let named = options(&guide);
    for option in options(HELP) {
        // What Docker's own HEALTHCHECK takes stands in the examples.
        assert!(
            option == "--interval" || named.contains(&option),
            "docs/usage.md is silent on {option}"
        );
    }
}

#[test]
fn the_help_fits_a_screen() {
    assert!(HELP.lines().count() <= 40, "{} lines", HELP.lines().count());
    for line in HELP.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn dockerfile_lines_of_the_help_are_exec_forms_that_parse() {
    let lines: Vec<_> = HELP
        .lines()
        .filter(|line| line.contains("HEALTHCHECK "))
        .collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        let (_, array) = line.split_once("CMD ").unwrap();
        let array = array
            .strip_prefix("[\"")
            .unwrap()
            .strip_suffix("\"]")
            .unwrap();
        let words: Vec<_> = array.split("\", \"").skip(1).collect();
        let output = Command::new(env!("CARGO_BIN_EXE_healthchecker"))
            .args(words)
            .env("PORT", "1")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        // Nothing listens there, but the words are understood.
        assert!(!said.starts_with("healthchecker:"), "{line}: {said}");
    }
}
