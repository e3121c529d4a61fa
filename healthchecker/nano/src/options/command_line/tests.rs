use super::*;
use crate::{Ending, Line};

fn run(words: &[&str], variable: Option<&str>) -> (Ending, String) {
    let mut line = Line::new();
    let mut words = words.iter().map(|word| word.as_bytes());
    let mut arguments = variable.unwrap_or_default().as_bytes().to_vec();
    let ending = crate::run(
        &mut || words.next(),
        &mut arguments,
        &|name| (name == b"PORT").then_some(&b"http"[..]),
        &mut line,
    );
    (ending, String::from_utf8(line.as_bytes().to_vec()).unwrap())
}

/// The line that refuses a command line, without the program's name.
fn refusal(words: &[&str], variable: Option<&str>) -> String {
    let (ending, line) = run(words, variable);
    assert_eq!(ending, Ending::Unhealthy, "{words:?}");
    let line = line.strip_suffix('\n').expect("a line");
    line.strip_prefix("healthchecker-nano: ")
        .unwrap_or_else(|| panic!("taken for a probe: {line}"))
        .to_owned()
}

#[test]
fn refusals_name_the_word_and_what_is_accepted() {
    for (words, line) in [
        (
            &["--prot=1"][..],
            "--prot=1: unknown option; --help lists them",
        ),
        (&["-p"], "-p: needs a value"),
        (
            &["-port", "--verbose"],
            "--port: needs a value, not --verbose (if that is the value: --port=--verbose)",
        ),
        (
            &["-port=0"],
            "--port: bad value \"0\"; accepted: 1 to 65535",
        ),
        (&["--verbose=1"], "--verbose=1: takes no value"),
        (
            &["-p", "1", "--port=2"],
            "--port: given twice, at last as \"2\"",
        ),
        (
            &["http://localhost", "http://localhost/b"],
            "url: given twice, at last as \"http://localhost/b\"",
        ),
        (&["http://localhost", "-p", "1"], "--port: excluded by url"),
        (
            &["-p", "1", "--port-env=PORT"],
            "--port-env: excluded by --port",
        ),
        (
            &["--port-env=PORT"],
            "--port-env: the variable PORT is not a number; accepted: 1 to 65535",
        ),
        (
            &["--port-env=NONE"],
            "--port-env: the variable NONE is not set",
        ),
        (
            &["--port-env=A=B"],
            "--port-env: bad value \"A=B\"; accepted: the name of a variable, such as PORT",
        ),
        (
            &["--host=a.example"],
            "--host: bad value \"a.example\"; accepted: localhost, or an address such as 127.0.0.1 or ::1",
        ),
        (
            &["--path", "x"],
            "--path: bad value \"x\"; accepted: a path from its first slash, percent-encoded, such as /health?full=1",
        ),
        (
            &["--method=POST"],
            "--method: bad value \"POST\"; accepted: GET, HEAD",
        ),
        (
            &["--header=TE: x"],
            "--header: accepted: 'Name: value', such as 'X-Probe: docker', but none that frames the message",
        ),
        (
            &["--header=Host: a", "--header=host: b"],
            "--header: given twice, at last as \"Host\"",
        ),
        (
            &["--status=2xx"],
            "--status: bad value \"2xx\"; accepted: codes and ranges from 200 to 599, such as 200-299,407",
        ),
        (
            &["-t", "2"],
            "--timeout: bad value \"2\"; accepted: numbers with h, m, s or ms, from 1ms to 60m in whole milliseconds, such as 500ms, 1.5s or 1m30s",
        ),
        (
            &["tcp://localhost:1", "--status=200"],
            "--status: has no meaning for tcp:// (only for http and unix)",
        ),
        (
            &["ftp://x"],
            "url: bad value \"ftp://x\"; accepted: http://HOST[:PORT][/PATH], tcp://HOST:PORT, unix:/SOCKET[:/PATH]",
        ),
        (
            &["--help", "-p", "1"],
            "--help: only as the command line's sole word, so that it cannot pass for a check",
        ),
        (&[""], "\"\": an empty word is neither an option nor a URL"),
        (
            &["x\x1b\n"],
            "url: bad value \"x\\x1b\\n\"; accepted: http://HOST[:PORT][/PATH], tcp://HOST:PORT, unix:/SOCKET[:/PATH]",
        ),
    ] {
        assert_eq!(refusal(words, None), line, "{words:?}");
    }
}

#[test]
fn what_healthchecker_has_is_refused_by_name() {
    for word in [
        "--contains=x",
        "--json=/a=b",
        "--wait=3s",
        "--interval=1s",
        "--header-file=K=/x",
        "--kick=http://localhost/x",
        "--kick",
        "--cacert=x",
        "--cert=x",
        "--key=x",
        "--server-name=x",
        "--insecure",
        "https://localhost/",
        "grpc://localhost:1",
        "grpcs://localhost:1/x",
        "unix:@app",
        "UNIX:@app:/health",
    ] {
        // An option's value may be a secret.
        let (name, _) = word.split_once('=').unwrap_or((word, ""));
        let line = format!("{name}: healthchecker has it, healthchecker-nano does not");
        assert_eq!(refusal(&[word], None), line);
    }
}

#[test]
fn the_variable_is_named_when_it_is_at_fault() {
    for (variable, line) in [
        (
            "--prot",
            "HEALTHCHECKER_ARGS: --prot: unknown option; --help lists them",
        ),
        ("-p 1 'x", "HEALTHCHECKER_ARGS: a quote is not closed"),
        (
            "--help",
            "HEALTHCHECKER_ARGS: --help: only as the command line's sole word, so that it cannot pass for a check",
        ),
        (
            "''",
            "HEALTHCHECKER_ARGS: \"\": an empty word is neither an option nor a URL",
        ),
    ] {
        assert_eq!(refusal(&[], Some(variable)), line);
    }
}

#[test]
fn what_is_too_long_to_send_is_refused() {
    let path = format!("--path=/{}", "x".repeat(5_000));
    assert!(refusal(&[&path], None).contains("more than healthchecker-nano can send"));
    let header = format!("--header=X: {}", "x".repeat(5_000));
    assert!(refusal(&[&header], None).contains("more than healthchecker-nano can send"));
}

#[test]
fn the_command_line_replaces_the_variable() {
    let request = |words: &[&str], variable: &str| {
        let mut words = words.iter().map(|word| word.as_bytes());
        let mut text = variable.as_bytes().to_vec();
        let mut command_line = CommandLine::new();
        let mut line = Line::new();
        crate::read(
            &mut command_line,
            &mut || words.next(),
            &mut text,
            &|_| None,
            &mut line,
        )
        .unwrap();
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    };
    assert_eq!(
        request(&[], ""),
        "GET /health HTTP/1.1\r\nConnection: close\r\nUser-Agent: healthchecker-nano\r\n\
         Host: localhost:80\r\n\r\n"
    );
    assert_eq!(
        request(
            &["-port", "81", "--header=B: 2"],
            "-p 1 --port=2 --header 'A: 1' --header='Host: x' --path=/v"
        ),
        "GET /v HTTP/1.1\r\nConnection: close\r\nUser-Agent: healthchecker-nano\r\n\
         Host: localhost:81\r\nB: 2\r\n\r\n"
    );
    assert_eq!(
        request(
            &["--host=::1", "--method=HEAD"],
            "--header 'host: x' --header='User-Agent: y'"
        ),
        "HEAD /health HTTP/1.1\r\nConnection: close\r\nhost: x\r\nUser-Agent: y\r\n\r\n"
    );
    assert_eq!(request(&["tcp://localhost:1"], ""), "");
    let long = format!("--path=/v{}", " ".repeat(10_000));
    assert!(request(&[], &long).starts_with("GET /v HTTP/1.1\r\n"));
}

#[test]
fn help_and_version_stand_alone() {
    for word in ["--help", "-help", "-h"] {
        let (ending, line) = run(&[word], Some("--broken"));
        assert_eq!(ending, Ending::Told);
        assert_eq!(line, include_str!("../../help.txt"));
    }
    let (ending, line) = run(&["--version"], None);
    assert_eq!(
        (ending, line.as_str()),
        (
            Ending::Told,
            concat!("healthchecker-nano ", env!("CARGO_PKG_VERSION"), "\n")
        )
    );
}
