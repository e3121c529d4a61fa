use super::*;

fn refused(builder: Builder) -> (&'static str, String) {
    let error = builder.build().expect_err("refused");
    (error.option(), error.to_string())
}

fn local() -> Builder {
    Probe::builder("http://localhost:6767/health")
}

#[test]
fn what_is_accepted() {
    let everything = local()
        .method(Method::Get)
        .header("Host: app.example")
        .header("X-Empty:")
        .status("200-299,407")
        .contains("UP")
        .timeout(Duration::from_millis(1));
    assert!(everything.build().is_ok());
    assert!(local().timeout(Duration::from_secs(3600)).build().is_ok());
    assert!(local().contains([b'x'; 4096]).build().is_ok());
    for url in [
        "tcp://localhost:1",
        "unix:/run/app.sock",
        "http://192.0.2.1/",
    ] {
        assert!(Probe::builder(url).build().is_ok(), "{url}");
    }
}

#[test]
fn what_is_refused_is_named() {
    for (builder, option, words) in [
        (Probe::builder("localhost:6767"), "url", "unknown scheme"),
        (local().header("K"), "header", "\"K\" is not a header"),
        (local().header("Content-Length: 1"), "header", "sets itself"),
        (
            local().header("Host: a").header("host: b"),
            "header",
            "twice",
        ),
        (
            local().status("2xx"),
            "status",
            "bad value \"2xx\"; accepted: codes and ranges",
        ),
        (local().contains(""), "contains", "empty"),
        (local().contains([b'x'; 4097]), "contains", "4 KiB"),
        (
            local().contains("x").method(Method::Head),
            "contains",
            "HEAD",
        ),
        (local().timeout(Duration::ZERO), "timeout", "accepted"),
        (
            local().timeout(Duration::from_secs(3601)),
            "timeout",
            "accepted",
        ),
        (
            Probe::builder("tcp://localhost:1").header_file("K=/f"),
            "header-file",
            "tcp://",
        ),
        (local().header_file("K"), "header-file", "NAME=FILE"),
        (
            Probe::builder("tcp://localhost:1").status("200"),
            "status",
            "tcp://",
        ),
        (
            Probe::builder("tcp://localhost:1").header("K: V"),
            "header",
            "tcp://",
        ),
        (
            Probe::builder("tcp://localhost:1").contains("x"),
            "contains",
            "tcp://",
        ),
        (
            Probe::builder("tcp://localhost:1").method(Method::Get),
            "method",
            "tcp://",
        ),
    ] {
        let (named, text) = refused(builder);
        assert_eq!(named, option, "{text}");
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn values_are_escaped_and_cut() {
    let (_, text) = refused(local().status(format!("\x1b[31m{}", "x".repeat(10_000))));
    assert!(text.len() < 500 && text.contains("\\x1b"), "{text}");
}

#[cfg(not(feature = "remote"))]
#[test]
fn names_need_a_feature() {
    let (_, text) = refused(Probe::builder("http://example.com/"));
    assert!(
        text.contains("example.com") && text.contains("remote"),
        "{text}"
    );
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_needs_a_feature() {
    let (_, text) = refused(Probe::builder("https://localhost/"));
    assert!(text.contains("https://") && text.contains("tls"), "{text}");
}

#[cfg(feature = "tls")]
#[test]
fn tls_options_need_tls() {
    let secure = || Probe::builder("https://localhost/");
    assert!(
        secure()
            .cacert("/ca.pem")
            .server_name("app.example")
            .build()
            .is_ok()
    );
    assert!(secure().insecure(true).build().is_ok());
    for (builder, option) in [
        (local().cacert("/ca.pem"), "cacert"),
        (local().server_name("x"), "server-name"),
        (local().insecure(true), "insecure"),
        (secure().insecure(true).cacert("/ca.pem"), "insecure"),
        (secure().server_name("not a name"), "server-name"),
        (local().cert("/me.pem"), "cert"),
        (local().key("/me.key"), "key"),
        (secure().key("/me.key"), "key"),
    ] {
        assert_eq!(refused(builder).0, option);
    }
}

#[cfg(feature = "grpc")]
#[test]
fn calls_take_headers_and_nothing_else_of_http() {
    let call = || Probe::builder("grpc://localhost:1");
    assert!(call().header("K: V").header_file("A=/f").build().is_ok());
    let (option, text) = refused(call().status("200"));
    assert!(option == "status" && text.contains(" grpc://"), "{text}");
    #[cfg(feature = "tls")]
    {
        let (option, text) = refused(Probe::builder("grpcs://localhost:1").contains("x"));
        assert!(option == "contains" && text.contains(" grpcs://"), "{text}");
    }
}

#[cfg(feature = "json")]
#[test]
fn json_tests_are_pointers_with_values() {
    assert!(local().json("/status=UP").build().is_ok());
    assert_eq!(refused(local().json("status=UP")).0, "json");
    assert_eq!(refused(local().json("/a=b").method(Method::Head)).0, "json");
    assert_eq!(
        refused(Probe::builder("tcp://localhost:1").json("/a=b")).0,
        "json"
    );
}

#[test]
fn handles_are_send_and_sync() {
    fn check<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    check::<Builder>();
    check::<Probe>();
    check::<OptionsError>();
    check::<crate::verdict::Verdict>();
}
