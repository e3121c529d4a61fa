//! TLS against a real nginx, with a private authority that openssl makes for the run.

mod kick;
mod nginx;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};

pub(crate) use self::nginx::authority;
use self::nginx::{EXPIRED, GOOD, MUTUAL, Nginx, OTHER, TLS_1_2};
use crate::probe::{Need, Outcome, Run, binary};
use crate::row::{RESIDENT_WITH_TLS_OR_GRPC, Row, check, healthy, unhealthy};
use crate::server::Step;
use crate::skip;

pub(crate) fn trials() -> Vec<Trial> {
    if !binary().can(Need::Tls) {
        return Vec::new();
    }
    let nginx: Shared = Arc::new(Mutex::new(None));
    let with_nginx = |name: &str, case: fn(&Nginx) -> Result<(), Failed>| {
        let nginx = Arc::clone(&nginx);
        Trial::ignorable_test(format!("tls: {name}"), move || case_with(&nginx, case))
    };
    let mut trials = vec![
        with_nginx("a certificate of the given authority", trusted),
        with_nginx("TLS 1.2 only", tls_1_2),
        with_nginx("an unknown authority", untrusted),
        with_nginx("a certificate of another name", another_name),
        with_nginx("a certificate that has expired", expired),
        with_nginx("--insecure believes any", insecure),
        with_nginx("an unhealthy answer", sick),
        with_nginx("plain HTTP at a TLS port", plain_at_tls),
        with_nginx("authority files that are none", bad_authorities),
        with_nginx("a certificate of the probe's own", own_certificate),
        with_nginx("own certificates that cannot be used", bad_certificates),
    ];
    if binary().can(Need::Kick) {
        trials.push(with_nginx("a kick", kick::kick));
        trials.push(with_nginx("whom a kick believes", kick::trust));
    }
    trials
}

type Shared = Arc<Mutex<Option<Result<Arc<Nginx>, String>>>>;

fn case_with(
    shared: &Shared,
    case: fn(&Nginx) -> Result<(), Failed>,
) -> Result<Completion, Failed> {
    let nginx = {
        let mut shared = shared.lock().map_err(|_| "nginx could not be started")?;
        match shared.get_or_insert_with(Nginx::start) {
            Ok(nginx) => Arc::clone(nginx),
            Err(reason) => return skip(reason.as_str()),
        }
    };
    case(&nginx)?;
    Ok(Completion::Completed)
}

/// A run whose memory is bounded, where it can be measured.
pub(crate) fn run<const N: usize>(words: [&str; N]) -> Outcome {
    let outcome = Run::new(words.iter().chain(&["--timeout=20s"]))
        .measured()
        .finish();
    let resident = outcome.resident.filter(|_| binary().is_static);
    assert!(
        resident.is_none_or(|bytes| bytes <= RESIDENT_WITH_TLS_OR_GRPC),
        "{outcome:?}"
    );
    outcome
}

fn trusted(nginx: &Nginx) -> Result<(), Failed> {
    let url = nginx.url(GOOD, "/health");
    check(&run([&url, &nginx.cacert()]), &healthy())?;
    check(
        &run([
            &url,
            &nginx.cacert(),
            "--contains=UP",
            "--server-name=127.0.0.1",
        ]),
        &healthy(),
    )?;
    check(
        &run([
            &url.replace("localhost", "127.0.0.1"),
            &nginx.cacert(),
            "--method=HEAD",
        ]),
        &healthy(),
    )
}

fn tls_1_2(nginx: &Nginx) -> Result<(), Failed> {
    check(
        &run([&nginx.url(TLS_1_2, "/health"), &nginx.cacert()]),
        &healthy(),
    )?;
    check(
        &run([&nginx.url(TLS_1_2, "/health"), "--insecure"]),
        &healthy(),
    )
}

fn untrusted(nginx: &Nginx) -> Result<(), Failed> {
    // Without a bundle on the system there is nobody to trust at all.
    let outcome = run([&nginx.url(GOOD, "/health")]);
    check(&outcome, &unhealthy(["127.0.0.1"]))?;
    if outcome.stderr.contains("UnknownIssuer") || outcome.stderr.contains("--cacert") {
        return Ok(());
    }
    Err(format!("another reason: {}", outcome.stderr).into())
}

fn another_name(nginx: &Nginx) -> Result<(), Failed> {
    let url = nginx.url(OTHER, "/health");
    check(
        &run([&url, &nginx.cacert()]),
        &unhealthy(["TLS", "localhost"]),
    )?;
    check(
        &run([&url, &nginx.cacert(), "--server-name=app.example"]),
        &healthy(),
    )?;
    check(
        &run([&url, &nginx.cacert(), "--server-name=other.example"]),
        &unhealthy(["TLS"]),
    )
}

fn expired(nginx: &Nginx) -> Result<(), Failed> {
    check(
        &run([&nginx.url(EXPIRED, "/health"), &nginx.cacert()]),
        &unhealthy(["TLS", "xpired"]),
    )
}

fn insecure(nginx: &Nginx) -> Result<(), Failed> {
    for server in [GOOD, OTHER, EXPIRED] {
        check(
            &run([&nginx.url(server, "/health"), "--insecure"]),
            &healthy(),
        )?;
    }
    check(
        &run([&nginx.url(GOOD, "/health"), "--insecure", &nginx.cacert()]),
        &unhealthy(["--insecure"]),
    )
}

fn sick(nginx: &Nginx) -> Result<(), Failed> {
    let outcome = run([&nginx.url(GOOD, "/sick"), &nginx.cacert()]);
    check(
        &outcome,
        &unhealthy(["503 Service Temporarily Unavailable", "database gone"]),
    )
}

fn plain_at_tls(nginx: &Nginx) -> Result<(), Failed> {
    check(
        &run([&nginx.url(GOOD, "/health").replace("https", "http")]),
        &unhealthy(["400"]),
    )
}

fn bad_authorities(nginx: &Nginx) -> Result<(), Failed> {
    let url = nginx.url(GOOD, "/health");
    check(
        &run([&url, "--cacert=/nonexistent.pem"]),
        &unhealthy(["/nonexistent.pem"]),
    )?;
    let key = nginx.authority.join("ca.key").display().to_string();
    check(&run([&url, &format!("--cacert={key}")]), &unhealthy([&key]))?;
    check(
        &run([&url, "--cacert=/dev/null"]),
        &unhealthy(["/dev/null"]),
    )
}

fn own_certificate(nginx: &Nginx) -> Result<(), Failed> {
    let url = nginx.url(MUTUAL, "/health");
    let file =
        |option: &str, name: &str| format!("--{option}={}", nginx.authority.join(name).display());
    let (cert, key) = (file("cert", "other.pem"), file("key", "other.key"));
    let outcome = run([&url, &nginx.cacert()]);
    check(&outcome, &unhealthy(["400 Bad Request", "SSL certificate"]))?;
    check(&run([&url, &nginx.cacert(), &cert, &key]), &healthy())?;
    check(&run([&url, "--insecure", &cert, &key]), &healthy())?;
    // One file with both.
    let directory = &nginx.authority;
    let both = [
        std::fs::read(directory.join("other.pem"))?,
        std::fs::read(directory.join("other.key"))?,
    ];
    std::fs::write(directory.join("both.pem"), both.concat())?;
    let both = file("cert", "both.pem");
    check(&run([&url, &nginx.cacert(), &both]), &healthy())
}

fn bad_certificates(nginx: &Nginx) -> Result<(), Failed> {
    let url = nginx.url(MUTUAL, "/health");
    let path = |name: &str| nginx.authority.join(name).display().to_string();
    let ask = |cert: &str, key: &str| {
        run([
            &url,
            "--insecure",
            &format!("--cert={}", path(cert)),
            &format!("--key={}", path(key)),
        ])
    };
    for (cert, key, option, at_fault, problem) in [
        (
            "none.pem",
            "other.key",
            "--cert",
            "none.pem",
            "No such file",
        ),
        ("other.pem", "none.key", "--key", "none.key", "No such file"),
        (
            "other.key",
            "other.key",
            "--cert",
            "other.key",
            "no certificate",
        ),
        (
            "other.pem",
            "other.pem",
            "--key",
            "other.pem",
            "no private key",
        ),
        // A certificate and the key of another.
        (
            "other.pem",
            "good.key",
            "--key",
            "good.key",
            "not the key of the first certificate",
        ),
    ] {
        let at_fault = format!("{option}: {}", path(at_fault));
        check(&ask(cert, key), &unhealthy([&at_fault, problem]))?;
    }
    // A file whose line ends are lost: the parser's own words would be the key.
    let directory = &nginx.authority;
    let key = std::fs::read_to_string(directory.join("other.key"))?;
    let cert = std::fs::read_to_string(directory.join("other.pem"))?;
    std::fs::write(directory.join("lines.pem"), cert + &key.replace('\n', " "))?;
    for option in ["--cert", "--cacert"] {
        let word = format!("{option}={}", path("lines.pem"));
        let outcome = match option {
            "--cert" => run([&url, "--insecure", &word]),
            _ => run([&url, &word]),
        };
        check(&outcome, &unhealthy([option, "not in PEM form"]))?;
        assert!(!outcome.stderr.contains('['), "{outcome:?}");
    }
    let encrypt = "pkcs8 -topk8 -in other.key -out encrypted.key -passout pass:word";
    let encrypt = Command::new("openssl")
        .args(encrypt.split(' '))
        .current_dir(directory)
        .status()?;
    assert!(encrypt.success());
    check(
        &ask("other.pem", "encrypted.key"),
        &unhealthy(["is encrypted"]),
    )
}

/// A record of RFC 8446, section 5.1.
fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("a small record");
    [&[kind, 3, 3], &length.to_be_bytes()[..], payload].concat()
}

/// Rows on servers that never get through a handshake: the deadline holds, and so does memory.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    const SOON: Duration = Duration::from_millis(400);
    const HANDSHAKE: u8 = 22;
    let row = |name: &str, script: Vec<Step>, word: &str| {
        Row::new(format!("tls: {name}"), script, unhealthy([word]))
            .words(["https://127.0.0.1:{port}/", "--insecure"])
            .needs(Need::Tls)
            .keeps(SOON)
            .measured()
    };
    let late = "timed out after 400 ms while shaking hands over TLS";
    let pause = Duration::from_millis(20);
    // A certificate that would be as large as a handshake message can be.
    let large = [0x0b, 0xff, 0xff, 0xff];
    let rows = vec![
        row(
            "a server without TLS",
            vec![Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())],
            "TLS: ",
        ),
        row("silence in the handshake", vec![Step::Hold], late),
        row(
            "a handshake that drips",
            vec![
                Step::Drip(vec![HANDSHAKE, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb], pause),
                Step::EndlessDrip(vec![0], pause),
            ],
            late,
        ),
        row(
            "closed in the handshake",
            vec![],
            "closed while shaking hands",
        ),
        row(
            "a handshake message without end",
            vec![
                Step::Send(record(HANDSHAKE, &large)),
                Step::Endless(record(HANDSHAKE, &[0; 16_000])),
            ],
            "TLS: ",
        ),
        row(
            "empty handshake records without end",
            vec![Step::Endless(record(HANDSHAKE, &[]))],
            "TLS: ",
        ),
        row(
            "warnings without end",
            vec![Step::Endless(record(21, &[1, 90]))],
            "TLS: ",
        ),
        row(
            "change_cipher_spec without end",
            vec![Step::Endless(record(20, &[1]))],
            "TLS: ",
        ),
    ];
    let is_about = binary().can(Need::Tls);
    rows.into_iter().filter(move |_| is_about)
}
