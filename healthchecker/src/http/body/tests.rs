use super::*;

fn contains(text: &str, body: impl Read) -> Result<(), Failure> {
    BodyTest {
        contains: Some(text.into()),
        #[cfg(feature = "json")]
        json: None,
    }
    .check(body)
}

/// Gives its bytes one at a time.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.0.len().min(1);
        self.0.read(&mut buffer[..amount])
    }
}

fn found(text: &str, body: &[u8]) -> bool {
    let whole = contains(text, body).is_ok();
    assert_eq!(contains(text, Dripping(body)).is_ok(), whole);
    whole
}

#[test]
fn finds_text_anywhere() {
    assert!(found("UP", b"UP"));
    assert!(found("UP", b"{\"status\":\"UP\"}"));
    assert!(found("aab", b"aaab"));
    assert!(!found("UP", b"U P"));
    assert!(!found("UP", b""));
    assert!(!found("UP", b"U"));
    let mut long = vec![b'x'; CHUNK - 1];
    long.extend(b"UP");
    assert!(found("UP", &long));
    assert!(!found("UPX", &long));
}

#[test]
fn keeps_no_more_than_a_beginning() {
    let mut search = Search::new(Some(b"12345"));
    for bytes in [&b"x"[..], b"xx1234", &[b'1'; 1000], b""] {
        search.push(bytes);
        assert!(search.window.len() < 5, "{:?}", search.window);
    }
    search.push(b"2345");
    assert!(search.found);
}

#[test]
fn shows_the_start_of_a_body_without_it() {
    let failure = contains("UP", &vec![b'x'; 100_000][..]).unwrap_err();
    assert_eq!(failure.body, vec![b'x'; message::MAX_BODY]);
    assert_eq!(failure.what, "its body does not contain \"UP\"");
}

#[cfg(feature = "json")]
#[test]
fn both_tests_together() {
    let both = |text: &str, body: &[u8]| {
        let json = JsonTest::parse(b"/status=UP");
        BodyTest {
            contains: Some(text.into()),
            json,
        }
        .check(body)
        .map_err(|failure| failure.what)
    };
    assert_eq!(both("tat", b"{\"status\":\"UP\"}"), Ok(()));
    assert_eq!(
        both("x", b"{\"status\":\"UP\"}"),
        Err("its body does not contain \"x\"".into())
    );
    assert_eq!(
        both("tat", b"{\"status\":1}"),
        Err("/status is 1, not \"UP\"".into())
    );
}

#[test]
fn no_test_is_empty() {
    assert!(BodyTest::default().is_empty());
    let contains = BodyTest {
        contains: Some(b"UP".to_vec()),
        #[cfg(feature = "json")]
        json: None,
    };
    assert!(!contains.is_empty());
    #[cfg(feature = "json")]
    assert!(
        !BodyTest {
            json: JsonTest::parse(b"/a=b"),
            ..BodyTest::default()
        }
        .is_empty()
    );
}

/// Fails in this way once, and then has its text.
struct Failing(Option<io::ErrorKind>, &'static [u8]);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(kind) => Err(kind.into()),
            None => self.1.read(buffer),
        }
    }
}

#[test]
fn a_signal_does_not_end_a_body_and_a_failure_does() {
    let body = |kind| contains("UP", Failing(Some(kind), b"UP"));
    assert!(body(io::ErrorKind::Interrupted).is_ok());
    let failure = body(io::ErrorKind::ConnectionReset).unwrap_err();
    assert!(
        failure.what.contains("as far as it can be read"),
        "{}",
        failure.what
    );
}

#[test]
fn stops_reading_when_found() {
    struct Endless;
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'y');
            Ok(buffer.len())
        }
    }
    assert!(contains("UP", b"UP".chain(Endless)).is_ok());
}
