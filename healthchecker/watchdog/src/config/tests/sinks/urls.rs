use crate::config::{SinkUrl, UrlError};

#[test]
fn urls() {
    for text in [
        "https://hooks.example",
        "http://hooks.example:8080/a/b?c=d&e",
        "https://xn--bcher-kva.example/%C3%A4",
        "http://192.0.2.1/",
        "http://[2001:db8::1]:80/",
        "http://localhost./",
        "http://a_b-c.1x/",
        "HTTPS://HOOKS.EXAMPLE/",
    ] {
        let url = SinkUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let shown = format!("{url} {url:?}");
        assert!(!shown.contains("?c") && !shown.contains("/a/b"), "{shown}");
    }
    let mut wrong = Vec::new();
    for (text, error) in [
        ("", UrlError::Form),
        ("hooks.example/a", UrlError::Form),
        ("//hooks.example/a", UrlError::Form),
        ("ftp://hooks.example/", UrlError::Form),
        ("https:///a", UrlError::Form),
        ("https://bücher.example/", UrlError::Form),
        ("https://hooks.example/ä", UrlError::Form),
        ("https://hooks.example/a b", UrlError::Form),
        ("https://hooks.example/\r\nx: y", UrlError::Form),
        ("https://hooks.example\\@evil.example/", UrlError::Form),
        ("https://me:secret@hooks.example/", UrlError::User),
        ("https://@hooks.example/", UrlError::User),
        ("https://hooks.example/#a", UrlError::Fragment),
        ("http://2130706433/", UrlError::Host),
        ("http://017700000001/", UrlError::Host),
        ("http://0x7f000001/", UrlError::Host),
        ("http://0x7f.1/", UrlError::Host),
        ("http://127.1/", UrlError::Host),
        ("http://127.0.0.1./", UrlError::Host),
        ("http://0177.0.0.1/", UrlError::Host),
        ("http://1.2.3.4.5/", UrlError::Host),
        ("http://a.0x1/", UrlError::Host),
        ("http://a..b/", UrlError::Host),
        ("http://./", UrlError::Host),
        ("http://a../", UrlError::Host),
        ("http://a:0/", UrlError::Host),
        ("http://a:/", UrlError::Host),
        ("http://a:65536/", UrlError::Host),
        ("http://a%2eb/", UrlError::Form),
        ("http://[::1%25eth0]/", UrlError::Host),
        ("http://[v1.a]/", UrlError::Host),
    ] {
        let found = SinkUrl::parse(text).err();
        if found != Some(error) {
            wrong.push((text, found));
        }
    }
    assert_eq!(wrong, []);
    let long = |length: usize| {
        let start = "https://a/";
        SinkUrl::parse(&format!("{start}{}", "b".repeat(length - start.len())))
    };
    assert!(long(2_000).is_ok());
    assert_eq!(long(2_001), Err(UrlError::TooLong));
}
