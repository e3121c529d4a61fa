//! Listeners, and what is said of all heartbeats.

use super::*;

pub(super) const REFUSED: &[Refused] = &[
    ("listen = []", "listen", &["127.0.0.1:8500", "[[listen]]"]),
    (
        "[listen]\naddress = \"127.0.0.1:1\"",
        "listen",
        &["line 1", "under [[listen]]"],
    ),
    ("lisen = 1", "", &["line 1", "`lisen`", "`listen`"]),
    (
        "[[listen]]\nadress = 1",
        "listen",
        &["line 2", "`adress`", "`address`"],
    ),
    (
        "[[listen]]\naddress = \"localhost:1\"",
        "listen.address",
        &["line 2", "localhost:1", "127.0.0.1:8500"],
    ),
    (
        "[[listen]]\naddress = \"127.0.0.1\"",
        "listen.address",
        &["\"127.0.0.1\"", "port"],
    ),
    (
        "[[listen]]\naddress = \"127.0.0.1:65536\"",
        "listen.address",
        &["65536"],
    ),
    ("[[listen]]\naddress = \"\"", "listen.address", &["\"\""]),
    (
        "[[listen]]\naddress = 8500",
        "listen.address",
        &["8500", "127.0.0.1:8500"],
    ),
    (
        "[[listen]]\ndialects = []",
        "listen[0]",
        &["speaks nothing", "gwd"],
    ),
    (
        "[[listen]]\ndialects = [\"consul\"]",
        "listen.dialects",
        &["consul", "heartbeat, gwd, ping, api"],
    ),
    (
        "[[listen]]\ndialects = \"gwd\"",
        "listen.dialects",
        &["\"gwd\"", "a list"],
    ),
    (
        "[[listen]]\nopen = \"yes\"",
        "listen.open",
        &["yes", "boolean"],
    ),
    (
        "[[listen]]\naddress = \"0.0.0.0:1\"",
        "listen[0]",
        &["0.0.0.0:1", "open = true", "gwd, ping, api"],
    ),
    (
        "[[listen]]\naddress = \"[::]:1\"",
        "listen[0]",
        &["open = true"],
    ),
    (
        "[[listen]]\n[[listen]]\naddress = \"10.0.0.1:1\"\ndialects = [\"heartbeat\"]",
        "listen[1]",
        &["10.0.0.1:1"],
    ),
    (
        "[[listen]]\naddress = \"[::ffff:10.0.0.1]:1\"",
        "listen[0]",
        &["open = true"],
    ),
    (
        "[[listen]]\n[[listen]]",
        "listen[1]",
        &["127.0.0.1:8500", "of its own"],
    ),
    (
        "[[listen]]\ntls = true",
        "listen.tls",
        &["line 2", "two files"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\" }",
        "listen.tls",
        &["`key`"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"a\", key = \"/b\" }",
        "listen.tls.certificate",
        &["\"a\"", "absolute"],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\", key = \"/b/\" }",
        "listen.tls.key",
        &["\"/b/\""],
    ),
    (
        "[[listen]]\ntls = { certificate = \"/a\", key = \"/b\", ca = \"/c\" }",
        "listen.tls",
        &["`ca`"],
    ),
    ("[heartbeat]\nstrict = 1", "heartbeat.strict", &["boolean"]),
    (
        "[heartbeat]\ntimeout = \"0s\"",
        "heartbeat.timeout",
        &["\"0s\"", "1s to 366d"],
    ),
    (
        "[heartbeat]\nperiod = \"1s\"",
        "heartbeat",
        &["`period`", "`timeout`"],
    ),
];

#[test]
fn loopback_and_open_addresses() {
    for (address, rest, is_good) in [
        ("127.0.0.1:1", "", true),
        ("127.255.255.254:1", "", true),
        ("[::1]:1", "", true),
        ("[::ffff:127.0.0.1]:1", "", true),
        ("127.0.0.1:0", "", true),
        ("0.0.0.0:1", "", false),
        ("0.0.0.0:1", "open = false", false),
        ("0.0.0.0:1", "open = true", true),
        ("0.0.0.0:1", "dialects = [\"heartbeat\", \"gwd\"]", false),
        ("0.0.0.0:1", "dialects = [\"gwd\", \"ping\", \"api\"]", true),
        ("[::]:1", "", false),
        ("[fe80::1]:1", "", false),
        ("192.168.0.1:1", "", false),
    ] {
        let text = format!("[[listen]]\naddress = \"{address}\"\n{rest}");
        assert_eq!(Config::parse(&text).is_ok(), is_good, "{text}");
    }
    let twice = "[[listen]]\naddress = \"127.0.0.1:0\"\n".repeat(2);
    assert_eq!(Config::parse(&twice).unwrap().listeners.len(), 2);
}
