use super::*;

#[test]
fn where_instances_are_checked() {
    assert!(Config::parse("").unwrap().registry.networks.is_empty());
    let text = "[registry]\ncheck_networks = [\"10.0.0.0/8\", \"fd00::/8\", \"127.0.0.1/32\", \"0.0.0.0/0\"]";
    let networks = Config::parse(text).unwrap().registry.networks;
    let shown: Vec<_> = networks.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["10.0.0.0/8", "fd00::/8", "127.0.0.1/32", "0.0.0.0/0"]
    );
    let is_in = |address: &str| {
        let address = address.parse().unwrap();
        let mut found = networks.iter().map(|network| network.contains(address));
        [0; 4].map(|_| found.next().unwrap())
    };
    assert_eq!(is_in("10.255.0.1"), [true, false, false, true]);
    assert_eq!(is_in("::ffff:10.0.0.1"), [true, false, false, true]);
    assert_eq!(is_in("fd12::1"), [false, true, false, false]);
    assert_eq!(is_in("127.0.0.1"), [false, false, true, true]);
    assert_eq!(is_in("127.0.0.2"), [false, false, false, true]);
    for (value, problem) in [
        ("10.0.0.0", "is no network; write as \"10.0.0.0/8\""),
        ("10.0.0.0/33", "is no network"),
        ("10.0.0.0/+8", "is no network"),
        ("::/129", "is no network"),
        ("app.example/8", "is no network"),
        ("10.0.0.1/8", "has bits set beyond its first 8"),
        ("fd00::1/64", "has bits set beyond its first 64"),
        ("1.0.0.0/0", "has bits set beyond its first 0"),
    ] {
        let error =
            Config::parse(&format!("[registry]\ncheck_networks = [\"{value}\"]")).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(error.line(), Some(2), "{error}");
    }
    let error = Config::parse("[registry]\nchecks = []").unwrap_err();
    assert!(
        error.to_string().contains("unknown field `checks`"),
        "{error}"
    );
}
