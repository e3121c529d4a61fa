use super::*;

fn os(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn read(words: &[&str], variable: &str) -> Result<Arguments, String> {
    Arguments::new(&os(words), Some(OsStr::new(variable))).map_err(|misuse| misuse.to_string())
}

fn port(words: &[&str], variable: &str) -> Option<String> {
    let value = read(words, variable).unwrap().value("--port").unwrap()?;
    Some(String::from_utf8(value).unwrap())
}

#[test]
fn every_spelling_of_an_option() {
    for words in [
        &["--port=6767"][..],
        &["--port", "6767"],
        &["-port=6767"],
        &["-port", "6767"],
        &["-p", "6767"],
        &["-p=6767"],
        &["--verbose", "-p", "6767", "--path=/x"],
    ] {
        assert_eq!(port(words, ""), Some("6767".into()), "{words:?}");
    }
}

#[test]
fn the_short_timeout() {
    let mut arguments = read(&["-t", "1s"], "").unwrap();
    assert_eq!(arguments.value("--timeout").unwrap().unwrap(), b"1s");
}

#[test]
fn values_are_kept_byte_for_byte() {
    for value in ["", "=", "a=b", "--port", "-x", "'quoted'", "\"", " blank "] {
        let word = format!("--contains={value}");
        let mut arguments = read(&[&word, "--port=1"], "").unwrap();
        assert_eq!(
            arguments.value("--contains").unwrap().unwrap(),
            value.as_bytes()
        );
        assert_eq!(arguments.value("--port").unwrap().unwrap(), b"1");
    }
    let word = OsString::from_vec(b"--contains=\xff".to_vec());
    let mut arguments = Arguments::new(&[word], None).unwrap();
    assert_eq!(arguments.value("--contains").unwrap().unwrap(), b"\xff");
}

#[test]
fn the_command_line_replaces_the_variable() {
    assert_eq!(port(&["-p", "1"], "--port=2"), Some("1".into()));
    assert_eq!(port(&["-p", "1"], "--port=2 --port=3"), Some("1".into()));
    assert_eq!(port(&["--verbose"], "--port=2"), Some("2".into()));
    assert_eq!(port(&[], ""), None);

    let mut arguments = read(&["--header=A: 1", "--header=B: 2"], "--header 'C: 3'").unwrap();
    assert_eq!(arguments.values("--header"), [b"A: 1", b"B: 2"]);
    let mut arguments = read(&["http://localhost/a"], "http://localhost/b").unwrap();
    assert_eq!(arguments.url().unwrap().word, b"http://localhost/a");
    for (words, variable, is_given) in [
        (&["--verbose"][..], "--verbose", true),
        (&["--verbose"], "--verbose --verbose", true),
        (&["--verbose"], "", true),
        (&[], "--verbose", true),
        (&["--insecure"], "--port=1", false),
    ] {
        let flag = read(words, variable).unwrap().flag("--verbose");
        assert_eq!(flag.unwrap(), is_given, "{words:?} {variable}");
    }
}

#[test]
fn repeats_are_misuse() {
    for (words, variable) in [(&["-p", "1", "--port=1"][..], ""), (&[], "-p 1 -p 1")] {
        let misuse = read(words, variable).unwrap().value("--port").unwrap_err();
        assert_eq!(misuse.to_string(), "--port: given twice");
    }
    for (words, variable) in [
        (&["--verbose", "-verbose"][..], ""),
        (&[], "--verbose --verbose"),
    ] {
        let misuse = read(words, variable)
            .unwrap()
            .flag("--verbose")
            .unwrap_err();
        assert_eq!(misuse.to_string(), "--verbose: given twice");
    }
}

#[test]
fn words_that_are_no_url_are_misuse_wherever_they_stand() {
    for (words, variable, expected) in [
        (
            &["http://localhost/", "http://localhost/"][..],
            "",
            "given already",
        ),
        (
            &["http://localhost/"],
            "http://localhost/a http://localhost/b",
            "given already",
        ),
        (
            &["http://localhost/"],
            "--header X: secret",
            "HEALTHCHECKER_ARGS: url: \"secret\"",
        ),
        (
            &["http://localhost/"],
            "stray",
            "HEALTHCHECKER_ARGS: url: \"stray\"",
        ),
        (&["http://localhost/", "stray"], "", "\"stray\""),
        (&["stray"], "http://localhost/", "\"stray\""),
        (&[], "some stray words", "\"some\""),
    ] {
        let misuse = read(words, variable).err().unwrap();
        assert!(misuse.contains(expected), "{words:?} {variable}: {misuse}");
    }
}

#[test]
fn misuse_names_the_word() {
    for (words, variable, expected) in [
        (&["--prot=1"][..], "", "--prot=1: unknown option"),
        (&["-x"], "", "-x: unknown option"),
        (&["-p6767"], "", "-p6767: unknown option"),
        (&["-"], "", "-: unknown option"),
        (&["--"], "", "--: unknown option"),
        (&["---port=1"], "", "---port=1: unknown option"),
        (&["--PORT=1"], "", "--PORT=1: unknown option"),
        (&[""], "", "\"\": an empty word"),
        (&["--port"], "", "--port: needs a value"),
        (
            &["--path", "--verbose"],
            "",
            "--path: needs a value, not --verbose",
        ),
        (&["--port", "-1"], "", "--port: needs a value, not -1"),
        (&["--verbose=yes"], "", "--verbose=yes: takes no value"),
        (
            &["--help", "-p", "1"],
            "",
            "--help: only as the command line's sole word",
        ),
        (
            &["-p", "1", "--version"],
            "",
            "--version: only as the command line's sole word",
        ),
        (&[], "--help", "HEALTHCHECKER_ARGS: --help: only as"),
        (
            &[],
            "--prot=1",
            "HEALTHCHECKER_ARGS: --prot=1: unknown option",
        ),
        (
            &[],
            "'--port=1",
            "HEALTHCHECKER_ARGS: a quote is not closed",
        ),
    ] {
        let misuse = read(words, variable)
            .err()
            .unwrap_or_else(|| panic!("{words:?} was taken"));
        assert!(
            misuse.starts_with(expected),
            "{words:?} {variable:?}: {misuse}"
        );
    }
}

#[test]
fn sole_flags() {
    for words in [["--help"], ["-help"], ["-h"]] {
        assert!(is_sole(&os(&words), "--help"), "{words:?}");
    }
    for words in [&[][..], &["--help", "--help"], &["--version"], &["help"]] {
        assert!(!is_sole(&os(words), "--help"), "{words:?}");
    }
}
