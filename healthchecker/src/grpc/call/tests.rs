use super::*;
use std::time::Duration;

fn request_with(headers: &[(&'static str, &'static str)]) -> Request<()> {
    let header = |(name, value): &(&'static str, &'static str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let call = Call {
        secure: true,
        authority: "localhost:1",
        service: "",
        headers: headers.iter().map(header).collect(),
        deadline: Deadline::after(Duration::from_secs(60)),
    };
    head(&call).unwrap()
}

#[test]
fn heads() {
    let request = request_with(&[]);
    let check = "https://localhost:1/grpc.health.v1.Health/Check";
    assert_eq!(request.uri(), check);
    let headers = request.headers();
    assert_eq!(headers["te"], "trailers");
    assert_eq!(headers["content-type"], "application/grpc");
    let timeout = headers["grpc-timeout"].to_str().unwrap();
    let millis: u32 = timeout.strip_suffix('m').unwrap().parse().unwrap();
    assert!((1..=60_000).contains(&millis), "{timeout}");
    let agent = headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("healthchecker/"), "{agent}");

    let request = request_with(&[
        ("host", "app.example"),
        ("user-agent", "me"),
        ("x", "1"),
        ("x", "2"),
    ]);
    assert_eq!(request.uri().authority().unwrap(), "app.example");
    let all = |name: &str| -> Vec<_> { request.headers().get_all(name).iter().cloned().collect() };
    assert_eq!(all("host"), Vec::<HeaderValue>::new());
    assert_eq!(all("user-agent"), ["me"]);
    assert_eq!(all("x"), ["1", "2"]);
}
