use super::*;

fn registration(address: &str, check: &str) -> String {
    format!(r#"{{"id":"1","name":"api","address":"{address}","port":8080,"check":{check}}}"#)
}

fn read(address: &str, check: &str) -> Result<Check, String> {
    match ask("POST", "/register", "", &registration(address, check)) {
        Ok(Request::Register(found)) => Ok(found.service.check.unwrap()),
        Ok(other) => panic!("{other:?}"),
        Err(answer) => Err(text(&answer).1.trim_end().to_owned()),
    }
}

fn target(address: &str, target: &str) -> Result<String, String> {
    read(address, &format!("\"{target}\"")).map(|check| check.target)
}

#[test]
fn a_check_leads_to_the_address_that_is_registered() {
    for (address, given, whole) in [
        ("10.0.0.5", "http://:81/health", "http://10.0.0.5:81/health"),
        (
            "10.0.0.5",
            "http:///health?a=b",
            "http://10.0.0.5:8080/health?a=b",
        ),
        ("10.0.0.5", "tcp://", "tcp://10.0.0.5:8080"),
        ("10.0.0.5", "tcp://10.0.0.5:22", "tcp://10.0.0.5:22"),
        ("fd00::1", "http://[fd00:0::1]/x", "http://[fd00::1]:8080/x"),
        ("fd00::1", "tcp://:1", "tcp://[fd00::1]:1"),
        ("::ffff:10.0.0.5", "tcp://:1", "tcp://10.0.0.5:1"),
        ("10.0.0.5", "tcp://[::ffff:10.0.0.5]:1", "tcp://10.0.0.5:1"),
    ] {
        assert_eq!(target(address, given).as_deref(), Ok(whole), "{given}");
    }
}

#[test]
fn a_check_leads_nowhere_else() {
    for (address, given) in [
        ("10.0.0.5", "http://10.0.0.6/"),
        ("10.0.0.5", "http://localhost/"),
        ("10.0.0.5", "http://10.0.0.5.evil.example/"),
        ("10.0.0.5", "http://10.0.0.5@10.0.0.6/"),
        ("10.0.0.5", "http://:80@10.0.0.6/"),
        ("10.0.0.5", "http://10.0.0.5\\\\@10.0.0.6/"),
        ("10.0.0.5", "http://:80:80/"),
        ("10.0.0.5", "http://[10.0.0.5/"),
        ("10.0.0.5", "http://[fd00::1]:1/"),
        ("10.0.0.5", "http://0xa.0.0.5/"),
        ("10.0.0.5", "http://10.5/"),
        ("10.0.0.5", "http://:0/"),
        ("10.0.0.5", "http://:+80/"),
        ("10.0.0.5", "http://:65536/"),
        ("10.0.0.5", "http://?/"),
        ("10.0.0.5", "http:///a b"),
        ("10.0.0.5", "http:///a\\r\\nX: y"),
        ("10.0.0.5", "tcp:///path"),
        ("10.0.0.5", "unix:/run/docker.sock"),
        ("10.0.0.5", "unix:///run/docker.sock"),
        ("10.0.0.5", "file:///etc/passwd"),
        ("10.0.0.5", "HTTP://10.0.0.5/"),
        ("10.0.0.5", ""),
        ("app.example", "http:///"),
        ("localhost", "http:///"),
        ("fd00::1%eth0", "http:///"),
        ("127.0.0.1", "http:///"),
        ("::1", "http:///"),
        ("::ffff:127.0.0.1", "http:///"),
        ("0.0.0.0", "http:///"),
        ("169.254.169.254", "http:///latest/meta-data"),
        ("::ffff:169.254.169.254", "http:///"),
    ] {
        let problem = target(address, given).expect_err(given);
        assert!(
            problem.starts_with("check: ") && !problem.contains('\n'),
            "{problem}"
        );
    }
}

#[test]
fn without_networks_nobody_is_checked() {
    let body = registration("10.0.0.5", "\"tcp://\"");
    let call = Call {
        method: "POST",
        path: "/register",
        body: body.as_bytes(),
        ..Call::default()
    };
    let answer = parse(&call, &Rules::default()).unwrap_err();
    assert_eq!(
        text(&answer),
        (
            400,
            "check: this server checks nobody; its configuration must name where it may, \
             [registry] check_networks = [\"10.0.0.0/8\"]\n"
        )
    );
    // What was kept is held against what is configured now.
    let check = read("10.0.0.5", "\"tcp://\"").unwrap();
    let place = |address, port| Place { address, port };
    assert!(check.probe(&place("10.0.0.5", 1), &rules()).is_ok());
    assert!(
        check
            .probe(&place("10.0.0.5", 1), &Rules::default())
            .is_err()
    );
    assert!(check.probe(&place("10.0.0.6", 1), &rules()).is_err());
}

#[test]
fn times_and_failures() {
    let check = read("10.0.0.5", "\"tcp://\"").unwrap();
    assert_eq!(
        (check.every_ms, check.timeout_ms, check.failures),
        (10_000, 2_000, 3)
    );
    assert_eq!(check.share(), 200);
    let all = r#"{"target":"tcp://","every":"1s","failures":1}"#;
    let check = read("10.0.0.5", all).unwrap();
    assert_eq!(
        (check.every_ms, check.timeout_ms, check.failures),
        (1_000, 1_000, 1)
    );
    for (members, problem) in [
        (
            r#""every":"30s""#,
            "check.every must be 1s to 1h, and shorter than ttl",
        ),
        (
            r#""every":"999ms""#,
            "check.every must be 1s to 1h, and shorter than ttl",
        ),
        (
            r#""every":10"#,
            "check.every must be a duration up to 366d in quotes",
        ),
        (
            r#""timeout":"11s","every":"20s""#,
            "check.timeout must be 10ms to 10s",
        ),
        (
            r#""timeout":"3s","every":"2s""#,
            "check.timeout must be 10ms to 10s",
        ),
        (
            r#""failures":0"#,
            "check.failures must be a whole number from 1 to 100",
        ),
    ] {
        let found = read("10.0.0.5", &format!("{{\"target\":\"tcp://\",{members}}}"));
        let found = found.expect_err(members);
        assert!(found.starts_with(problem), "{found}");
    }
    assert_eq!(
        read("10.0.0.5", "{}").unwrap_err(),
        "check.target is missing"
    );
    assert!(
        read("10.0.0.5", "7")
            .unwrap_err()
            .starts_with("check must be a target")
    );
}

#[test]
fn who_is_checked_has_its_checks_for_beats() {
    let mut house = House::new();
    house.register(&registration("10.0.0.5", "\"tcp://\""));
    house.pass(29);
    assert_eq!(house.act("/heartbeat", "name=api&id=1").status, 200);
    house.news();
    house.pass(1);
    assert_eq!(house.news(), [("health_change", "unhealthy")]);
}
