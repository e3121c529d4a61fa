use super::*;
use std::format;

const V6_LOOPBACK: Host<'static> = Host::V6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

#[test]
fn network_targets() {
    use Protocol::*;
    for (url, protocol, host, text, port, path) in [
        (
            "http://localhost",
            Http,
            Host::Localhost,
            "localhost",
            80,
            "/",
        ),
        (
            "http://localhost/",
            Http,
            Host::Localhost,
            "localhost",
            80,
            "/",
        ),
        (
            "HTTP://LocalHost:6767/health",
            Http,
            Host::Localhost,
            "LocalHost",
            6767,
            "/health",
        ),
        (
            "http://127.0.0.1:1/a?b=c:d@e/f",
            Http,
            Host::V4([127, 0, 0, 1]),
            "127.0.0.1",
            1,
            "/a?b=c:d@e/f",
        ),
        ("http://[::1]/x", Http, V6_LOOPBACK, "[::1]", 80, "/x"),
        (
            "http://[::1]:65535",
            Http,
            V6_LOOPBACK,
            "[::1]",
            65_535,
            "/",
        ),
        (
            "https://localhost/health",
            Https,
            Host::Localhost,
            "localhost",
            443,
            "/health",
        ),
        (
            "https://localhost:8443",
            Https,
            Host::Localhost,
            "localhost",
            8443,
            "/",
        ),
        (
            "http://app_1.example-x/",
            Http,
            Host::Name(b"app_1.example-x"),
            "app_1.example-x",
            80,
            "/",
        ),
        (
            "tcp://localhost:5432",
            Tcp,
            Host::Localhost,
            "localhost",
            5432,
            "",
        ),
        ("tcp://[::1]:5432", Tcp, V6_LOOPBACK, "[::1]", 5432, ""),
        (
            "grpc://localhost:50051",
            Grpc,
            Host::Localhost,
            "localhost",
            50_051,
            "",
        ),
        (
            "grpc://localhost:50051/",
            Grpc,
            Host::Localhost,
            "localhost",
            50_051,
            "",
        ),
        (
            "grpc://localhost:50051/my.Service",
            Grpc,
            Host::Localhost,
            "localhost",
            50_051,
            "my.Service",
        ),
        (
            "grpcs://127.0.0.2:443/liveness",
            Grpcs,
            Host::V4([127, 0, 0, 2]),
            "127.0.0.2",
            443,
            "liveness",
        ),
    ] {
        let place = Place::Network {
            host,
            text: text.as_bytes(),
            port,
        };
        let expected = Target {
            protocol,
            place,
            path: path.as_bytes(),
        };
        assert_eq!(Target::parse(url.as_bytes()), Ok(expected), "{url}");
    }
}

#[test]
fn unix_targets() {
    for (url, socket, path) in [
        ("unix:/run/app.sock:/health", "/run/app.sock", "/health"),
        ("unix:/run/app.sock", "/run/app.sock", "/"),
        (
            "unix:///run/app.sock:/h?x=a:/b",
            "///run/app.sock",
            "/h?x=a:/b",
        ),
        ("unix:/run/a:b.sock:/health", "/run/a:b.sock", "/health"),
        // A colon is a valid byte of a socket's path.
        ("unix:/run/app.sock:health", "/run/app.sock:health", "/"),
        ("UNIX:/run/with blank", "/run/with blank", "/"),
    ] {
        let expected = Target {
            protocol: Protocol::Http,
            place: Place::Unix(socket.as_bytes()),
            path: path.as_bytes(),
        };
        assert_eq!(Target::parse(url.as_bytes()), Ok(expected), "{url}");
    }
    for longest in [
        format!("unix:/{}", "s".repeat(MAX_SOCKET - 1)),
        format!("unix:@{}", "s".repeat(MAX_SOCKET)),
    ] {
        assert!(Target::parse(longest.as_bytes()).is_ok());
        assert_eq!(
            Target::parse(format!("{longest}s").as_bytes()),
            Err(TargetError::SocketTooLong)
        );
    }
}

#[test]
fn abstract_unix_targets() {
    for (url, name, path) in [
        ("unix:@app", "app", "/"),
        ("unix:@app:/health", "app", "/health"),
        ("unix:@/run/app:x:/h?x=a:/b", "/run/app:x", "/h?x=a:/b"),
        ("unix:@@", "@", "/"),
    ] {
        let expected = Target {
            protocol: Protocol::Http,
            place: Place::Abstract(name.as_bytes()),
            path: path.as_bytes(),
        };
        assert_eq!(Target::parse(url.as_bytes()), Ok(expected), "{url}");
    }
}

#[test]
fn refused_urls() {
    use TargetError::*;
    for (url, error) in [
        ("", Scheme),
        ("localhost:6767", Scheme),
        ("6767", Scheme),
        ("/health", Scheme),
        ("ftp://localhost/", Scheme),
        ("http:/localhost/", Scheme),
        ("http:localhost", Scheme),
        ("https", Scheme),
        ("httpx://localhost", Scheme),
        ("http://", Host),
        ("http:///health", Host),
        ("http://:80/", Host),
        ("http://local host/", Host),
        ("http://127.0.0.1.1/", Host),
        ("http://127.1/", Host),
        ("http://2130706433/", Host),
        ("http://café/", Host),
        ("http://localhost\0/", Host),
        ("http://user@localhost/", UserInfo),
        ("http://user:word@localhost:80/", UserInfo),
        ("http://[::1/", Address),
        ("http://[]/", Address),
        ("http://[fe80::1%25lo]/", Address),
        ("http://[127.0.0.1]/", Address),
        ("http://::1/", Address),
        ("http://::1:80/", Address),
        ("http://[::1]80/", Host),
        ("http://localhost:/", Port),
        ("http://localhost:0/", Port),
        ("http://localhost:65536/", Port),
        ("http://localhost:${PORT}/", Port),
        ("http://localhost:+80/", Port),
        ("http://localhost:80 /", Port),
        ("tcp://localhost", PortMissing),
        ("tcp://localhost:", Port),
        ("tcp://localhost:1/", PathUnwanted),
        ("tcp://localhost:1?x", PathUnwanted),
        ("grpc://localhost", PortMissing),
        ("grpcs://localhost/x", PortMissing),
        ("http://localhost?x", Path),
        ("http://localhost#x", Path),
        ("http://localhost/a b", Path),
        ("http://localhost/a\r\nX: y", Path),
        ("http://localhost/a#b", Path),
        ("http://localhost/é", Path),
        ("grpc://localhost:1/a b", Path),
        ("unix:", Socket),
        ("unix:app.sock", Socket),
        ("unix:/run/app.sock:", Socket),
        ("unix:/run/\0", Socket),
        ("unix:@", Socket),
        ("unix:@:/health", Socket),
        ("unix:@app:", Socket),
        ("unix:@a\0", Socket),
        ("unix:@app:/a b", Path),
        ("unix:/run/app.sock:/a b", Path),
    ] {
        assert_eq!(Target::parse(url.as_bytes()), Err(error), "{url:?}");
    }
}

#[test]
fn hosts() {
    for (text, expected) in [
        ("localhost", Ok(Host::Localhost)),
        ("LOCALHOST", Ok(Host::Localhost)),
        ("localhost.", Ok(Host::Name(b"localhost."))),
        ("127.0.0.1", Ok(Host::V4([127, 0, 0, 1]))),
        ("0.0.0.0", Ok(Host::V4([0, 0, 0, 0]))),
        ("::1", Ok(V6_LOOPBACK)),
        ("[::1]", Ok(V6_LOOPBACK)),
        ("[::1", Err(TargetError::Address)),
        ("::g", Err(TargetError::Address)),
        ("localhost:80", Err(TargetError::Address)),
        ("", Err(TargetError::Host)),
        ("1.2.3", Err(TargetError::Host)),
        ("a/b", Err(TargetError::Host)),
    ] {
        assert_eq!(Host::parse(text.as_bytes()), expected, "{text:?}");
    }
    assert!(Host::parse(&[b'a'; 253]).is_ok());
    assert_eq!(Host::parse(&[b'a'; 254]), Err(TargetError::Host));
}

#[test]
fn paths() {
    for path in [
        "/",
        "/health",
        "/a?b=c&d",
        "/%20",
        "//",
        "/~!$&'()*+,;=:@",
        "/?a[]=1",
    ] {
        assert_eq!(check_path(path.as_bytes()), Ok(()), "{path:?}");
    }
    for path in [
        "",
        "health",
        "?x",
        "/a b",
        "/a\t",
        "/#",
        "/\u{e9}",
        "/\x7f",
        "/${X}",
        "/\"",
        "/a\\b",
        "/<",
        "/|",
        "/\0",
        "--verbose",
    ] {
        assert_eq!(
            check_path(path.as_bytes()),
            Err(TargetError::Path),
            "{path:?}"
        );
    }
}

#[test]
fn errors_name_what_is_wrong() {
    use TargetError::*;
    for (error, words) in [
        (Scheme, "unknown scheme"),
        (UserInfo, "--header 'Authorization: …'"),
        (Host, "bad host"),
        (Address, "bad IPv6 address"),
        (Port, "bad port (1 to 65535)"),
        (PortMissing, "port missing"),
        (Path, "bad path"),
        (PathUnwanted, "a path has no meaning here"),
        (Socket, "bad socket path"),
        (SocketTooLong, "longer than 107 bytes"),
    ] {
        assert!(error.text().contains(words), "{error:?}");
    }
}
