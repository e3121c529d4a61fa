//! What a ping server is told, and that no ping server holds anything up.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use super::{Case, expect, hold, twice};
use crate::processes::wait_until;
use crate::server::{Answer, Server};
use crate::stream::Stream;
use crate::watch::{Place, Run};

/// Longer than who has left a job's pipes open is waited for.
const LATE: Duration = Duration::from_millis(1500);

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("a service tells a ping server", service as Case),
        ("a job tells a ping server", job),
        ("a job that leaves a child behind", left_behind),
        ("a job whose output nobody wants", unwanted),
        ("a job whose output is read late", read_late),
        ("a job that cannot be started", not_started),
        ("a ping server that hangs", hanging),
        ("a ping server that is not there", refused),
        ("two ping servers", two),
    ])
}

fn service(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let line = format!(
        "--notify --watchdog=1s --exit --kick={} -- act ready kicks=5,20 say=STATUS=asleep hang",
        pings.url()
    );
    let outcome = Run::new(place, &line).finish()?;
    hold(outcome.code == 70, &outcome)?;
    let asked = pings.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    // Kicks between two of its own count for one: no more than one in ten seconds goes out.
    hold(
        lines == ["GET /p/start", "GET /p", "POST /p/fail", "POST /p/fail"],
        &asked,
    )?;
    let reasons = [&asked[2].body, &asked[3].body];
    hold(
        reasons[0].contains("no WATCHDOG=1 for 1s") && reasons[1].contains("not to be restarted"),
        &reasons,
    )
}

fn job(place: Place) -> Result<(), Failed> {
    for code in [0, 3] {
        let pings = Server::start(Answer::Status(200));
        let line = format!(
            "--once --kick={} -- act write=2000 note=;last~words exit={code}",
            pings.url()
        );
        let outcome = Run::new(place, &line).finish()?;
        expect(&outcome, code, &["started", "exited"])?;
        // All of it is passed on, and the end of it is sent.
        let all = format!("{}\nlast words\n", "0123456789".repeat(2000));
        hold(outcome.out.join("\n") + "\n" == all, &outcome.out.len())?;
        let asked = pings.asked();
        let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
        hold(
            lines == ["GET /p/start", &format!("POST /p/{code}")],
            &lines,
        )?;
        hold(
            asked[1].body == all[all.len() - 10_000..],
            &asked[1].body.len(),
        )?;
    }
    Ok(())
}

/// The child holds the other end of the pipes, and never writes.
fn left_behind(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let job = "act note=begun spawn ( setsid ignore=TERM hang ) note=done exit=6";
    let outcome = Run::new(place, &format!("--once --kick={} -- {job}", pings.url())).finish()?;
    expect(&outcome, 6, &["started", "exited"])?;
    hold(outcome.elapsed < Duration::from_secs(8), &outcome)?;
    let body = &pings.asked()[1].body;
    hold(body.starts_with("begun\n") && body.contains("done\n"), body)
}

fn unwanted(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let streams = [writer.try_clone()?.into(), writer.into()];
    let line = format!(
        "--once --kick={} -- act write=5000 note=;end exit=6",
        pings.url()
    );
    let outcome = Run::new(place, &line)
        .with(Stdio::null(), streams)
        .finish()?;
    let body = &pings.asked()[1].body;
    hold(
        outcome.code == 6 && body.len() == 10_000 && body.ends_with("\nend\n"),
        &(outcome.code, body),
    )
}

/// The job has ended when its last bytes are read. None is lost.
fn read_late(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let (out, write) = std::io::pipe()?;
    let line = format!("--once --kick={} -- act write=12000 exit=6", pings.url());
    let streams = [write.into(), Stdio::null()];
    let watch = Run::new(place, &line).with(Stdio::null(), streams).start();
    pings.wait(|asked| !asked.is_empty())?;
    wait_until("the job has ended", || watch.command().is_err())?;
    thread::sleep(LATE);
    let out = Stream::read(out).all()?;
    let outcome = watch.end()?;
    let length: usize = out.iter().map(String::len).sum();
    hold(outcome.code == 6 && length == 120_000, &(outcome, length))
}

fn not_started(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let line = format!("--once --kick={} -- /no/such/program", pings.url());
    let outcome = Run::new(place, &line).finish()?;
    hold(outcome.code == 127, &outcome)?;
    let asked = pings.asked();
    let is_told = asked.len() == 1 && asked[0].line == "POST /p/fail";
    hold(
        is_told && asked[0].body.contains("cannot be started"),
        &asked,
    )
}

fn hanging(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Hang);
    let line = format!(
        "--notify --watchdog=300ms --max=1 --kick={} -- act ready hang",
        pings.url()
    );
    let watch = Run::new(place, &line).start();
    for event in ["silent", "restarted", "started", "silent", "gave up"] {
        watch.err.next(event)?;
    }
    let outcome = watch.end()?;
    // Beside two watchdog times, ten seconds for two last words and a second for the rest.
    hold(
        outcome.code == 70 && outcome.elapsed < Duration::from_secs(14),
        &outcome,
    )
}

fn refused(place: Place) -> Result<(), Failed> {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let line = format!("--once --kick=http://{nobody}/p -- act exit=5");
    let outcome = Run::new(place, &line).finish()?;
    expect(&outcome, 5, &["started", "exited"])?;
    hold(outcome.elapsed < Duration::from_secs(5), &outcome)
}

fn two(place: Place) -> Result<(), Failed> {
    let (first, second) = (
        Server::start(Answer::Status(500)),
        Server::start(Answer::Status(200)),
    );
    let (one, other) = (first.url(), second.url());
    let line = format!("--once --kick={one} --kick={other} -- act exit=1");
    hold(Run::new(place, &line).finish()?.code == 1, &"the code")?;
    hold(
        first.asked().len() == 2 && second.asked().len() == 2,
        &(first.asked(), second.asked()),
    )
}
