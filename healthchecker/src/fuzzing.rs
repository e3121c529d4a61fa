//! What must hold for any bytes: a function for each fuzz target, which panics where it does not.
//!
//! `cargo fuzz` runs them (fuzz/), and so do the unit tests here, over the same seeds and over what a
//! few edits make of them.

use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use healthchecker_core::head::{LIMIT, Scan};
use healthchecker_core::target::{Host, Place, Protocol, Target, check_path};
use healthchecker_core::words::Words;

use crate::message;
use crate::options::CommandLine;

/// The head scanner: the same verdict in any portions, and the one that a reader by lines comes to.
pub fn head(data: &[u8]) {
    let Some((&portion, bytes)) = data.split_first() else {
        return;
    };
    let whole = Scan::in_portions(bytes, usize::MAX);
    assert_eq!(whole, Scan::in_portions(bytes, usize::from(portion).max(1)));
    let read = head_by_lines(bytes);
    match whole {
        Scan::Head { status, body } => assert_eq!(read, Some((status, body))),
        _ => assert_eq!(read, None, "{whole:?}"),
    }
}

/// The final head's status and end, if there is one.
fn head_by_lines(bytes: &[u8]) -> Option<(u16, usize)> {
    let mut rest = bytes;
    let mut line = || {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let line = &rest[..end];
        rest = &rest[end + 1..];
        Some((
            line.strip_suffix(b"\r").unwrap_or(line),
            bytes.len() - rest.len(),
        ))
    };
    loop {
        let (status_line, _) = line()?;
        let code = ["HTTP/1.0 ", "HTTP/1.1 "]
            .iter()
            .find_map(|start| status_line.strip_prefix(start.as_bytes()))?;
        let (code, after) = code.split_at_checked(3)?;
        if !matches!(after.first(), None | Some(b' ')) || !code.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let status: u16 = str::from_utf8(code).ok()?.parse().ok()?;
        if !(100..600).contains(&status) || status == 101 {
            return None;
        }
        let end = loop {
            let (line, end) = line()?;
            if line.is_empty() {
                break end;
            }
        };
        if end > LIMIT as usize {
            return None;
        }
        if status >= 200 {
            return Some((status, end));
        }
    }
}

/// URLs and hosts: what is taken is what the standard library reads in the same text, and the URL
/// that its parts make is read the same.
pub fn target(data: &[u8]) {
    host(data);
    let Ok(target) = Target::parse(data) else {
        return;
    };
    let path = str::from_utf8(target.path).expect("a path is ASCII");
    let (scheme, rest) = match target.place {
        Place::Network { host, text, port } => {
            let text = str::from_utf8(text).expect("a host is ASCII");
            assert_eq!(Host::parse(text.as_bytes()), Ok(host));
            assert_ne!(port, 0);
            let scheme = match target.protocol {
                Protocol::Http => "http://",
                Protocol::Https => "https://",
                Protocol::Tcp => "tcp://",
                Protocol::Grpc => "grpc://",
                Protocol::Grpcs => "grpcs://",
            };
            let slash = match target.protocol {
                Protocol::Grpc | Protocol::Grpcs => "/",
                _ => "",
            };
            (scheme, format!("{text}:{port}{slash}{path}").into_bytes())
        }
        Place::Unix(socket) => ("unix:", [socket, b":", target.path].concat()),
        Place::Abstract(name) => ("unix:@", [name, b":", target.path].concat()),
    };
    if !matches!(
        target.protocol,
        Protocol::Tcp | Protocol::Grpc | Protocol::Grpcs
    ) {
        assert_eq!(check_path(target.path), Ok(()));
    }
    let again = [scheme.as_bytes(), &rest].concat();
    assert_eq!(
        Target::parse(&again),
        Ok(target),
        "{}",
        again.escape_ascii()
    );
}

fn host(text: &[u8]) {
    let read = str::from_utf8(text).ok();
    let bare = read.and_then(|text| text.strip_prefix('[')?.strip_suffix(']'));
    let v6 = bare.or(read).and_then(|text| text.parse::<Ipv6Addr>().ok());
    let v4 = read.and_then(|text| text.parse::<Ipv4Addr>().ok());
    let expected = match (v4, v6) {
        (Some(address), _) => Some(Host::V4(address.octets())),
        (_, Some(address)) => Some(Host::V6(address.octets())),
        _ => None,
    };
    match Host::parse(text) {
        Ok(host @ (Host::V4(_) | Host::V6(_))) => assert_eq!(Some(host), expected),
        _ => assert_eq!(expected, None),
    }
}

/// A command line and `HEALTHCHECKER_ARGS`, parted by zero bytes, the variable first: it is followed,
/// or refused in one line that can be printed.
pub fn words(data: &[u8]) {
    let mut parts = data.split(|&byte| byte == 0);
    let variable = parts.next().unwrap_or_default();
    let mut text = variable.to_vec();
    let mut taken = Vec::new();
    let mut words = Words::new(&mut text);
    for word in words.by_ref() {
        taken.push(word.to_vec());
    }
    let taken = (!words.is_open()).then_some(taken);
    assert_eq!(taken, words_by_characters(variable));

    let words: Vec<_> = parts
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect();
    if let Err(misuse) = CommandLine::read(&words, Some(OsStr::from_bytes(variable))) {
        let line = message::finish(format!("healthchecker: {misuse}"));
        assert!(line.len() < 4096 && !line.trim_end_matches('\n').contains(char::is_control));
    }
}

/// The words of a text; `None` where a quote is not closed.
fn words_by_characters(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<Vec<u8>>, None);
    for &byte in text {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(byte),
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, 0..=b' ') => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// `--json` and a document, parted by the first line end: what serde_json's own pointer finds.
#[cfg(feature = "json")]
pub fn json(data: &[u8]) {
    use crate::http::JsonTest;

    let end = data.iter().position(|&byte| byte == b'\n');
    let (test, document) = data.split_at(end.unwrap_or(data.len()));
    let document = document.get(1..).unwrap_or_default();
    let (Some(read), Ok(test)) = (JsonTest::parse(test), str::from_utf8(test)) else {
        return;
    };
    let found = read.check(document);
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(document) else {
        // Numbers beyond floating point are JSON, too.
        assert!(
            found.is_err()
                || serde_json::from_slice::<&serde_json::value::RawValue>(document).is_ok()
        );
        return;
    };
    let (pointer, expected) = test.split_once('=').expect("it was parsed");
    let is = match value.pointer(pointer) {
        Some(serde_json::Value::String(text)) => text == expected,
        Some(serde_json::Value::Bool(bool)) => expected == bool.to_string(),
        Some(serde_json::Value::Null) => expected == "null",
        Some(serde_json::Value::Number(number)) => match (number.as_i128(), expected.parse()) {
            // In its shortest form, which is the same text.
            (Some(number), Ok::<i128, _>(_)) if number.to_string() == expected => true,
            (Some(number), Ok(expected)) => number == expected && found.is_ok(),
            _ => return,
        },
        _ => false,
    };
    assert_eq!(found.is_ok(), is, "{found:?}");
}

/// Bytes into the gRPC client: it ends, and is healthy only where a message says SERVING.
#[cfg(feature = "grpc")]
pub fn grpc(data: &[u8]) {
    use std::io::Write;
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use crate::grpc::{Call, check};
    use crate::net::{Channel, Deadline, Socket, Stream};

    let (ours, mut theirs) = UnixStream::pair().expect("a pair of sockets");
    theirs.set_nonblocking(true).expect("a socket");
    // What does not fit is beyond what is read.
    let _ = theirs.write(data);
    theirs
        .shutdown(Shutdown::Write)
        .expect("a connected socket");
    let deadline = Deadline::after(Duration::from_secs(60));
    let call = Call {
        secure: false,
        authority: "localhost",
        service: "",
        headers: Vec::new(),
        deadline,
    };
    let stream = Stream::new(Socket::Unix(ours), deadline);
    if check(&call, Channel::Plain(stream)).is_ok() {
        assert!(data.windows(2).any(|field| field == [8, 1]));
    }
    assert!(
        deadline.remaining().is_ok(),
        "the end of the answer was not seen"
    );
}

#[cfg(test)]
mod tests;
