//! Health checks: what counts as a hang, and what does not.

use std::net::TcpListener;

use libtest_mimic::{Failed, Trial};

use super::{Case, expect, hold, twice};
use crate::server::{Answer, Server};
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        (
            "refused, hanging, failing, flooding targets",
            failing as Case,
        ),
        ("the start period", start_period),
        ("recovery", recovery),
        ("two targets", two),
        ("a restart is asked anew", anew),
        ("checks beside --notify", beside_notify),
    ])
}

fn failing(place: Place) -> Result<(), Failed> {
    let refused = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let cases = [
        (format!("tcp://{refused}"), "connection refused"),
        (Server::start(Answer::Hang).url(), ""),
        (Server::start(Answer::Status(500)).url(), "500"),
        (Server::start(Answer::Flood).url(), ""),
    ];
    for (target, reason) in cases {
        let line = format!(
            "--check={target} --every=100ms --timeout=100ms --failures=2 --start-period=0 --exit \
            -- act hang"
        );
        let outcome = Run::new(place, &line).finish()?;
        let silent = "silent: 2 checks in a row failed, the last: ";
        expect(&outcome, 70, &["started", silent, "stopped", "gave up"])?;
        hold(outcome.err[1].contains(reason), &outcome)?;
    }
    Ok(())
}

fn start_period(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::Status(500));
    let line = format!(
        "--check={} --every=200ms --timeout=200ms --failures=1 --start-period=60m --exit \
        -- act hang",
        target.url()
    );
    let watch = Run::new(place, &line).start();
    target.wait(|asked| asked.len() >= 4)?;
    target.answer(Answer::Status(200));
    watch.err.next("ready: after ")?;
    // It counts now.
    target.answer(Answer::Status(500));
    let outcome = watch.end()?;
    expect(
        &outcome,
        70,
        &["started", "ready", "silent: ", "stopped", "gave up"],
    )
}

fn recovery(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::EveryThird);
    let line = format!(
        "--check={} --every=200ms --timeout=200ms --failures=5 --start-period=0 --exit -- act hang",
        target.url()
    );
    let watch = Run::new(place, &line).start();
    target.wait(|asked| asked.len() >= 13)?;
    let lines = watch.err.so_far();
    hold(!lines.iter().any(|line| line.contains("silent")), &lines)?;
    target.answer(Answer::Status(404));
    let outcome = watch.end()?;
    let silent = "silent: 5 checks in a row failed, the last: ";
    expect(
        &outcome,
        70,
        &["started", "ready", silent, "stopped", "gave up"],
    )
}

fn two(place: Place) -> Result<(), Failed> {
    let (good, bad) = (
        Server::start(Answer::Status(200)),
        Server::start(Answer::Status(200)),
    );
    let line = format!(
        "--check={} --check={} --every=300ms --timeout=300ms --failures=3 --exit -- act hang",
        good.url(),
        bad.url()
    );
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    bad.answer(Answer::Status(503));
    let silent = watch
        .err
        .next("silent: 3 checks in a row failed, the last: ")?;
    hold(silent.contains("503"), &silent)?;
    let outcome = watch.end()?;
    hold(outcome.code == 70 && good.asked().len() >= 4, &outcome)
}

fn anew(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::Status(200));
    let line = format!(
        "--check={} --every=300ms --timeout=300ms --failures=1 -- act note=run hang",
        target.url()
    );
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    target.answer(Answer::Hang);
    watch.err.next("silent: ")?;
    watch.err.next("restarted")?;
    target.answer(Answer::Status(200));
    watch.err.next("ready")?;
    watch.out.count("run", 2)?;
    watch.signal(nix::sys::signal::Signal::SIGTERM)?;
    let outcome = watch.end()?;
    hold(outcome.code == 143, &outcome)
}

/// It says that it is well, and its checks say that it is not.
fn beside_notify(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::Status(200));
    let line = format!(
        "--notify --watchdog=5s --check={} --every=300ms --timeout=300ms --failures=2 --exit \
        -- act ready kick=100",
        target.url()
    );
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    target.wait(|asked| asked.len() >= 2)?;
    target.answer(Answer::Status(500));
    let silent = "silent: 2 checks in a row failed";
    expect(
        &watch.end()?,
        70,
        &["started", "ready", silent, "stopped", "gave up"],
    )
}
