//! `--kick` over TLS: whom it believes, which is not what the check believes by `--insecure`.

use libtest_mimic::Failed;

use super::nginx::{EXPIRED, GOOD, MUTUAL, Nginx, OTHER};
use super::run;
use crate::probe::Outcome;
use crate::row::{check, healthy, unhealthy};
use crate::server::{Server, Step};

fn says(outcome: &Outcome, words: &str) -> Result<(), Failed> {
    let is_said = outcome.stdout.contains(words) && !outcome.stdout.contains("health?s3cret");
    if (outcome.code, is_said) == (Some(0), true) {
        return Ok(());
    }
    Err(format!("not {words:?}: {outcome:?}").into())
}

pub(super) fn kick(nginx: &Nginx) -> Result<(), Failed> {
    let checked = Server::start(vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ]);
    let port = format!("--port={}", checked.port());
    let url = |server, path| format!("--kick={}", nginx.url(server, path));
    let good = url(GOOD, "/health?s3cret");
    // The check has nothing of TLS, so the authority is the kick's.
    check(&run([&port, &good, &nginx.cacert()]), &healthy())?;
    let outcome = run([&port, &good, &nginx.cacert(), "--verbose"]);
    says(&outcome, "), kicked localhost\n")?;
    // One for both.
    let target = nginx.url(GOOD, "/health");
    let outcome = run([&target, &good, &nginx.cacert(), "--verbose"]);
    says(&outcome, "), kicked localhost\n")?;
    for (server, path, problem) in [
        (GOOD, "/sick", "answered 503"),
        (OTHER, "/health?s3cret", "TLS: "),
        (EXPIRED, "/health?s3cret", "TLS: "),
        (MUTUAL, "/health?s3cret", "answered 400"),
    ] {
        let kick = url(server, path);
        check(&run([&port, &kick, &nginx.cacert()]), &healthy())?;
        let outcome = run([&port, &kick, &nginx.cacert(), "--verbose"]);
        says(&outcome, &format!("kick failed: localhost: {problem}"))?;
    }
    // Plain HTTP at a TLS port, and TLS at a plain one.
    let plain = good.replace("https", "http");
    let outcome = run([&port, &plain, "--verbose"]);
    says(&outcome, "kick failed: localhost: answered 400")?;
    let plain = Server::start(vec![Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())]);
    let secure = format!("--kick=https://localhost:{}/s3cret", plain.port());
    let outcome = run([&port, &secure, &nginx.cacert(), "--verbose"]);
    says(&outcome, "kick failed: localhost: TLS: ")
}

pub(super) fn trust(nginx: &Nginx) -> Result<(), Failed> {
    let (target, kick) = (
        nginx.url(GOOD, "/health"),
        nginx.url(GOOD, "/health?s3cret"),
    );
    let kick = format!("--kick={kick}");
    // --insecure, --server-name and --cert are about the target alone.
    let outcome = run([&target, &kick, "--insecure", "--verbose"]);
    says(&outcome, "kick failed: localhost: ")?;
    let other = nginx.url(OTHER, "/health");
    let name = "--server-name=app.example";
    let outcome = run([&other, &kick, &nginx.cacert(), name, "--verbose"]);
    says(&outcome, "), kicked localhost\n")?;
    for option in ["--insecure", name, "--cert=x"] {
        let outcome = run([&kick, option]);
        let line = "has no meaning without https:// or grpcs://";
        check(&outcome, &unhealthy([line]))?;
    }
    // Without a kick over TLS a check without has no use for an authority.
    let plain = kick.replace("https", "http");
    for words in [vec![nginx.cacert()], vec![nginx.cacert(), plain]] {
        let outcome = crate::probe::Run::new(words).finish();
        check(&outcome, &unhealthy(["--cacert: has no meaning without"]))?;
    }
    Ok(())
}
