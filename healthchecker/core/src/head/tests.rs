use super::*;
use std::format;
use std::string::String;

const NOT_HTTP: Scan = Scan::Fault(Fault::NotHttp);
const TOO_LARGE: Scan = Scan::Fault(Fault::TooLarge);

/// The same verdict, however the bytes are split.
fn scan(bytes: &[u8]) -> Scan {
    let whole = Scan::in_portions(bytes, usize::MAX);
    for portion in 1..=bytes.len().clamp(1, 40) {
        assert_eq!(
            Scan::in_portions(bytes, portion),
            whole,
            "in portions of {portion}"
        );
    }
    whole
}

#[test]
fn final_heads() {
    for (bytes, status) in [
        ("HTTP/1.1 200 OK\r\n\r\n", 200),
        ("HTTP/1.0 200 OK\r\n\r\n", 200),
        ("HTTP/1.1 200 \r\n\r\n", 200),
        ("HTTP/1.1 200\r\n\r\n", 200),
        ("HTTP/1.1 200\n\n", 200),
        ("HTTP/1.1 204 No Content\nA: b\n\n", 204),
        ("HTTP/1.1 200 OK\r\n\n", 200),
        ("HTTP/1.1 200 OK\n\r\n", 200),
        ("HTTP/1.1 503 200 OK\r\n\r\n", 503),
        ("HTTP/1.1 599 \u{fffd}\x01\r\r\n\r\n", 599),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon at all\r\n folded\r\n\r\n",
            200,
        ),
        ("HTTP/1.1 200 OK\r\n\rA: not blank\r\n\r\n", 200),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200),
        (
            "HTTP/1.1 100\r\nA: b\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 404 No\r\n\r\n",
            404,
        ),
        ("HTTP/1.1 199 x\n\nHTTP/1.1 500\n\n", 500),
    ] {
        let expected = Scan::Head {
            status,
            body: bytes.len(),
        };
        assert_eq!(scan(bytes.as_bytes()), expected, "{bytes:?}");
        let with_body = format!("{bytes}HTTP/1.1 503 in the body\r\n\r\n");
        assert_eq!(
            scan(with_body.as_bytes()),
            expected,
            "{bytes:?} with a body"
        );
    }
}

#[test]
fn incomplete_heads() {
    let head = "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nC: d\r\n\r\n";
    for end in 0..head.len() {
        assert_eq!(
            scan(&head.as_bytes()[..end]),
            Scan::More,
            "{:?}",
            &head[..end]
        );
    }
}

#[test]
fn not_http() {
    for bytes in [
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "\n",
        " HTTP/1.1 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/11 200 OK\r\n\r\n",
        "HTTP/1.10 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1\t200 OK\r\n\r\n",
        "HTTP/1.1200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 0200 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1 200\tOK\r\n\r\n",
        "HTTP/1.1 200\rX\r\n\r\n",
        "HTTP/1.1 200\r X\r\n\r\n",
        "HTTP/1.1 200\r\r\n\r\n",
        "HTTP/1.1 000 x\r\n\r\n",
        "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/1.1 600 x\r\n\r\n",
        "HTTP/1.1 999 x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nOK",
        "HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "OK",
        "{\"status\":\"healthy\"}",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\x16\x03\x01\x02\x00",
        "ICY 200 OK\r\n\r\n",
        "\0\0\0",
    ] {
        assert_eq!(scan(bytes.as_bytes()), NOT_HTTP, "{bytes:?}");
    }
}

#[test]
fn faults_are_said_apart() {
    assert_eq!(Fault::NotHttp.text(), "not HTTP");
    assert_eq!(Fault::TooLarge.text(), "head larger than 64 KiB");
    assert_eq!(Fault::SwitchingProtocols.text(), "101 Switching Protocols");
}

#[test]
fn a_reason_comes_behind_the_code() {
    assert_eq!(BEFORE_REASON, "HTTP/1.1 200 ".len());
}

#[test]
fn a_body_counts_for_no_limit() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n";
    let answer = [&head[..], &[b'x'; 2 * LIMIT as usize]].concat();
    let expected = Scan::Head {
        status: 200,
        body: head.len(),
    };
    assert_eq!(HeadScanner::new().scan(&answer), expected);
}

#[test]
fn every_code() {
    for code in 0..1000 {
        let bytes = format!("HTTP/1.1 {code:03} x\r\n\r\n");
        let expected = match code {
            101 => Scan::Fault(Fault::SwitchingProtocols),
            100..200 => Scan::More,
            200..600 => Scan::Head {
                status: code,
                body: bytes.len(),
            },
            _ => NOT_HTTP,
        };
        assert_eq!(scan(bytes.as_bytes()), expected, "{code}");
    }
}

#[test]
fn every_wrong_byte_in_the_status_line() {
    let line = *b"HTTP/1.1 200";
    for position in 0..line.len() {
        for byte in 0..=255 {
            let mut bytes = line;
            bytes[position] = byte;
            let accepted = match position {
                7 => matches!(byte, b'0' | b'1'),
                9 => matches!(byte, b'1'..=b'5'),
                10 | 11 => byte.is_ascii_digit(),
                _ => byte == line[position],
            };
            let expected = if accepted { Scan::More } else { NOT_HTTP };
            assert_eq!(
                Scan::in_portions(&bytes, usize::MAX),
                expected,
                "{byte} at {position}"
            );
        }
    }
}

#[test]
fn the_limit_is_over_all_heads() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    let tail = "\r\n\r\n";
    for (start, fits) in [
        (String::from("HTTP/1.1 200 OK\r\nA: "), true),
        (String::from("HTTP/1.1 200 "), true),
        (format!("{interim}HTTP/1.1 200 OK\r\nA: "), true),
        (interim.repeat(2000) + "HTTP/1.1 200 OK\r\nA: ", true),
        (interim.repeat(3000), false),
    ] {
        let mut bytes = start.into_bytes();
        if fits {
            let fill = LIMIT as usize - tail.len() - bytes.len();
            bytes.extend(std::iter::repeat_n(b'x', fill));
            bytes.extend(tail.as_bytes());
            assert_eq!(bytes.len(), LIMIT as usize);
            let full = Scan::Head {
                status: 200,
                body: LIMIT as usize,
            };
            assert_eq!(Scan::in_portions(&bytes, 1024), full);
            bytes.insert(LIMIT as usize - tail.len(), b'x');
        }
        assert_eq!(Scan::in_portions(&bytes, 1024), TOO_LARGE);
    }
    let endless = std::iter::once(&b"HTTP/1.1 200 "[..]).chain(std::iter::repeat(&b"y"[..]));
    let mut scanner = HeadScanner::new();
    let mut scanned = 0;
    for portion in endless {
        match scanner.scan(portion) {
            Scan::More => scanned += portion.len(),
            verdict => {
                assert_eq!(verdict, TOO_LARGE);
                break;
            }
        }
    }
    assert_eq!(scanned, LIMIT as usize);
}

#[test]
fn status_lines_are_found() {
    for before in [
        "",
        "HTTP/1.1 100 C\r\n\r\n",
        "HTTP/1.1 100\n\nHTTP/1.1 103\nA: b\n\n",
    ] {
        let bytes = format!("{before}HTTP/1.1 404 Not Found\r\nC: d\r\n\r\n");
        for portion in [1, 7, usize::MAX] {
            let mut scanner = HeadScanner::new();
            for slice in bytes.as_bytes().chunks(portion) {
                scanner.scan(slice);
            }
            assert_eq!(scanner.before(), before.len());
        }
    }
}

#[test]
fn lines_that_are_passed_over_change_no_verdict() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(70_000));
    let exact = format!(
        "HTTP/1.1 200 OK\r\nX: {}\r\n\r\n",
        "y".repeat(LIMIT as usize - 24)
    );
    let head = |status, body| Scan::Head { status, body };
    for (bytes, expected) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Fri\r\n\r\nbody",
            head(200, 49),
        ),
        (
            "HTTP/1.1 200 OK\nA: 1234567\nB: 12345678\n\nbody\n\n",
            head(200, 40),
        ),
        ("HTTP/1.1 200 OK\r\n\rnot blank\r\n\r\n", head(200, 31)),
        ("HTTP/1.1 200 OK\r\nA\r\r\n\r\r\n\r\n", head(200, 26)),
        (
            "HTTP/1.1 103 x\r\nLink: aaaaaaaaaaaaaaa\r\n\r\nHTTP/1.1 404 No\r\nA: b\r\n\r\n",
            head(404, 66),
        ),
        ("HTTP/1.1 200 OK\r\nA: b\r\n", Scan::More),
        (
            "HTTP/1.1 200 OK\r\n\u{8a}\u{b}\u{9}\n12345678\n\n",
            head(200, 32),
        ),
        (&long, TOO_LARGE),
        (&exact, head(200, LIMIT as usize)),
    ] {
        for portion in [1, 3, 7, 8, 9, 2048, usize::MAX] {
            assert_eq!(
                Scan::in_portions(bytes.as_bytes(), portion),
                expected,
                "{:?} in portions of {portion}",
                &bytes[..bytes.len().min(80)]
            );
        }
    }
}
