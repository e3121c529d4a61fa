//! A client over HTTP/1.1 on one connection, which sends what it is told byte for byte.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::lines::BOUND;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// Its status and its body.
    pub(crate) fn said(&self) -> (u16, &str) {
        (self.status, &self.body)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// One connection, made anew when the server has closed it.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    fn connection(&mut self) -> io::Result<&mut BufReader<TcpStream>> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(BOUND))?;
            stream.set_write_timeout(Some(BOUND))?;
            stream.set_nodelay(true)?;
            self.connection = Some(BufReader::new(stream));
        }
        Ok(self.connection.as_mut().expect("it was made"))
    }

    /// Sends these bytes and reads an answer; an error if the connection is closed without one.
    pub(crate) fn raw(&mut self, request: &[u8], is_head: bool) -> io::Result<Reply> {
        let reply = self.connection().and_then(|connection| {
            connection.get_mut().write_all(request)?;
            read(connection, is_head)
        });
        let is_kept = reply
            .as_ref()
            .is_ok_and(|reply| reply.header("connection") != Some("close"));
        if !is_kept {
            self.connection = None;
        }
        reply
    }

    /// A request with headers and a body.
    pub(crate) fn try_ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut request = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        request += "\r\n";
        let mut request = request.into_bytes();
        request.extend(body);
        self.raw(&request, method == "HEAD")
    }

    pub(crate) fn ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        self.try_ask(method, target, headers, body)
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"))
    }

    pub(crate) fn get(&mut self, target: &str) -> Reply {
        self.ask("GET", target, &[], b"")
    }

    /// One of the server's own API.
    pub(crate) fn api(&mut self, token: &str, method: &str, rest: &str, body: &str) -> Reply {
        self.try_api(token, method, rest, body)
            .unwrap_or_else(|error| panic!("{method} {rest}: {error}"))
    }

    pub(crate) fn try_api(
        &mut self,
        token: &str,
        method: &str,
        rest: &str,
        body: &str,
    ) -> io::Result<Reply> {
        let authorization = format!("Bearer {token}");
        let mut headers = vec![("Authorization", &*authorization)];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        let target = format!("/api/watchdog/v1/{rest}");
        self.try_ask(method, &target, &headers, body.as_bytes())
    }
}

/// Reads one answer.
pub(crate) fn read(from: &mut impl BufRead, is_head: bool) -> io::Result<Reply> {
    let eof = || io::Error::new(io::ErrorKind::UnexpectedEof, "closed unanswered");
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(eof());
    }
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status line: {line:?}"));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(eof());
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut reply = Reply {
        status,
        headers,
        body: String::new(),
    };
    let length = reply
        .header("content-length")
        .map_or(0, |length| length.parse().expect("a length is a number"));
    if !is_head {
        let mut body = vec![0; length];
        if reply.header("transfer-encoding") == Some("chunked") {
            body = chunks(from)?;
        } else {
            from.read_exact(&mut body)?;
        }
        reply.body = String::from_utf8(body).expect("a body in UTF-8");
    }
    Ok(reply)
}

/// A body of unknown length, without trailers.
fn chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        let begin = body.len();
        body.resize(begin + length + 2, 0);
        from.read_exact(&mut body[begin..])?;
        assert_eq!(body.split_off(begin + length), b"\r\n");
        if length == 0 {
            return Ok(body);
        }
    }
}

/// A connection that a test keeps in its own hands.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a server that listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}
