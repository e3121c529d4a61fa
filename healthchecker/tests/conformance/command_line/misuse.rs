//! What is misuse, and what the line that refuses it must say.

use std::sync::OnceLock;

use libtest_mimic::Failed;

use crate::probe::Run;
use crate::row::{check, unhealthy};

/// Words, the value of `HEALTHCHECKER_ARGS`, and what of the message tells it from others.
pub(super) type Misuse = (&'static [&'static str], &'static str, &'static str);

pub(super) const MISUSE: &[Misuse] = &[
    // Unknown, stray, empty.
    (&["--prot=80"], "", "--prot=80: unknown option"),
    (&["--prot", "80"], "", "--prot: unknown option"),
    (&["-x"], "", "-x: unknown option"),
    (&["-p80"], "", "-p80: unknown option"),
    (&["-"], "", "-: unknown option"),
    (&["--"], "", "--: unknown option"),
    (&["---port=80"], "", "---port=80: unknown option"),
    (&["--PORT=80"], "", "--PORT=80: unknown option"),
    (&[""], "", "\"\": an empty word"),
    (&["80"], "", "\"80\""),
    (&["stray"], "", "\"stray\""),
    (&["http://localhost/", "stray"], "", "\"stray\""),
    (&["help"], "", "\"help\""),
    // Values that are missing or bad.
    (&["--port"], "", "--port: needs a value"),
    (&["-p"], "", "-p: needs a value"),
    (&["-port"], "", "-port: needs a value"),
    (&["--port="], "", "--port: bad value \"\""),
    (&["--port", ""], "", "--port: bad value \"\""),
    (&["--port=0"], "", "--port: bad value \"0\""),
    (&["--port=65536"], "", "--port: bad value \"65536\""),
    (&["--port=-1"], "", "--port: bad value \"-1\""),
    (&["--port", "-1"], "", "--port: needs a value, not -1"),
    (&["--port=http"], "", "--port: bad value \"http\""),
    (&["--port=80 "], "", "--port: bad value \"80 \""),
    (&["--port=+80"], "", "--port: bad value \"+80\""),
    (&["--port=${PORT}"], "", "--port: bad value \"${PORT}\""),
    (
        &["--port=tcp://10.0.0.1:80"],
        "",
        "--port: bad value \"tcp://10.0.0.1:80\"",
    ),
    (&["--path"], "", "--path: needs a value"),
    (
        &["--path", "--verbose"],
        "",
        "--path: needs a value, not --verbose",
    ),
    (&["--path="], "", "--path: bad value \"\""),
    (&["--path=health"], "", "--path: bad value \"health\""),
    (&["--path=/a b"], "", "--path: bad value \"/a b\""),
    (
        &["--path=/a\r\nX: y"],
        "",
        "--path: bad value \"/a\\r\\nX: y\"",
    ),
    (&["--path=/a#b"], "", "--path: bad value \"/a#b\""),
    (&["--path=/caf\u{e9}"], "", "--path: bad value \"/caf"),
    (&["--path=/${X}"], "", "--path: bad value \"/${X}\""),
    (&["--host="], "", "--host: bad value \"\""),
    (&["--host=a b"], "", "--host: bad value \"a b\""),
    (
        &["--host=localhost:80"],
        "",
        "--host: bad value \"localhost:80\"",
    ),
    (
        &["--host=http://localhost"],
        "",
        "--host: bad value \"http://localhost\"",
    ),
    (&["--host=::10000"], "", "--host: bad value \"::10000\""),
    (
        &["--host=fe80::1%lo"],
        "",
        "--host: bad value \"fe80::1%lo\"",
    ),
    (&["--timeout=0"], "", "--timeout: bad value \"0\""),
    (&["--timeout=0s"], "", "--timeout: bad value \"0s\""),
    (&["--timeout=2"], "", "--timeout: bad value \"2\""),
    (&["--timeout=2h"], "", "--timeout: bad value \"2h\""),
    (&["--timeout=-2s"], "", "--timeout: bad value \"-2s\""),
    (&["--timeout=1.5"], "", "--timeout: bad value \"1.5\""),
    (&["--timeout=.5s"], "", "--timeout: bad value \".5s\""),
    (
        &["--timeout=1.0005s"],
        "",
        "--timeout: bad value \"1.0005s\"",
    ),
    (&["--timeout=1.5ms"], "", "--timeout: bad value \"1.5ms\""),
    (&["--timeout=500us"], "", "--timeout: bad value \"500us\""),
    (&["--timeout=1m 30s"], "", "--timeout: bad value \"1m 30s\""),
    (&["--timeout=59m61s"], "", "--timeout: bad value \"59m61s\""),
    (&["--timeout=999m"], "", "--timeout: bad value \"999m\""),
    (&["-t", "soon"], "", "--timeout: bad value \"soon\""),
    (&["-t"], "", "-t: needs a value"),
    (&["--method=POST"], "", "--method: bad value \"POST\""),
    (&["--method=get"], "", "--method: bad value \"get\""),
    (&["--header=K"], "", "accepted: 'Name: value'"),
    (&["--header=: V"], "", "accepted: 'Name: value'"),
    (&["--header=K K: V"], "", "accepted: 'Name: value'"),
    (&["--header=K: a\r\nX: b"], "", "accepted: 'Name: value'"),
    (
        &["--header=Content-Length: 1"],
        "",
        "accepted: 'Name: value'",
    ),
    (&["--header=Host: a", "--header=host: b"], "", "twice"),
    (&["--header=Host: caf\u{e9}"], "", "--header: "),
    (&["--status="], "", "--status: bad value \"\""),
    (&["--status=2xx"], "", "--status: bad value \"2xx\""),
    (&["--status=299-200"], "", "--status: bad value \"299-200\""),
    (&["--status=100-599"], "", "--status: bad value \"100-599\""),
    (&["--status=200,"], "", "--status: bad value \"200,\""),
    (&["--status=600"], "", "--status: bad value \"600\""),
    (&["--contains="], "", "--contains"),
    (&["--json=status"], "", "--json"),
    (&["--json=status=UP"], "", "--json"),
    (&["--wait=0s"], "", "--wait"),
    (&["--wait"], "", "--wait"),
    (&["--verbose=true"], "", "--verbose=true: takes no value"),
    (&["--insecure=1"], "", "--insecure"),
    (&["--cacert="], "", "--cacert"),
    // Repeats and contradictions.
    (&["--port=80", "--port=80"], "", "--port: given twice"),
    (&["-p", "80", "-port=81"], "", "--port: given twice"),
    (&["--verbose", "--verbose"], "", "--verbose: given twice"),
    (&["--timeout=1s", "-t", "1s"], "", "--timeout: given twice"),
    (
        &["http://localhost/", "http://localhost/"],
        "",
        "\"http://localhost/\"",
    ),
    (
        &["http://localhost/", "--port=80"],
        "",
        "--port: excluded by",
    ),
    (
        &["http://localhost/", "--port-env=PORT"],
        "",
        "--port-env: excluded by",
    ),
    (
        &["http://localhost/", "--host=localhost"],
        "",
        "--host: excluded by",
    ),
    (
        &["http://localhost/", "--path=/"],
        "",
        "--path: excluded by",
    ),
    (
        &["--port=80", "--port-env=PORT"],
        "",
        "--port-env: excluded by --port",
    ),
    (
        &["tcp://localhost:80", "--status=200"],
        "",
        "--status: has no meaning for tcp://",
    ),
    (
        &["tcp://localhost:80", "--method=GET"],
        "",
        "--method: has no meaning for tcp://",
    ),
    (
        &["tcp://localhost:80", "--header=K: V"],
        "",
        "--header: has no meaning for tcp://",
    ),
    (&["tcp://localhost:80", "--contains=x"], "", "--contains"),
    (&["--method=HEAD", "--contains=x"], "", "--contains"),
    (&["--interval=1s"], "", "--interval"),
    (&["--cacert=/x"], "", "--cacert"),
    (&["--insecure"], "", "--insecure"),
    (&["--server-name=x"], "", "--server-name"),
    // URLs.
    (&["ftp://localhost/"], "", "\"ftp://localhost/\""),
    (&["localhost:80"], "", "\"localhost:80\""),
    (&["/health"], "", "\"/health\""),
    (&["http://"], "", "\"http://\""),
    (&["http://:80/"], "", "\"http://:80/\""),
    (&["http://localhost:/"], "", "\"http://localhost:/\""),
    (&["http://localhost:0/"], "", "\"http://localhost:0/\""),
    (
        &["http://localhost:${PORT}/"],
        "",
        "\"http://localhost:${PORT}/\"",
    ),
    (
        &["http://user:word@localhost/"],
        "",
        "\"http://user:word@localhost/\"",
    ),
    (&["http://::1/"], "", "\"http://::1/\""),
    (&["http://[::10000]/"], "", "\"http://[::10000]/\""),
    (&["http://[::1/"], "", "\"http://[::1/\""),
    (&["http://localhost/a b"], "", "\"http://localhost/a b\""),
    (&["http://localhost/#x"], "", "\"http://localhost/#x\""),
    (&["tcp://localhost"], "", "\"tcp://localhost\""),
    (&["tcp://localhost:80/x"], "", "\"tcp://localhost:80/x\""),
    (&["unix:app.sock"], "", "\"unix:app.sock\""),
    (&["unix:"], "", "\"unix:\""),
    (&["grpc://localhost"], "", "grpc://localhost"),
    // Where help would be an exit 0.
    (
        &["--help", "--port=80"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["--port=80", "--help"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["--version", "--verbose"],
        "",
        "--version: only as the command line's sole word",
    ),
    (
        &["--help", "--help"],
        "",
        "--help: only as the command line's sole word",
    ),
    (
        &["-h", "--port=80"],
        "",
        "-h: only as the command line's sole word",
    ),
    (&["--help=yes"], "", "--help=yes: takes no value"),
    // The variable.
    (
        &[],
        "--help",
        "--help: only as the command line's sole word",
    ),
    (
        &[],
        "--version",
        "--version: only as the command line's sole word",
    ),
    (
        &["--verbose"],
        "--help",
        "--help: only as the command line's sole word",
    ),
    (&[], "--prot=80", "--prot=80: unknown option"),
    (&[], "stray", "\"stray\""),
    (
        &[],
        "'--port=80",
        "HEALTHCHECKER_ARGS: a quote is not closed",
    ),
    (
        &[],
        "--port=80 \"",
        "HEALTHCHECKER_ARGS: a quote is not closed",
    ),
    (&[], "--port=80 --port=81", "--port: given twice"),
    (&[], "--port", "--port: needs a value"),
    (&[], "''", "\"\": an empty word"),
    // Words that quotes should have held together, beside a URL that would replace one of them.
    (&["http://localhost/"], "stray", "\"stray\""),
    (
        &["http://localhost/"],
        "--header Authorization: Bearer",
        "\"Bearer\"",
    ),
    (
        &["http://localhost/"],
        "http://localhost/a http://localhost/b",
        "\"http://localhost/b\"",
    ),
    (&["http://localhost/"], "--port=80", "--port: excluded by"),
    (&["--port-env=PORT"], "--port=80", "--port-env: "),
];

pub(super) fn misuse(words: &[&str], variable: &str, expected: &str) -> Result<(), Failed> {
    if expected.len() < 3 || messages().iter().all(|message| message.contains(expected)) {
        return Err(format!("{expected:?} tells no message from others").into());
    }
    let mut run = Run::new(words);
    if !variable.is_empty() {
        run = run.variable("HEALTHCHECKER_ARGS", variable);
    }
    let outcome = run.finish();
    check(&outcome, &unhealthy([expected]))?;
    if outcome.stderr.starts_with("unhealthy") {
        return Err(format!("taken for a check: {}", outcome.stderr).into());
    }
    Ok(())
}

/// Messages that have as little in common as messages of this program may.
fn messages() -> &'static [String; 3] {
    static MESSAGES: OnceLock<[String; 3]> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        [&["-x"][..], &["--status=2xx"], &["--port"]].map(|words| Run::new(words).finish().stderr)
    })
}
