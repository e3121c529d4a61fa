use super::*;

fn parse(url: &str) -> Result<Target, AnnounceError> {
    let instance = Instance::new("accounts", "10.0.0.7", 6767);
    let time = Duration::from_secs(15);
    Target::parse(url, Some(&instance), time, time, None)
}

#[test]
fn urls_of_four_kinds() {
    for (url, label) in [
        ("http://hc/ping/id", "ping at hc:80"),
        ("HTTP://[::1]:8500/ping/id?create=1", "ping at ::1:8500"),
        ("consul+http://127.0.0.1:8500", "consul at 127.0.0.1:8500"),
        ("consul+HTTP://consul:8500/", "consul at consul:8500"),
        ("etcd+http://etcd:2379/services/a", "etcd at etcd:2379"),
        ("etcd+http://etcd:2379//services/a/", "etcd at etcd:2379"),
        ("watchdog+http://[::1]:8500", "watchdog at ::1:8500"),
        ("Watchdog+HTTP://dog/behind/", "watchdog at dog:80"),
    ] {
        let target = parse(url).map_err(|error| panic!("{url}: {error}"));
        assert_eq!(target.ok().unwrap().label(), label);
    }
}

#[test]
fn what_is_refused_says_why_and_keeps_paths_to_itself() {
    for (url, says) in [
        ("", "URL \"…\": http://, consul"),
        ("/ping/secret", "URL \"…\": http://, consul"),
        (
            "https://hc/secret",
            "URL \"https://hc/…\": TLS is not spoken",
        ),
        ("consul+https://hc/", "TLS is not spoken"),
        ("etcd+https://hc/secret", "TLS is not spoken"),
        ("watchdog+https://hc/secret", "TLS is not spoken"),
        ("watchdog+http://hc/?token=secret", "no query is accepted"),
        ("watchdog+http://secret@hc", "no user is accepted"),
        ("watchdog://hc/secret", "or watchdog+http:// is accepted"),
        ("ftp://hc/secret", "URL \"ftp://hc/…\": http://, consul"),
        ("zookeeper+http://hc/secret", "http://, consul+http://"),
        ("ping+tcp://hc/secret", "http://, consul+http://"),
        (
            "http://user:secret@hc/secret",
            "URL \"http://hc/…\": no user",
        ),
        // A password with a character that ends a host.
        ("http://user:secret/?#@hc/", "URL \"http:///…\": "),
        ("http://user:/secret@hc/", "URL \"http:///…\": "),
        ("http:///secret", "URL \"http:///…\": "),
        ("http://hc:0/secret", "port 1-65535"),
        ("http://hc:http/secret", "URL \"http://hc:http/…\": "),
        ("http://h\nc/secret", "URL \"http://h\\nc/…\": "),
        ("consul+http://hc/?token=secret", "no query is accepted"),
        ("etcd+http://hc", "a key of plain characters"),
        ("etcd+http://hc/", "a key of plain characters"),
        ("etcd+http://hc/secret%20", "a key of plain characters"),
    ] {
        let error = parse(url).err().unwrap_or_else(|| panic!("{url} is taken"));
        assert_eq!(error.kind(), AnnounceErrorKind::InvalidUrl);
        let error = error.to_string();
        assert!(error.contains(says), "{url}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_registry_needs_an_instance() {
    let time = Duration::from_secs(15);
    let parse = |url| Target::parse(url, None, time, time, None);
    assert!(parse("http://hc/id").is_ok());
    for url in ["consul+http://hc", "etcd+http://hc/a", "watchdog+http://hc"] {
        let error = parse(url).err().unwrap();
        assert_eq!(error.kind(), AnnounceErrorKind::MissingInstance);
        assert!(error.to_string().contains("give an instance()"), "{error}");
    }
    let nowhere = Instance::new("a", "0.0.0.0", 1);
    let parse = |url| Target::parse(url, Some(&nowhere), time, time, None);
    assert!(parse("http://hc/id").is_ok(), "it is not told");
    for url in ["consul+http://hc", "etcd+http://hc/a", "watchdog+http://hc"] {
        let error = parse(url).err().unwrap();
        assert_eq!(error.kind(), AnnounceErrorKind::InvalidInstance);
    }
}
