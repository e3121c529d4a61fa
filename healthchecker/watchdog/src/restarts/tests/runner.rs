//! What becomes of real processes.

use std::collections::BTreeSet;
use std::fs;
use std::future::{pending, ready};
use std::time::{Duration, Instant};

use super::*;

/// Longer than anything takes that works.
const LONG: Duration = Duration::from_secs(60);

fn order(exec: &[&str]) -> Order {
    let exec = exec.iter().map(|&word| word.to_owned()).collect();
    Order::new(exec, LONG, "worker")
}

/// A script, which here has a shell for its program.
fn script(text: &str) -> Order {
    order(&["/bin/sh", "-c", text])
}

/// What a script has written, when it has ended well.
async fn output(order: &Order) -> String {
    let outcome = run(order, pending()).await;
    assert_eq!(outcome.end, End::Exited(0), "{outcome:?}");
    String::from_utf8(outcome.output).unwrap()
}

/// Waits until a process that a script has named has ended.
async fn gone(pid: &str) {
    let begun = Instant::now();
    let stat = format!("/proc/{}/stat", pid.trim());
    loop {
        match fs::read_to_string(&stat) {
            Ok(stat) if !stat.contains(") Z ") => {}
            _ => return,
        }
        assert!(begun.elapsed() < LONG, "{pid} lives");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn exit_codes_and_signals_are_told_apart() {
    for code in [0, 1, 3, 126, 255] {
        let outcome = run(&script(&format!("exit {code}")), pending()).await;
        assert_eq!(outcome.end, End::Exited(code));
    }
    let outcome = run(&script("kill -SEGV $$"), pending()).await;
    assert_eq!(outcome.end, End::Signalled(11));
}

#[tokio::test]
async fn what_is_no_program_is_not_started() {
    for (program, why) in [
        ("/nowhere/at-all", "No such file"),
        ("/etc/passwd", "Permission denied"),
        ("/", "Permission denied"),
        ("/bin/sh\0", "nul byte"),
    ] {
        let outcome = run(&order(&[program]), pending()).await;
        let End::NotStarted(words) = &outcome.end else {
            panic!("{program:?}: {outcome:?}");
        };
        assert!(words.contains(why), "{program:?}: {words}");
    }
    let outcome = run(&order(&[]), pending()).await;
    assert_eq!(
        outcome.end,
        End::NotStarted("there is no command".to_owned())
    );
}

#[tokio::test]
async fn the_environment_is_as_promised_and_words_are_data() {
    let mut order = order(&["/usr/bin/env"]);
    order.reason = "$(touch /tmp/x); `id` | \"'\\ && %s ü".to_owned();
    order.attempt = 7;
    let text = output(&order).await;
    let lines: BTreeSet<&str> = text.lines().collect();
    let reason = format!("WATCHDOG_REASON={}", order.reason);
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let expected = ["WATCHDOG_NAME=worker", "WATCHDOG_ATTEMPT=7", &reason, path];
    assert_eq!(lines, BTreeSet::from(expected));
}

#[tokio::test]
async fn arguments_are_as_they_are() {
    let order = order(&["/usr/bin/printf", "%s|", "$HOME", "a b", "", "*", "$(id)"]);
    assert_eq!(output(&order).await, "$HOME|a b||*|$(id)|");
}

#[tokio::test]
async fn no_descriptor_but_three_and_nothing_to_read() {
    // What the test itself was started with is not the runner's.
    let _ours = fs::File::open("/dev/null").unwrap();
    let (_reader, _writer) = std::io::pipe().unwrap();
    let inherited = |number: &str| {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & 0o2_000_000 == 0)
    };
    let text = output(&script(
        "cd /proc/self/fd && ls -l . && readlink /proc/$$/cwd && read x || echo empty",
    ))
    .await;
    let mut numbers = BTreeSet::new();
    for line in text.lines().filter(|line| line.contains(" -> ")) {
        let (left, to) = line.split_once(" -> ").unwrap();
        let number = left.rsplit(' ').next().unwrap();
        let is_its_own = to.starts_with("/proc/");
        if !is_its_own && !inherited(number) {
            numbers.insert(number.to_owned());
        }
    }
    let three = ["0", "1", "2"].map(String::from);
    numbers.extend(three.clone());
    assert_eq!(numbers, BTreeSet::from(three), "{text}");
    assert!(text.ends_with("empty\n"), "{text}");
    let text = output(&script(
        "readlink /proc/self/fd/0; pwd; exec readlink /proc/self/fd/[12]",
    ))
    .await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(&lines[..2], ["/dev/null", "/"]);
    assert!(
        lines[2].starts_with("pipe:") && lines[2] == lines[3],
        "{text}"
    );
}

#[tokio::test]
async fn signals_are_as_a_fresh_process_has_them() {
    let text = output(&order(&[
        "/bin/cat",
        "/proc/self/status",
        "/proc/self/stat",
    ]))
    .await;
    let of = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        u64::from_str_radix(line.unwrap().trim_start_matches(':').trim(), 16).unwrap()
    };
    assert_eq!(of(&text, "SigBlk"), 0);
    // What was ignored when the tests were started stays so, but for SIGPIPE, 13; 32 and 33 are libc's own.
    let ours = fs::read_to_string("/proc/self/status").unwrap();
    let of_programs = 0x7fff_ffff;
    let ignored = of(&ours, "SigIgn") & of_programs;
    assert_eq!(of(&text, "SigIgn") & of_programs, ignored & !(1 << 12));
    let stat = text.lines().last().unwrap();
    let fields: Vec<&str> = stat.split(' ').collect();
    assert_eq!(fields[0], fields[4], "it leads a process group: {stat}");
}

#[tokio::test]
async fn a_flood_ends_with_its_last_bytes() {
    let flood = "head -c 50000000 /dev/zero | tr '\\0' x; echo out; echo err >&2; echo out";
    let text = output(&script(flood)).await;
    assert_eq!(text.len(), 10_000);
    assert!(text.ends_with("xxxout\nerr\nout\n"));
}

#[tokio::test]
async fn output_of_any_bytes_is_kept() {
    let outcome = run(&script("printf '\\377\\000\\033[1m'"), pending()).await;
    assert_eq!(outcome.output, b"\xff\0\x1b[1m");
}

#[tokio::test]
async fn the_time_limit_kills_what_ignores_every_signal_and_its_group() {
    let mut order = script(
        "trap '' TERM HUP INT QUIT; (trap '' TERM; echo $(exec sh -c 'echo $PPID'); while :; do sleep 1000; done) & \
         echo started; while :; do sleep 1000; done",
    );
    order.time_limit = Duration::from_millis(300);
    let outcome = run(&order, pending()).await;
    assert_eq!(outcome.end, End::TimeLimit);
    assert!(outcome.took >= order.time_limit && outcome.took < LONG);
    let text = String::from_utf8(outcome.output).unwrap();
    let pid = text.lines().find(|line| line.parse::<u32>().is_ok());
    gone(pid.unwrap_or_else(|| panic!("{text}"))).await;
}

#[tokio::test]
async fn a_flood_without_end_is_ended_by_the_time_limit() {
    let mut order = script("exec cat /dev/zero");
    order.time_limit = Duration::from_millis(300);
    let outcome = run(&order, pending()).await;
    assert_eq!(outcome.end, End::TimeLimit);
    assert_eq!(outcome.output, vec![0; 10_000]);
}

#[tokio::test]
async fn what_is_left_in_the_background_holds_nobody_up_and_goes_on() {
    let place = std::env::temp_dir().join(format!("watchdog-background-{}", std::process::id()));
    let begun = Instant::now();
    // A process that was killed can still be sent a signal, until it is reaped: only one that lives answers.
    let text = format!(
        "(trap '> {0}.answer; exit' TERM; > {0}; while :; do sleep 0.01; done) & echo $!; \
         until [ -e {0} ]; do sleep 0.01; done",
        place.display()
    );
    let outcome = run(&script(&text), pending()).await;
    assert_eq!(outcome.end, End::Exited(0));
    assert!(begun.elapsed() < LONG);
    assert!(outcome.took < Duration::from_secs(1) || begun.elapsed() >= outcome.took);
    let pid = String::from_utf8(outcome.output).unwrap();
    let raw = nix::unistd::Pid::from_raw(pid.trim().parse().unwrap());
    nix::sys::signal::kill(raw, nix::sys::signal::SIGTERM).unwrap();
    gone(&pid).await;
    fs::remove_file(&place).unwrap();
    fs::remove_file(place.with_extension("answer")).expect("it has gone on");
}

#[tokio::test]
async fn who_has_left_the_group_and_keeps_the_pipe_holds_nobody_up() {
    let mut order = script("setsid sleep 1000 & echo $!; exec sleep 1000");
    order.time_limit = Duration::from_millis(500);
    let outcome = run(&order, pending()).await;
    assert_eq!(outcome.end, End::TimeLimit);
    let pid = String::from_utf8(outcome.output).unwrap();
    let pid = pid.trim().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn closed_output_is_no_end() {
    let outcome = run(&script("exec >&- 2>&-; exit 4"), pending()).await;
    assert_eq!(outcome.end, End::Exited(4));
    let mut order = script("echo $$; exec >&- 2>&-; sleep 1000");
    order.time_limit = Duration::from_millis(300);
    assert_eq!(run(&order, pending()).await.end, End::TimeLimit);
}

#[tokio::test]
async fn a_stop_kills_it() {
    let outcome = run(&script("sleep 1000"), ready(())).await;
    assert_eq!(outcome.end, End::Stopped);
}

#[tokio::test]
async fn what_is_dropped_is_killed() {
    let place = std::env::temp_dir().join(format!("watchdog-restarts-{}", std::process::id()));
    let text = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; sleep 1000",
        place.display()
    );
    let order = script(&text);
    let task = tokio::spawn(async move { run(&order, pending()).await });
    let begun = Instant::now();
    let pid = loop {
        if let Ok(pid) = fs::read_to_string(&place) {
            break pid;
        }
        assert!(begun.elapsed() < LONG, "it does not start");
        tokio::task::yield_now().await;
    };
    fs::remove_file(&place).unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    gone(&pid).await;
}
