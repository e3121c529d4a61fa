use super::*;

#[tokio::test]
async fn a_hundred_pipelined_requests_are_answered_in_their_order() {
    let served = Served::new(Limits::default());
    let mut stream = served.connect().await;
    let requests: String = (0..100)
        .map(|n| format!("GET /{n} HTTP/1.1\r\nhost: a\r\n\r\n"))
        .collect();
    send(&mut stream, &requests).await;
    for n in 0..100 {
        let end = format!("\r\n\r\n/{n}");
        let answer = up_to(&mut stream, &end).await;
        assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn a_service_that_gives_an_error_closes_unanswered() {
    let served = Served::new(Limits::default());
    let mut stream = served.connect().await;
    hello(&mut stream).await;
    send(&mut stream, "GET /unwilling HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(rest(&mut stream).await, "");

    let mut stream = served.connect().await;
    let body = "POST /unwilling HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc";
    send(&mut stream, body).await;
    assert_eq!(rest(&mut stream).await, "");

    let mut stream = served.connect().await;
    let last = HELLO.replacen('/', "/unwilling", 1);
    send(&mut stream, &format!("{HELLO}{last}{HELLO}")).await;
    let answers = rest(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{answers}");
    served.open(0).await;
}

#[tokio::test]
async fn a_panic_closes_its_own_connection() {
    let served = Served::new(Limits::default());
    let mut other = served.connect().await;
    hello(&mut other).await;
    let mut stream = served.connect().await;
    send(&mut stream, "GET /panic HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(rest(&mut stream).await, "");
    hello(&mut other).await;
    served.open(1).await;
}

#[tokio::test]
async fn a_head_of_8_kb_or_a_hundred_headers_is_too_large() {
    let served = Served::new(Limits::default());
    let head = |length: usize| {
        let rest = "GET / HTTP/1.1\r\na: \r\n\r\n".len();
        format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(length - rest))
    };
    let headers = |count| format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
    for (request, status) in [
        (head(8190), "200 OK"),
        (head(8193), "431 "),
        (head(100_000), "431 "),
        (headers(100), "200 OK"),
        (headers(101), "431 "),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(9_000)),
            "431 ",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400 "),
        ("GET / HTTP/1.1\r\na b\r\n\r\n".to_owned(), "400 "),
        (
            "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
            "400 ",
        ),
        (
            "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03".to_owned(),
            "400 ",
        ),
    ] {
        let (mut read, mut write) = served.connect().await.into_split();
        // It may be closed before all of it is sent.
        let answer = async {
            let _ = write.write_all(request.as_bytes()).await;
            up_to(&mut read, "\r\n").await
        };
        let answer = answer.await;
        let shown = &request[..request.len().min(40)];
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer} for {} bytes {shown:?}",
            request.len()
        );
    }
}

#[tokio::test]
async fn beyond_the_limit_connections_wait() {
    let served = Served::new(Limits {
        connections: 2,
        ..Limits::default()
    });
    let (mut one, mut two) = (served.connect().await, served.connect().await);
    hello(&mut one).await;
    hello(&mut two).await;
    let mut three = served.connect().await;
    send(&mut three, HELLO).await;
    // Whatever it has accepted, it has accepted by now.
    for _ in 0..100 {
        hello(&mut one).await;
    }
    assert_eq!(*served.open.borrow(), 2);
    assert_eq!(served.notices(), [Notice::Full { connections: 2 }]);
    drop(one);
    up_to(&mut three, "\r\n\r\n/").await;
    hello(&mut two).await;
}

#[tokio::test]
async fn a_service_knows_by_which_listener_it_is_reached() {
    let served = Served::with(
        "[[listen]]\naddress = \"127.0.0.1:0\"\n[[listen]]\naddress = \"127.0.0.1:0\"",
        Limits::default(),
    );
    for (at, address) in served.addresses.iter().enumerate() {
        let mut stream = soon(TcpStream::connect(address)).await.unwrap();
        send(&mut stream, "GET /peer HTTP/1.1\r\n\r\n").await;
        up_to(&mut stream, &format!("\r\n\r\n{at} false")).await;
    }
}

#[tokio::test]
async fn old_and_odd_requests_are_answered() {
    let served = Served::new(Limits::default());
    for request in [
        "GET /a HTTP/1.0\r\n\r\n",
        "\r\n\r\nGET /a HTTP/1.1\r\nconnection: close\r\n\r\n",
        "GET /a HTTP/1.1\nconnection: close\n\n",
        "OPTIONS /a HTTP/1.1\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n",
    ] {
        let mut stream = served.connect().await;
        send(&mut stream, request).await;
        let answer = rest(&mut stream).await;
        assert!(answer.ends_with("\r\n\r\n/a"), "{request:?}: {answer}");
    }
}
