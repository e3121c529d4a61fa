pub(super) mod fakes;

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use self::fakes::{Manager, read_head};
use super::*;

fn outside() -> Environment {
    Environment::default()
}

/// What systemd sets for a service with this watchdog.
fn inside(manager: &Manager, watchdog: Duration) -> Environment {
    let socket = manager.address();
    let socket = socket.as_pathname().unwrap();
    Environment {
        notify_socket: Some(socket.into()),
        watchdog_usec: Some(watchdog.as_micros().to_string().into()),
        watchdog_pid: Some("7".into()),
        own_pid: 7,
    }
}

const URL: &str = "http://127.0.0.1:1/work";

#[tokio::test(start_paused = true)]
async fn outside_of_systemd_nothing_happens() {
    let health = Health::builder().build().unwrap();
    let before = Handle::current().metrics().num_alive_tasks();
    let joined = health.join(URL, &outside()).unwrap();
    assert!(!joined.is_active());
    assert_eq!(joined.watchdog(), None);
    assert_eq!(joined.problems().count(), 0);
    assert_eq!(joined.to_string(), "systemd: not started by it");
    assert_eq!(Handle::current().metrics().num_alive_tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn a_mistake_in_the_program_shows_outside_of_systemd_too() {
    let health = Health::builder().build().unwrap();
    let error = health.join("/work", &outside()).unwrap_err();
    assert_eq!(error.kind(), SystemdErrorKind::InvalidUrl);
    health.join(URL, &outside()).unwrap();
    let error = health.join(URL, &outside()).unwrap_err();
    assert_eq!(error.kind(), SystemdErrorKind::AlreadyJoined);
}

#[test]
fn a_runtime_is_needed_with_timers_and_io() {
    let runtime = |builder: &mut tokio::runtime::Builder| builder.build().unwrap();
    let complete = runtime(tokio::runtime::Builder::new_current_thread().enable_all());
    let health = complete.block_on(async { Health::builder().build().unwrap() });
    let timeless = runtime(tokio::runtime::Builder::new_current_thread().enable_io());
    let deaf = runtime(tokio::runtime::Builder::new_current_thread().enable_time());
    let refused = |result: Result<Systemd, SystemdError>| {
        assert_eq!(result.unwrap_err().kind(), SystemdErrorKind::NoRuntime);
    };
    refused(health.join(URL, &outside()));
    refused(timeless.block_on(async { health.join(URL, &outside()) }));
    refused(deaf.block_on(async { health.join(URL, &outside()) }));
    complete.block_on(async { health.join(URL, &outside()).unwrap() });
}

#[tokio::test(start_paused = true)]
async fn variables_that_make_no_sense_stop_no_service() {
    let manager = Manager::new();
    let inside = inside(&manager, Duration::from_secs(3));
    let none = |change: fn(&mut Environment)| {
        let mut environment = inside.clone();
        change(&mut environment);
        environment
    };
    for (environment, active, watchdog) in [
        (
            none(|set| set.notify_socket = Some("here".into())),
            false,
            false,
        ),
        (
            none(|set| set.notify_socket = Some(format!("/{:0>200}", 0).into())),
            false,
            false,
        ),
        (
            none(|set| set.watchdog_usec = Some("0".into())),
            true,
            false,
        ),
        (
            none(|set| set.watchdog_usec = Some("soon".into())),
            true,
            false,
        ),
        (none(|set| set.watchdog_usec = Some("1".into())), true, true),
        (
            none(|set| set.watchdog_pid = Some("me".into())),
            true,
            false,
        ),
    ] {
        let health = Health::builder().build().unwrap();
        let joined = health.join(URL, &environment).unwrap();
        assert_eq!(joined.is_active(), active, "{joined}");
        assert_eq!(joined.watchdog().is_some(), watchdog, "{joined}");
        let [problem] = &*joined.problems().collect::<Vec<_>>() else {
            panic!("{joined}");
        };
        assert!(joined.to_string().contains(problem));
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(health.report().ready().is_healthy());
    }
}

/// A server that answers every request, on the current runtime.
async fn serve() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/work", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    });
    url
}

/// Waits for a message that holds this line, in real time.
fn wait_for(manager: &Manager, line: &str) {
    for _ in 0..3_000 {
        let messages = manager.received();
        if messages
            .iter()
            .any(|message| message.lines().any(|one| one == line))
        {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("waited in vain for {line}");
}

#[test]
fn a_blocked_runtime_stops_the_watchdog_and_one_that_runs_feeds_it() {
    let manager = Manager::new();
    let environment = inside(&manager, Duration::from_millis(600));
    let (block, blocks) = mpsc::channel::<mpsc::Receiver<()>>();
    let service = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let health = Health::builder().build().unwrap();
            let url = serve().await;
            let joined = health.join(&url, &environment).unwrap();
            assert!(joined.is_active());
            let blocks = std::sync::Mutex::new(blocks);
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                match blocks.lock().unwrap().try_recv() {
                    // On purpose on the runtime's one thread.
                    Ok(unblocked) => {
                        let _ = unblocked.recv();
                    }
                    Err(mpsc::TryRecvError::Empty) => {}
                    Err(mpsc::TryRecvError::Disconnected) => return,
                }
            }
        });
    });
    wait_for(&manager, "READY=1");
    wait_for(&manager, "WATCHDOG=1");

    let (unblock, unblocked) = mpsc::channel();
    block.send(unblocked).unwrap();
    // It is blocked once nothing has come for longer than the interval.
    let mut quiet = std::time::Instant::now();
    let begun = quiet;
    while quiet.elapsed() < Duration::from_millis(900) {
        if !manager.received().is_empty() {
            quiet = std::time::Instant::now();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "fed while blocked"
        );
        std::thread::sleep(Duration::from_millis(10));
    }

    drop(unblock);
    wait_for(&manager, "WATCHDOG=1");
    drop(block);
    service.join().unwrap();
}

/// Marks the process that this test starts as its service.
const CHILD: &str = "HEALTH_MIDDLEWARE_SYSTEMD_CHILD";

#[test]
fn the_variables_of_a_process_of_its_own() {
    if std::env::var_os(CHILD).is_some() {
        return serve_until_stdin_ends();
    }
    let manager = Manager::new();
    let mut service = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "systemd::tests::the_variables_of_a_process_of_its_own",
        ])
        .env(CHILD, "1")
        .env("NOTIFY_SOCKET", manager.address().as_pathname().unwrap())
        .env("WATCHDOG_USEC", "600000")
        .env_remove("WATCHDOG_PID")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&manager, "READY=1");
    wait_for(&manager, "WATCHDOG=1");
    drop(service.stdin.take());
    assert!(service.wait().unwrap().success());
}

fn serve_until_stdin_ends() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _health = runtime.block_on(async {
        let health = Health::builder().build().unwrap();
        let url = serve().await;
        let joined = health.systemd(&url).unwrap();
        assert_eq!(joined.watchdog(), Some(Duration::from_millis(600)));
        assert_eq!(joined.problems().count(), 0);
        health
    });
    let _ = std::io::stdin().read(&mut [0]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_abstract_socket_from_the_environment() {
    use std::os::linux::net::SocketAddrExt;

    let manager = Manager::abstract_name();
    let socket = manager.address();
    let name = std::str::from_utf8(socket.as_abstract_name().unwrap()).unwrap();
    let environment = Environment {
        notify_socket: Some(format!("@{name}").into()),
        ..Environment::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let health = runtime.block_on(async {
        let health = Health::builder().build().unwrap();
        let url = serve().await;
        let joined = health.join(&url, &environment).unwrap();
        assert_eq!(joined.to_string(), "systemd: told of changes, no watchdog");
        health
    });
    wait_for(&manager, "READY=1");
    health.drain();
    wait_for(&manager, "STOPPING=1");
}
