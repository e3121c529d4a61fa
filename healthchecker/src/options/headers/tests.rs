use super::*;
use crate::headers::MAX_FILE;

fn judged(given: &[&str], files: &[&str], protocol: Protocol) -> Result<Headers, String> {
    let bytes = |texts: &[&str]| -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    };
    judge(&bytes(given), &bytes(files), protocol).map_err(|error| error.to_string())
}

#[cfg(feature = "grpc")]
#[test]
fn names_that_grpc_sets_itself() {
    for header in [
        "grpc-timeout: 1S",
        "Grpc-Encoding: gzip",
        "Content-Type: x",
        "TE: x",
    ] {
        let problem = judged(&[header], &[], Protocol::Grpc).unwrap_err();
        assert!(problem.contains("sets itself"), "{problem}");
    }
    for header in ["Keep-Alive: 1", "Proxy-Connection: x"] {
        assert!(judged(&[header], &[], Protocol::Grpc).is_err());
        assert!(judged(&[header], &[], Protocol::Http).is_ok());
    }
    assert!(judged(&["Content-Type: x", "grpc-x: y"], &[], Protocol::Http).is_ok());
    assert!(judged(&["Authorization: x", "X-Tenant: y"], &[], Protocol::Grpc).is_ok());
}

#[cfg(feature = "grpc")]
#[test]
fn the_host_of_a_call_is_a_host() {
    for host in ["app", "app:80", "[::1]:80", "app.example"] {
        assert!(
            judged(&[&format!("Host: {host}")], &[], Protocol::Grpc).is_ok(),
            "{host}"
        );
    }
    for host in [
        "",
        "a b",
        "app/evil.Service/Method?",
        "app#",
        "user:pw@app",
        "app:x",
        "caf\u{e9}",
    ] {
        let problem = judged(&[&format!("Host: {host}")], &[], Protocol::Grpc).unwrap_err();
        assert!(problem.contains("not a host"), "{problem}");
    }
}

#[test]
fn the_host_of_a_request_is_ascii() {
    assert!(judged(&["Host: a b", "X: caf\u{e9}"], &[], Protocol::Http).is_ok());
    assert!(judged(&["Host: caf\u{e9}"], &[], Protocol::Http).is_err());
}

#[cfg(feature = "grpc")]
#[test]
fn values_are_not_said() {
    for header in [
        "X s3cret",
        "X=s3cret",
        "X: s3cret\r\nY: z",
        "X\t: s3cret",
        "TE: s3cret",
        "X-Bin: s3cret!",
    ] {
        let problem = judged(&[header], &[], Protocol::Grpc).unwrap_err();
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}

#[cfg(feature = "grpc")]
#[test]
fn binary_metadata_is_base64() {
    for (value, is_taken) in [
        ("", true),
        ("aGk", true),
        ("aGk=", true),
        ("aGkx", true),
        ("aA", true),
        ("aA==", true),
        ("+/8=", true),
        ("a", false),
        ("aGkxa", false),
        ("aA=", false),
        ("aGk==", false),
        ("=", false),
        ("a===", false),
        ("aG k", false),
        ("aG-_", false),
    ] {
        let header = format!("trace-bin: {value}");
        assert_eq!(
            judged(&[&header], &[], Protocol::Grpc).is_ok(),
            is_taken,
            "{value}"
        );
        assert!(judged(&[&header], &[], Protocol::Http).is_ok());
    }
}

#[test]
fn files_are_named_and_read_when_they_are_needed() {
    for file in [
        "",
        "Authorization",
        "Authorization=",
        "=/a",
        "A B=/a",
        "TE=/a",
        "A: b=/a",
    ] {
        let problem = judged(&[], &[file], Protocol::Http).unwrap_err();
        assert!(problem.starts_with("--header-file: "), "{problem}");
    }
    assert!(
        judged(&["Host: a"], &["host=/a"], Protocol::Http)
            .unwrap_err()
            .contains("twice")
    );

    let path = std::env::temp_dir().join(format!("healthchecker-header-{}", std::process::id()));
    let option = format!("Authorization={}", path.display());
    let headers = judged(&["X: y"], &[&option], Protocol::Http).unwrap();
    let read = |content: &[u8]| {
        std::fs::write(&path, content).unwrap();
        let headers = headers
            .read(Protocol::Http)
            .map_err(|error| error.to_string())?;
        let [_, (name, value)] = &headers[..] else {
            panic!("{headers:?}");
        };
        assert_eq!(name, "authorization");
        Ok::<_, String>(value.as_bytes().to_vec())
    };
    assert_eq!(read(b"Bearer a=b\r\n").unwrap(), b"Bearer a=b");
    assert_eq!(read(b"replaced").unwrap(), b"replaced");
    for (content, problem) in [
        (&b" \n"[..], "its content is empty"),
        (b"secret\nX: y", "control characters"),
        (&[b's'; MAX_FILE + 1], "larger than 16 KiB"),
    ] {
        let said = read(content).unwrap_err();
        assert!(said.contains(problem) && !said.contains("secret"), "{said}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(headers.read(Protocol::Http).is_err());
    assert!(!format!("{headers:?}").contains('y'), "{headers:?}");
}
