//! A terminal that nobody reads holds up no verdict, however much room it has.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use nix::pty::{OpenptyResult, openpty};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use crate::probe::{Need, Run, binary};
use crate::server::Reserved;

pub(crate) fn trials() -> Vec<Trial> {
    // nano, which is started where there is no terminal, writes to one like anybody.
    if !binary().can(Need::Wait) {
        return Vec::new();
    }
    vec![
        Trial::test("a terminal with less room than the line takes", little_room),
        Trial::test("--wait on a terminal that nobody reads", unread_progress),
    ]
}

/// A terminal that nobody reads, full to the last byte.
struct Terminal {
    /// The end that reads it.
    master: File,
    /// The end for programs.
    slave: File,
    /// The same, for writes that do not wait.
    filling: File,
}

fn full_terminal() -> Result<Terminal, Failed> {
    let OpenptyResult { master, slave } = openpty(None, None)?;
    let (master, slave) = (File::from(master), File::from(slave));
    let name = nix::unistd::ttyname(&slave)?;
    let mut filling = OpenOptions::new()
        .write(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32)
        .open(name)?;
    while filling.write(&[b'x'; 256]).is_ok() {}
    Ok(Terminal {
        master,
        slave,
        filling,
    })
}

fn is_writable(terminal: &File) -> bool {
    let now = Timespec::default();
    poll(&mut [PollFd::new(terminal, PollFlags::OUT)], Some(&now)).is_ok_and(|ready| ready > 0)
}

/// How long a program takes that has this terminal as stderr.
fn time_on(terminal: &File, words: &[String]) -> Result<Duration, Failed> {
    let start = Instant::now();
    let mut child = Run::new(words)
        .command()
        .stderr(Stdio::from(terminal.as_fd().try_clone_to_owned()?))
        .spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            assert_eq!(status.code(), Some(1));
            return Ok(start.elapsed());
        }
        if start.elapsed() > Duration::from_secs(10) {
            child.kill()?;
            child.wait()?;
            return Err("hung on a terminal".into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn little_room() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let words = [format!("--port={}", reserved.port())];
    // It becomes writable with more room than it stays writable with, down to a byte.
    for less in (180..258).step_by(6) {
        let mut terminal = full_terminal()?;
        while !is_writable(&terminal.slave) {
            terminal.master.read_exact(&mut [0; 64])?;
        }
        for _ in 0..less {
            if is_writable(&terminal.slave) {
                terminal.filling.write_all(b"x")?;
            }
        }
        time_on(&terminal.slave, &words)?;
    }
    Ok(())
}

fn unread_progress() -> Result<(), Failed> {
    let reserved = Reserved::new()?;
    let terminal = full_terminal()?;
    let words = [
        format!("--port={}", reserved.port()),
        "--wait=1s".into(),
        "--interval=1ms".into(),
    ];
    crate::row::on_time(Duration::from_secs(1), || time_on(&terminal.slave, &words))
}
