//! A database that breaks under the service, on disk.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::service::{Room, Service};

/// The database fails, in `/health` and `/health/ready` and by name, and nothing else does.
fn assert_database_fails(service: &Service) {
    for path in ["/health", "/health/ready"] {
        let health = service.wait_for(path, 503).json();
        assert_eq!(health["status"], "unhealthy", "{path}");
        assert_eq!(
            health["components"]["database"]["status"], "unhealthy",
            "{path}"
        );
    }
    assert_eq!(service.get("/health/live").status, 200);
}

#[test]
fn cut_off_and_put_back() {
    let room = Room::new();
    let (database, copy) = (room.path("db"), room.path("copy"));
    let service = Service::start_healthy(&database, &[]);
    fs::copy(&database, &copy).unwrap();
    truncate(&database, 0);
    assert_database_fails(&service);

    let mut file = OpenOptions::new().write(true).open(&database).unwrap();
    file.write_all(&fs::read(&copy).unwrap()).unwrap();
    service.wait_for("/health/ready", 200);
    assert_eq!(service.get("/accounts/10000").status, 200);
}

#[test]
fn renamed_and_back() {
    let room = Room::new();
    let database = room.path("db");
    let service = Service::start_healthy(&database, &[]);
    fs::rename(&database, room.path("elsewhere")).unwrap();
    assert_database_fails(&service);
    fs::rename(room.path("elsewhere"), &database).unwrap();
    service.wait_for("/health", 200);
}

#[test]
fn removed() {
    let room = Room::new();
    let database = room.path("db");
    let service = Service::start_healthy(&database, &[]);
    fs::remove_file(&database).unwrap();
    assert_database_fails(&service);
}

#[test]
fn replaced_by_a_copy() {
    let room = Room::new();
    let (database, copy) = (room.path("db"), room.path("copy"));
    let service = Service::start_healthy(&database, &[]);
    fs::copy(&database, &copy).unwrap();
    fs::rename(&copy, &database).unwrap();
    assert_database_fails(&service);
}

#[test]
fn overwritten_at_the_same_length() {
    let room = Room::new();
    let database = room.path("db");
    let service = Service::start_healthy(&database, &[]);
    let length = fs::metadata(&database).unwrap().len();
    let mut file = OpenOptions::new().write(true).open(&database).unwrap();
    file.write_all(&vec![0x5a; usize::try_from(length).unwrap()])
        .unwrap();
    assert_database_fails(&service);
}

#[test]
fn accounts_outlive_the_process() {
    let room = Room::new();
    let database = room.path("db");
    for _ in 0..2 {
        // Killed at the end of the loop: what was committed is there.
        let service = Service::start_healthy(&database, &[]);
        assert_eq!(service.get("/accounts/10042").status, 200);
    }
}

#[test]
fn a_file_that_is_no_database_is_unhealthy_and_left_alone() {
    let room = Room::new();
    let database = room.path("db");
    fs::write(&database, "letters to a friend").unwrap();
    let service = start_unopened(&room, &database);
    assert_database_fails(&service);
    assert_eq!(
        fs::read_to_string(&database).unwrap(),
        "letters to a friend"
    );
}

#[test]
fn a_path_that_cannot_be_opened_yet_is_opened_later() {
    let room = Room::new();
    let database = room.path("mounted/late/db");
    let service = start_unopened(&room, &database);
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    service.wait_for("/health/ready", 200);
    assert_eq!(service.get("/accounts/10000").status, 200);
}

#[test]
fn a_second_process_waits_for_the_first_to_go() {
    let room = Room::new();
    let database = room.path("db");
    let first = Service::start_healthy(&database, &[]);
    let second = start_unopened(&room, &database);
    assert_eq!(first.get("/health").status, 200);
    drop(first);
    second.wait_for("/health/ready", 200);
    assert_eq!(second.get("/accounts/10000").status, 200);
}

/// Starts a service that cannot open its database: it serves what does not need
/// it, and its log says once what is wrong.
fn start_unopened(room: &Room, database: &Path) -> Service {
    let log = room.path("log");
    let file = fs::File::create(&log).unwrap();
    let service = Service::start_logging_to(file.into(), database, &[]);
    assert_database_fails(&service);
    let answer = service.get("/accounts/10000");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error"], "the accounts cannot be read yet");
    let startup = service.wait_for("/health/startup", 200);
    assert_eq!(startup.json()["status"], "healthy");
    let log = fs::read_to_string(log).unwrap();
    let told: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains(database.to_str().unwrap()), "{log}");
    service
}

fn truncate(path: &Path, length: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length).unwrap();
}
