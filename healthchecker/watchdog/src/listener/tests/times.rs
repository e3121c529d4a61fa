use tokio::time::{Instant, MissedTickBehavior, interval};

use super::*;

/// A machine may be busy for half as long.
const SHORT: Duration = Duration::from_millis(600);
const LONG: Duration = Duration::from_secs(600);

/// Only what a test shortens ends anything.
fn long() -> Limits {
    Limits {
        handshake: LONG,
        head: LONG,
        idle: LONG,
        stall: LONG,
        ..Limits::default()
    }
}

#[tokio::test]
async fn who_says_nothing_is_closed() {
    let served = Served::new(Limits {
        head: SHORT,
        ..long()
    });
    let start = Instant::now();
    let mut silent = served.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    assert!(start.elapsed() >= SHORT);
    served.open(0).await;
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_closed() {
    let served = Served::new(Limits {
        head: SHORT,
        ..long()
    });
    let start = Instant::now();
    let (mut read, mut write) = served.connect().await.into_split();
    let drip = async {
        let mut tick = interval(SHORT / 20);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if write.write_all(b"a").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        said = rest(&mut read) => assert_eq!(said, ""),
        () = drip => {}
    }
    assert!(start.elapsed() >= SHORT);
    served.open(0).await;
}

#[tokio::test]
async fn an_idle_connection_is_kept_longer_than_a_head_may_take() {
    let served = Served::new(Limits {
        head: SHORT / 2,
        idle: 2 * SHORT,
        ..long()
    });
    let mut kept = served.connect().await;
    hello(&mut kept).await;
    hello(&mut kept).await;
    let start = Instant::now();
    assert_eq!(rest(&mut kept).await, "");
    // The server's count began before the answer was read here.
    assert!(start.elapsed() > SHORT, "{:?}", start.elapsed());
    served.open(0).await;
}

#[tokio::test]
async fn half_a_head_on_a_kept_connection_has_a_heads_time() {
    let served = Served::new(Limits {
        head: SHORT,
        ..long()
    });
    let mut kept = served.connect().await;
    hello(&mut kept).await;
    let start = Instant::now();
    send(&mut kept, "GET / HT").await;
    assert_eq!(rest(&mut kept).await, "");
    assert!(start.elapsed() >= SHORT);
}

#[tokio::test]
async fn a_service_has_all_the_time_it_needs() {
    let served = Served::new(Limits {
        head: SHORT,
        idle: SHORT,
        stall: SHORT,
        ..long()
    });
    let mut patient = served.connect().await;
    send(&mut patient, "GET /wait HTTP/1.1\r\n\r\n").await;
    served.waiting(1).await;
    let early = timeout(2 * SHORT, patient.read_u8()).await;
    assert!(early.is_err(), "{early:?}");
    served.gate.add_permits(1);
    up_to(&mut patient, "\r\n\r\nwaited").await;
}

#[tokio::test]
async fn who_reads_nothing_of_an_answer_is_closed() {
    let served = Served::new(Limits {
        stall: SHORT,
        ..long()
    });
    let start = Instant::now();
    let mut deaf = served.connect().await;
    send(&mut deaf, "GET /big HTTP/1.1\r\n\r\n").await;
    served.open(1).await;
    served.open(0).await;
    assert!(start.elapsed() >= SHORT);
}

#[tokio::test]
async fn who_reads_slowly_gets_the_whole_answer() {
    let served = Served::new(Limits {
        stall: SHORT,
        ..long()
    });
    let start = Instant::now();
    let mut slow = served.connect().await;
    send(&mut slow, "GET /big HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    let mut tick = interval(Duration::from_millis(10));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut buffer, mut count) = (vec![0; 256 * 1024], 0);
    loop {
        tick.tick().await;
        match soon(slow.read(&mut buffer)).await.unwrap() {
            0 => break,
            read => count += read,
        }
    }
    assert!(count > BIG, "{count}");
    assert!(start.elapsed() > SHORT, "too fast to show anything");
}

#[tokio::test]
async fn a_body_that_stops_coming_is_closed() {
    let served = Served::new(Limits {
        stall: SHORT,
        ..long()
    });
    let start = Instant::now();
    let mut stopped = served.connect().await;
    let head = "POST /read HTTP/1.1\r\ncontent-length: 9\r\n\r\n";
    send(&mut stopped, &format!("{head}abc")).await;
    assert_eq!(rest(&mut stopped).await, "");
    assert!(start.elapsed() >= SHORT);
    let mut whole = served.connect().await;
    send(&mut whole, &format!("{head}abc")).await;
    send(&mut whole, "defghi").await;
    up_to(&mut whole, "\r\n\r\nread 9").await;
}

#[tokio::test]
async fn a_body_that_keeps_coming_is_read() {
    let served = Served::new(Limits {
        stall: SHORT,
        ..long()
    });
    let mut slow = served.connect().await;
    let head = "POST /read HTTP/1.1\r\ncontent-length: 40\r\n\r\n";
    send(&mut slow, head).await;
    let mut tick = interval(SHORT / 20);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..40 {
        tick.tick().await;
        send(&mut slow, "a").await;
    }
    up_to(&mut slow, "\r\n\r\nread 40").await;
}
