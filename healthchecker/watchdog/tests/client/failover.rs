//! Which server is asked next, and which answer is the last.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use crate::program::Program;
use crate::server::{Reply, Server, ok, status};

/// A server's URL where nothing listens.
fn refused() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
    let port = listener.local_addr().expect("it is bound").port();
    format!("http://127.0.0.1:{port}")
}

#[test]
fn who_refuses_the_connection_is_passed_over() {
    // The last of them is first by chance once in five times.
    for _ in 0..8 {
        let good = Server::new([ok("")]);
        let mut words = vec!["--server".to_owned(), good.url()];
        for _ in 0..4 {
            words.extend(["--server".to_owned(), refused()]);
        }
        let words: Vec<_> = ["kick", "a"]
            .into_iter()
            .chain(words.iter().map(|word| &**word))
            .collect();
        Program::watchdog(&words).says("");
        good.asked();
    }
}

/// Both orders are seen: by chance one is not in 64 tries, once in 10^19.
fn passes_over(bad: &Server, deadline: &str) {
    let mut orders = [false; 2];
    for _ in 0..64 {
        let good = Server::new([ok("")]);
        let program = Program::watchdog(&["kick", "a", "--deadline", deadline]);
        program.to(&[bad, &good]).says("");
        good.asked();
        orders[usize::from(bad.unseen() == 1)] = true;
        if orders == [true; 2] {
            return;
        }
    }
    panic!("there is no chance in the order: {orders:?}");
}

#[test]
fn who_closes_without_an_answer_is_passed_over() {
    passes_over(&Server::new([Reply::Close]), "30s");
}

#[test]
fn who_hangs_is_passed_over() {
    passes_over(&Server::new([Reply::Hang]), "200ms");
}

#[test]
fn when_nobody_answers_each_is_named() {
    let (closing, hanging) = (Server::new([Reply::Close]), Server::new([Reply::Hang]));
    let nobody = refused();
    let all = format!("{} {},\n{nobody}", closing.url(), hanging.url());
    let program = Program::watchdog(&["kick", "a", "--deadline", "100ms"]);
    let err = program
        .env("WD_ENDPOINTS", &all)
        .refuses("watchdog: http://127.0.0.1:");
    for part in [
        format!("{}: closed without an answer", closing.url()),
        format!("{}: no answer within 100ms", hanging.url()),
        format!("{nobody}: Connection refused"),
    ] {
        assert!(err.contains(&part), "{err} has no {part}");
    }
}

#[test]
fn any_other_status_is_the_last_word() {
    for (code, body, said) in [
        (
            403,
            "not \u{1b}[2Jallowed",
            "answered 403: not \\u{1b}[2Jallowed\n",
        ),
        (302, "", "answered 302\n"),
        (503, "later\n", "answered 503: later\n"),
        (201, "", "answered 201\n"),
        (204, "", "answered 204\n"),
        (
            404,
            r#"{"error":{"code":"x","message":"no\nway"}}"#,
            "answered 404: no\\nway\n",
        ),
        (
            500,
            &"x".repeat(100_000),
            &*format!("answered 500: {}…\n", "x".repeat(2_001)),
        ),
        (400, r#"{"error":"x"}"#, "answered 400: {\"error\":\"x\"}\n"),
    ] {
        for words in [
            &["kick", "a"][..],
            &["fault", "a", "b"],
            &["retire", "a"],
            &["clear", "a"],
            &["status", "a"],
            &["status"],
            &["auth", "a"],
            &["pause", "a"],
            &["resume", "a"],
            &["monitor", "1", "a", "b"],
            &["delmonitor", "a"],
        ] {
            let all: Vec<_> = (0..3).map(|_| Server::new([status(code, body)])).collect();
            let all: Vec<_> = all.iter().collect();
            let err = Program::watchdog(words)
                .to(&all)
                .refuses("watchdog: http://127.0.0.1:");
            assert!(err.ends_with(said), "{words:?}: {err}");
            let asked: usize = all.iter().map(|server| server.unseen()).sum();
            assert_eq!(asked, 1, "{words:?}");
        }
    }
}

#[test]
fn an_answer_that_has_begun_is_the_last_word() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 64\r\n\r\n";
    for (reply, said) in [
        (
            Reply::Bytes(format!("{head}ffff")),
            "its answer broke off: closed",
        ),
        (Reply::Bytes("SSH-2.0-x\r\n\r\n".into()), "protocol"),
        (
            Reply::Bytes(format!(
                "HTTP/1.1 200 OK\r\na: {}\r\n\r\n",
                "b".repeat(100_000)
            )),
            "header is too big",
        ),
        (
            ok(&"f".repeat(65_537)),
            "its answer is longer than 65536 bytes",
        ),
    ] {
        let all = [Server::new([reply.clone()]), Server::new([reply])];
        let program = Program::watchdog(&["auth", "a"]).to(&[&all[0], &all[1]]);
        let err = program.refuses("watchdog: http://127.0.0.1:");
        assert!(err.contains(said), "{err}");
        assert_eq!(all[0].unseen() + all[1].unseen(), 1, "{said}");
    }
}

#[test]
fn of_what_nobody_reads_the_status_is_enough() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 64\r\n\r\n";
    for words in [&["kick", "a"][..], &["fault", "a", "b"], &["retire", "a"]] {
        let server = Server::new([Reply::Bytes(format!("{head}x"))]);
        Program::watchdog(words).to(&[&server]).says("");
        assert_eq!(server.unseen(), 1);
    }
}

#[test]
fn all_kicks_everybody_at_the_same_time() {
    let good = [Server::new([ok("")]), Server::new([ok("")])];
    let program = Program::watchdog(&["kick", "a", "--all"]);
    program.to(&[&good[0], &good[1]]).says("");
    good.iter().for_each(|server| drop(server.asked()));

    let hanging = [0; 8].map(|_| Server::new([Reply::Hang]));
    let refusing = Server::new([status(403, "no")]);
    let mut all: Vec<_> = hanging.iter().collect();
    all.extend([&refusing, &good[0]]);
    let begun = Instant::now();
    let program = Program::watchdog(&["kick", "a", "--all", "--deadline", "2s"]).to(&all);
    let err = program.refuses("watchdog: http://127.0.0.1:");
    // One after the other it would be 16 s.
    assert!(begun.elapsed() < Duration::from_secs(12));
    assert!(err.ends_with("answered 403: no\n"), "{err}");
    assert_eq!(err.matches("no answer within 2s").count(), 8, "{err}");
    good[0].asked();
    refusing.asked();
}
