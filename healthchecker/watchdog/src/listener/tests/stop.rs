use super::*;

#[tokio::test]
async fn what_is_under_way_is_answered_and_what_is_idle_closed() {
    let mut served = Served::new(Limits::default());
    let (mut idle, mut busy) = (served.connect().await, served.connect().await);
    let mut fresh = served.connect().await;
    hello(&mut idle).await;
    send(&mut busy, "GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await;
    served.waiting(1).await;
    served.open(3).await;
    let address = served.addresses[0];
    served.stop();
    assert_eq!(rest(&mut idle).await, "");
    assert_eq!(rest(&mut fresh).await, "");
    let refused = soon(TcpStream::connect(address)).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    assert!(!served.done.is_finished());
    served.gate.add_permits(1);
    let answer = rest(&mut busy).await;
    assert!(answer.ends_with("\r\n\r\nwaited"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(served.done().await, 0);
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off_and_counted() {
    let mut served = Served::new(Limits {
        drain: Duration::from_millis(100),
        ..Limits::default()
    });
    let mut streams = [served.connect().await, served.connect().await];
    for stream in &mut streams {
        send(stream, "GET /wait HTTP/1.1\r\n\r\n").await;
    }
    served.waiting(2).await;
    served.stop();
    for stream in &mut streams {
        assert_eq!(rest(stream).await, "");
    }
    assert_eq!(served.done().await, 2);
}

#[tokio::test]
async fn half_a_head_is_waited_for() {
    let mut served = Served::new(Limits::default());
    let mut stream = served.connect().await;
    send(&mut stream, "GET /a HTTP/1.1\r\n").await;
    // By the time that another is answered, the first's bytes have been read.
    hello(&mut served.connect().await).await;
    served.stop();
    send(&mut stream, "\r\n").await;
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("\r\n\r\n/a"), "{answer}");
    assert_eq!(served.done().await, 0);
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_not_waited_for() {
    let mut served = Served::new(Limits {
        drain: 100 * PATIENCE,
        stall: 100 * PATIENCE,
        ..Limits::default()
    });
    let mut peer = served.connect().await;
    send(&mut peer, "GET /big HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut first = [0];
    soon(peer.read_exact(&mut first)).await.unwrap();
    served.stop();
    assert_eq!(served.done().await, 0);
}
