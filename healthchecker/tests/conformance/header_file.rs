//! Headers whose value is a file's: sent, and never said.

use libtest_mimic::{Failed, Trial};

use crate::places::Place;
use crate::probe::{Need, Run, binary};
use crate::row::{check, healthy, unhealthy};
use crate::server::{Server, Step};

pub(crate) fn trials() -> Vec<Trial> {
    if !binary().can(Need::HeaderFile) {
        return Vec::new();
    }
    vec![
        Trial::test("--header-file sends a file's content", sent),
        Trial::test("--header-file: files that cannot be used", unusable),
        Trial::test("--header-file: a pipe is not waited for", pipe),
    ]
}

fn server() -> Server {
    Server::start(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ])
}

fn sent() -> Result<(), Failed> {
    let (place, server) = (Place::new(), server());
    let (token, host) = (place.file("token"), place.file("host"));
    std::fs::write(&token, "Bearer a=b:c\n")?;
    std::fs::write(&host, "app.example")?;
    let words = [
        format!("--port={}", server.port()),
        format!("--header-file=Authorization={}", token.display()),
        "--header-file".into(),
        format!("Host={}", host.display()),
        "--header=X: y".into(),
        "--verbose".into(),
    ];
    let outcome = Run::new(words).finish();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(!outcome.stdout.contains("a=b"), "{outcome:?}");
    let request = server.requests().concat().to_ascii_lowercase();
    for line in ["authorization: bearer a=b:c", "host: app.example", "x: y"] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{request}");
    }
    assert_eq!(request.matches("\r\nhost:").count(), 1, "{request}");

    // In the variable, too, and replaced by what the command line gives.
    let outcome = Run::new([format!("--port={}", server.port())])
        .variable(
            "HEALTHCHECKER_ARGS",
            format!("--header-file 'X-Token={}'", token.display()),
        )
        .finish();
    check(&outcome, &healthy())?;
    let request = server.requests().concat().to_ascii_lowercase();
    assert!(
        request.contains("\r\nx-token: bearer a=b:c\r\n"),
        "{request}"
    );
    Ok(())
}

fn unusable() -> Result<(), Failed> {
    let (place, server) = (Place::new(), server());
    let file = place.file("token");
    let word = format!("--header-file=X={}", file.display());
    let ask = || Run::new([&format!("--port={}", server.port()), &word]).finish();
    check(
        &ask(),
        &unhealthy(["--header-file: ", "token: No such file"]),
    )?;
    let large = "s3cret".repeat(4_000);
    for (content, problem) in [
        ("", "its content is empty"),
        ("\n", "its content is empty"),
        ("s3cret\r\nX: y", "control characters"),
        ("s3cret\0", "control characters"),
        (&large, "larger than 16 KiB"),
    ] {
        std::fs::write(&file, content)?;
        let outcome = ask();
        check(&outcome, &unhealthy(["--header-file: ", problem]))?;
        assert!(!outcome.stderr.contains("s3cret"), "{outcome:?}");
    }
    assert_eq!(server.requests(), [""; 0]);
    Ok(())
}

fn pipe() -> Result<(), Failed> {
    let (place, server) = (Place::new(), server());
    let pipe = place.file("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )?;
    let words = [
        format!("--port={}", server.port()),
        format!("--header-file=X={}", pipe.display()),
    ];
    check(
        &Run::new(words).finish(),
        &unhealthy(["not a regular file"]),
    )
}
