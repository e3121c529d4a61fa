use super::*;

fn check(test: &str, body: &str) -> Result<(), String> {
    JsonTest::parse(test.as_bytes())
        .expect(test)
        .check(body.as_bytes())
}

const REPORT: &str = r#"{"status":"UP","n":3,"f":1.50,"neg":-7,"ok":true,"none":null,"":"empty",
    "a/b":{"m~n":"x"},"list":[10,{"k":"v"},[]],"big":18446744073709551615,"twice":1,"twice":2}"#;

#[test]
fn values_that_are_there() {
    for test in [
        "/status=UP",
        "/n=3",
        "/n=3.0",
        "/f=1.5",
        "/neg=-7",
        "/ok=true",
        "/none=null",
        "/=empty",
        "/a~1b/m~0n=x",
        "/list/0=10",
        "/list/1/k=v",
        "/big=18446744073709551615",
        "/big=1.8446744073709551615e19",
        "/twice=2",
    ] {
        assert_eq!(check(test, REPORT), Ok(()), "{test}");
    }
    assert_eq!(check("=UP", "\"UP\""), Ok(()));
    assert_eq!(check("=", "\"\""), Ok(()));
    assert_eq!(check("/a=x=y", r#"{"a":"x=y"}"#), Ok(()));
}

#[test]
fn values_that_are_not() {
    for (test, expected) in [
        ("/status=up", "/status is \"UP\", not \"up\""),
        ("/n=4", "/n is 3, not \"4\""),
        (
            "/big=18446744073709551614",
            "/big is 18446744073709551615, not \"18446744073709551614\"",
        ),
        ("/n=three", "/n is 3, not \"three\""),
        ("/ok=1", "/ok is true, not \"1\""),
        ("/none=", "/none is null, not \"\""),
        ("/list=10", "/list is an array, not \"10\""),
        ("/a~1b=x", "/a~1b is an object, not \"x\""),
        ("/missing=x", "its body has nothing at /missing"),
        ("/status/x=UP", "its body has nothing at /status/x"),
        ("/list/3=x", "its body has nothing at /list/3"),
        ("/list/-=x", "its body has nothing at /list/-"),
        ("/list/00=10", "its body has nothing at /list/00"),
    ] {
        assert_eq!(check(test, REPORT), Err(expected.into()), "{test}");
    }
}

#[test]
fn bodies_that_are_not_json() {
    for body in [
        "",
        "UP",
        "{\"status\":\"UP\"",
        "{\"status\":\"UP\"}}",
        "{\"status\":\"UP\"} x",
        "<html>",
        "{\"status\":\"\\ud800\"}",
    ] {
        let problem = check("/status=UP", body).unwrap_err();
        assert!(
            problem.starts_with("its body is not JSON"),
            "{body:?}: {problem}"
        );
    }
}

#[test]
fn bodies_that_are_not_utf_8() {
    let test = JsonTest::parse(b"/status=UP").unwrap();
    let problem = test
        .check(&b"{\"status\":\"UP\",\"\xff\":1}"[..])
        .unwrap_err();
    assert!(problem.contains("not JSON (invalid utf-8"), "{problem}");
}

#[test]
fn large_and_deep_documents_end() {
    let large = format!("[{}1]", "0,".repeat(200_000));
    assert!(
        check("/0=0", &large)
            .unwrap_err()
            .contains("larger than 64 KiB")
    );
    let deep = format!("{}0{}", "[".repeat(30_000), "]".repeat(30_000));
    assert!(check("/0=0", &deep).unwrap_err().contains("an array"));
    let tokens = "/0".repeat(MAX_TOKENS);
    let problem = check(&format!("{tokens}=0"), &deep).unwrap_err();
    assert!(problem.contains("an array"), "{problem}");
    assert_eq!(JsonTest::parse(format!("{tokens}/0=0").as_bytes()), None);
}

#[test]
fn what_is_passed_over_is_any_json() {
    for body in [
        r#"{"a":1e999,"status":"UP"}"#,
        r#"{"\ud800":1,"status":"UP"}"#,
        r#"{"a":"\ud800","status":"UP"}"#,
        r#"{"status":1,"\u0073tatus":"UP"}"#,
    ] {
        assert_eq!(check("/status=UP", body), Ok(()), "{body}");
    }
    let huge = r#"{"a":1e99999999999999999999}"#;
    assert_eq!(check("/a=1e99999999999999999999", huge), Ok(()));
    assert!(check("/a/x=1", huge).unwrap_err().contains("nothing at"));
}

#[test]
fn a_document_of_64_kib_is_read() {
    let filled = |length: usize| format!("[0,\"{}\"]", "x".repeat(length - 6));
    assert_eq!(check("/0=0", &filled(64 * 1024)), Ok(()));
    let problem = check("/0=0", &filled(64 * 1024 + 1)).unwrap_err();
    assert!(problem.contains("larger than 64 KiB"), "{problem}");
}

#[test]
fn tests_that_are_refused() {
    for test in ["", "/status", "status=UP", "/a~=x", "/a~2=x", "#/a=x"] {
        assert_eq!(JsonTest::parse(test.as_bytes()), None, "{test:?}");
    }
    assert_eq!(JsonTest::parse(b"/a=\xff"), None);
}
