//! What has happened is told at least once, by one number and in its order, whatever happens to the server
//! and to whoever is told. An independent receiver counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::Value;

use super::plain;
use crate::client::Client;
use crate::home::Home;
use crate::lines::until;
use crate::proof::mint;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("deliver: a receiver of the worst kind, and kill -9", chaos),
        ("deliver: a dead letter is seen and sent again", dead_letter),
    ])
}

/// What a receiver has heard: of each transition in the order of their arrival.
#[derive(Debug, Default)]
struct Heard {
    /// Number, type, name, episode.
    news: Vec<(String, String, String, u64)>,
    /// In which message each came.
    of: Vec<String>,
    /// What each message was.
    messages: HashMap<String, String>,
    requests: usize,
}

#[derive(Debug)]
struct Receiver {
    address: std::net::SocketAddr,
    heard: Arc<Mutex<Heard>>,
    /// Whether it does what it should.
    is_good: Arc<AtomicBool>,
    /// What it answers when it is not, or by chance.
    answer: &'static str,
}

fn receiver(answer: &'static str) -> Receiver {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let heard = Arc::new(Mutex::new(Heard::default()));
    let is_good = Arc::new(AtomicBool::new(false));
    let chance = Arc::new(AtomicU64::new(0x2545_f491_4f6c_dd1d));
    let (hear, good) = (Arc::clone(&heard), Arc::clone(&is_good));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (hear, good, chance) = (Arc::clone(&hear), Arc::clone(&good), Arc::clone(&chance));
            thread::spawn(move || serve(stream, &hear, &good, &chance, answer));
        }
    });
    Receiver {
        address,
        heard,
        is_good,
        answer,
    }
}

/// One connection. What it acknowledges it has heard, and sometimes what it does not.
fn serve(
    mut stream: TcpStream,
    heard: &Mutex<Heard>,
    is_good: &AtomicBool,
    chance: &AtomicU64,
    answer: &str,
) {
    let mut random = chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
    random ^= random >> 29;
    random = random.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    random ^= random >> 32;
    let is_good = is_good.load(Ordering::SeqCst);
    let kind = if is_good || answer.is_empty() && random % 10 < 5 {
        0
    } else {
        1 + random % 5
    };
    if kind == 1 && answer.is_empty() {
        return;
    }
    let mut bytes = Vec::new();
    let mut piece = [0; 65_536];
    let (head, length) = loop {
        let Ok(read @ 1..) = stream.read(&mut piece) else {
            return;
        };
        bytes.extend(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.trim().parse().expect("a length"));
            if bytes.len() >= end + 4 + length {
                break (head, &bytes[end + 4..]);
            }
        }
    };
    let body = String::from_utf8_lossy(length).into_owned();
    let id = head
        .lines()
        .find_map(|line| line.strip_prefix("webhook-id: "))
        .expect("an id")
        .to_owned();
    let mut hears = heard.lock().expect("nobody panics");
    hears.requests += 1;
    let status = match (answer.is_empty(), kind) {
        (_, 0) => "204 No Content",
        (false, _) => answer,
        (true, 2) => "500 Internal Server Error",
        (true, 3) => "429 Too Many Requests\r\nRetry-After: 1",
        (true, 4) => {
            // It has it, and says nothing.
            hear(&mut hears, &id, &body);
            return;
        }
        (true, _) => {
            drop(hears);
            // It hangs until the server is killed, or gives up.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(3)));
            let _ = stream.read(&mut piece);
            return;
        }
    };
    if kind == 0 {
        hear(&mut hears, &id, &body);
    }
    drop(hears);
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

fn hear(heard: &mut Heard, id: &str, body: &str) {
    let before = heard.messages.insert(id.to_owned(), body.to_owned());
    if let Some(before) = before {
        assert_eq!(before, body, "another message by the same number");
    }
    let body: Value = serde_json::from_str(body).expect("JSON");
    let data = &body["data"];
    let all = match data["news"].as_array() {
        Some(news) => news.clone(),
        None => vec![data.clone()],
    };
    // By the header receivers know it again: it is the first transition's own, whenever it is sent.
    assert_eq!(*id, all[0]["id"], "another number in the header");
    for news in all {
        let text = |name: &str| {
            news[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {news}"))
        };
        heard.of.push(id.to_owned());
        heard.news.push((
            text("id").to_owned(),
            text("type").trim_start_matches("watch.").to_owned(),
            text("watch").to_owned(),
            news["episode"].as_u64().expect("an episode"),
        ));
    }
}

fn config(receiver: &Receiver) -> String {
    format!(
        "[sink.hook]\nkind = \"webhook\"\nurl = \"http://{}/\"\nallow_private = true\n",
        receiver.address
    )
}

const WATCHES: usize = 12;
const ROUNDS: usize = 5;

/// Everybody goes down and up, until the server is gone. How far each has come is asked of the server.
fn flap(client: &mut Client, token: &str, round: usize) -> bool {
    for number in 0..WATCHES {
        let name = format!("p{}.w{number}", number % 5);
        let what = if (round + number).is_multiple_of(2) {
            "fault"
        } else {
            "kick"
        };
        let body = if what == "fault" {
            r#"{"reason":"x"}"#
        } else {
            "{}"
        };
        let path = format!("watches/{name}/{what}");
        if client.try_api(token, "POST", &path, body).is_err() {
            return false;
        }
    }
    true
}

fn all_deliveries(client: &mut Client, token: &str) -> Vec<Value> {
    let page = client
        .api(token, "GET", "deliveries?limit=10000", "")
        .json();
    page["deliveries"].as_array().expect("deliveries").clone()
}

fn chaos() {
    let receiver = receiver("");
    assert!(receiver.answer.is_empty());
    let home = Home::new(&config(&receiver));
    let mut server = home.start();
    let all = "kick fault status monitor";
    let token = mint(&mut server.client(), &home.root(), "", all);
    for round in 0..ROUNDS {
        let (mut client, token) = (server.client(), token.clone());
        let before = receiver.heard.lock().unwrap().requests;
        let flapping = thread::spawn(move || {
            let mut turn = round;
            while flap(&mut client, &token, turn) {
                turn += 1;
                // Whoever is impatient, so that it is tried more often than every few seconds.
                if client
                    .try_api(&token, "POST", "deliveries/hook/resend", "{}")
                    .is_err()
                {
                    return;
                }
                thread::sleep(Duration::from_millis(400));
            }
        });
        // Somewhere amid it.
        until("something was sent", || {
            receiver.heard.lock().unwrap().requests > before + 6 + 3 * round
        });
        server.kill();
        flapping.join().expect("nothing else was answered");
        server = home.start();
    }
    receiver.is_good.store(true, Ordering::SeqCst);
    let mut client = server.client();
    // It is well again: whoever knows that does not wait for hours.
    let until_when = Instant::now() + Duration::from_secs(20);
    loop {
        let waiting = all_deliveries(&mut client, &token);
        let waiting = waiting.iter().filter(|row| row["state"] == "waiting");
        if waiting.count() == 0 {
            break;
        }
        assert!(Instant::now() < until_when, "something waits for ever");
        client.api(&token, "POST", "deliveries/hook/resend", "{}");
        thread::sleep(Duration::from_millis(200));
    }
    let dead = all_deliveries(&mut client, &token);
    assert_eq!(dead, [] as [Value; 0], "nothing was refused");
    let heard = receiver.heard.lock().unwrap();
    // All that the database has to have happened.
    let database = rusqlite::Connection::open(home.file("watchdog.db")).expect("a database");
    let sql = "SELECT name, event.episode, \"to\" FROM event JOIN watch USING (id)
               WHERE is_told AND (\"to\" = 'fault' OR \"from\" = 'fault' AND \"to\" = 'up') ORDER BY seq";
    let mut statement = database.prepare(sql).expect("a query");
    let mut rows = statement.query([]).expect("rows");
    let mut numbers: BTreeMap<(String, u64, String), HashSet<String>> = BTreeMap::new();
    for (id, kind, name, episode) in &heard.news {
        let what = (name.clone(), *episode, kind.clone());
        numbers.entry(what).or_default().insert(id.clone());
    }
    let mut happened = 0;
    while let Some(row) = rows.next().expect("a row") {
        let (name, episode): (String, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let to: String = row.get(2).unwrap();
        let kind = if to == "fault" { "down" } else { "up" };
        let what = (name, episode.unsigned_abs(), kind.to_owned());
        let ids = numbers.get(&what);
        let ids = ids.unwrap_or_else(|| panic!("{what:?} was not told"));
        assert_eq!(ids.len(), 1, "{what:?} by several numbers: {ids:?}");
        happened += 1;
    }
    assert_eq!(
        numbers.len(),
        happened,
        "something was told that has not happened"
    );
    assert!(happened > 2 * WATCHES, "{happened}");
    // Once a later one was told, no earlier one is.
    let mut last = HashMap::new();
    for ((_, kind, name, episode), message) in heard.news.iter().zip(&heard.of) {
        let place = (*episode, kind != "down");
        let before = last.insert(name, (place, message));
        let (before, of) = before.unwrap_or((place, message));
        // One of several is sent again as a whole.
        assert!(
            of == message || place >= before,
            "{name}: {place:?} after {before:?}"
        );
    }
    let said = server.term();
    assert!(
        !said.iter().any(|line| line.contains("panicked")),
        "{said:#?}"
    );
}

fn dead_letter() {
    let receiver = receiver("400 Bad Request");
    let home = Home::new(&config(&receiver));
    let server = home.start();
    let mut client = server.client();
    let all = "kick fault status monitor";
    let token = mint(&mut client, &home.root(), "", all);
    let fault = client.api(&token, "POST", "watches/a/fault", r#"{"reason":"x"}"#);
    assert_eq!(fault.status, 200);
    let mut rows = Vec::new();
    until("a dead letter", || {
        rows = all_deliveries(&mut client, &token);
        rows.iter().any(|row| row["state"] == "dead")
    });
    assert_eq!(rows.len(), 1);
    server.err.wait("dead letter: hook: down of a: ");
    let metrics = client.get("/metrics").body;
    for line in [
        "watchdog_outbox_dead{sink=\"hook\"} 1",
        "watchdog_outbox_waiting{sink=\"hook\"} 0",
        "watchdog_deliveries_total{sink=\"hook\",outcome=\"refused\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    // It outlasts the server.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    receiver.is_good.store(true, Ordering::SeqCst);
    let id = rows[0]["id"].as_str().expect("an id");
    let path = format!("deliveries/{id}/hook/resend");
    let resent = client.api(&token, "POST", &path, "{}").json();
    assert_eq!(resent["deliveries"], 1);
    until("it is told", || {
        all_deliveries(&mut client, &token).is_empty()
    });
    let heard = receiver.heard.lock().unwrap();
    let expected = (id.to_owned(), "down".to_owned(), "a".to_owned(), 1);
    assert_eq!(heard.news, [expected]);
}
