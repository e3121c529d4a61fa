//! What is refused: status and line. Nothing of it changes anything.

use super::*;

const CHARACTER: &str = "the name has a character other than a-z, 0-9, . and _";
const TIMEOUT: &str = "timeout must be a whole number of seconds from 1 to 31622400";
const HMAC: &str = "hmac must be 64 hexadecimal digits in lower case";
const NO_HMAC: &str = "hmac is missing: SHA-256 of the token and the name, in hexadecimal";
const WRONG: &str = "no token that reaches this name fits";
const URL: &str = "args must be a URL that the server's configuration allows";

#[test]
fn names() {
    let mut house = House::new();
    let long = "a".repeat(201);
    let huge = "a".repeat(1 << 20);
    for (name, line) in [
        ("", "the name is empty"),
        (".", "the name consists of dots"),
        ("..", "the name consists of dots"),
        (&*long, "the name is longer than 200 bytes"),
        (&huge, "the name is longer than 200 bytes"),
        ("dc.Server1", CHARACTER),
        ("dc-server1", CHARACTER),
        ("dc/server1", CHARACTER),
        ("dc.server1/", CHARACTER),
        ("dc%2eserver1", CHARACTER),
        ("dc server1", CHARACTER),
        ("dc.sérver1", CHARACTER),
        ("dc\u{0}", CHARACTER),
        ("dc\t", CHARACTER),
        ("dc\u{80}\u{0}x", CHARACTER),
    ] {
        for route in [
            "kick",
            "fault",
            "retire",
            "clear",
            "auth",
            "status",
            "monitor/1",
        ] {
            // Also with the hash that would fit.
            let found = house.get(route, name, "args=https://hooks.slack.com/");
            assert_eq!(found, (400, line.to_owned()), "{route}");
        }
    }
    let (status, line) = house.ask("/monitor/1", GO);
    assert_eq!((status, &*line), (400, "the name is empty"));
    assert!(house.table.is_empty());
}

#[test]
fn hashes() {
    let mut house = House::new();
    let fit = house.hmac("dc.a");
    let other = house.hmac("dc.b");
    let flipped = fit.replace(|digit: char| digit.is_ascii_digit(), "0");
    for (query, status, line) in [
        (String::new(), 401, NO_HMAC),
        ("hmac=".into(), 401, NO_HMAC),
        ("timeout=60".into(), 401, NO_HMAC),
        ("HMAC=".to_owned() + &fit, 401, NO_HMAC),
        (format!("hmac={}", &fit[..63]), 403, HMAC),
        (format!("hmac={fit}0"), 403, HMAC),
        (format!("hmac={}", fit.to_uppercase()), 403, HMAC),
        (format!("hmac=+{fit}"), 403, HMAC),
        (format!("hmac={fit}%00"), 403, HMAC),
        ("hmac=x".into(), 403, HMAC),
        (format!("hmac={}", "0".repeat(1 << 20)), 403, HMAC),
        (format!("hmac={other}"), 403, WRONG),
        (format!("hmac={flipped}"), 403, WRONG),
        (format!("hmac={}", "0".repeat(64)), 403, WRONG),
        // The first one counts.
        (format!("hmac={other}&hmac={fit}"), 403, WRONG),
    ] {
        let found = house.ask(&format!("/kick/dc.a?{query}"), GO);
        assert_eq!(found, (status, line.to_owned()), "{query:.80}");
    }
    assert!(house.table.is_empty());
    assert_eq!(house.ask(&format!("/kick/dc.a?hmac={fit}"), GO).0, 200);
    // A proxy's own is none of this server's business.
    let target = format!("/kick/dc.a?hmac={fit}");
    for authorization in ["Basic eDp5", ""] {
        let answer = house.answer("GET", &target, None, Some(authorization));
        assert_eq!(answer.status, 200, "{authorization}");
    }
    // A bearer's token in the header counts, whatever the query has.
    for authorization in ["Bearer x", "bearer "] {
        let answer = house.answer("GET", &target, None, Some(authorization));
        assert_eq!(
            (answer.status, text(&answer)),
            (403, WRONG),
            "{authorization}"
        );
    }
}

/// A token of a neighbour is as good as none.
#[test]
fn authorities() {
    let mut house = House::new();
    for name in ["dcx", "d", "server1", "x.dc"] {
        assert_eq!(
            house.get("kick", name, ""),
            (403, WRONG.to_owned()),
            "{name}"
        );
    }
    let expires = house.now.wall;
    let wish = Wish {
        prefix: "dc",
        verbs: Verbs::USUAL,
        expires,
        note: "",
    };
    house.token = house.tokens.mint(&wish, house.now.wall).unwrap();
    let line = "the token has expired: ask for another one";
    assert_eq!(house.get("kick", "dc", ""), (403, line.to_owned()));
    house.tokens.revoke(2, expires);
    let line = "the token was revoked: ask for another one";
    assert_eq!(house.get("kick", "dc", ""), (403, line.to_owned()));
    assert!(house.table.is_empty());
}

#[test]
fn timeouts() {
    let mut house = House::new();
    for timeout in [
        "",
        "0",
        "00",
        "-1",
        "-0",
        "%2B5",
        "+5",
        "5+",
        "1.5",
        "1e3",
        "0x10",
        "5s",
        "NaN",
        "inf",
        "31622401",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709552",
        "%D9%A3",
        "5%00",
        &"9".repeat(1 << 20),
    ] {
        let found = house.get("kick", "dc.a", &format!("timeout={timeout}"));
        assert_eq!(found, (400, TIMEOUT.to_owned()), "{timeout:.40}");
    }
    assert!(house.table.is_empty());
    for (timeout, millis) in [("1", 1_000), ("31622400", 31_622_400_000), ("0060", 60_000)] {
        let found = house.get("kick", "dc.a", &format!("timeout={timeout}"));
        assert_eq!(found, good(""));
        let key = Key::new(Namespace::Named, "dc.a").unwrap();
        assert_eq!(house.table.get(&key).unwrap().timeout, millis);
    }
}

#[test]
fn reasons() {
    let mut house = House::new();
    let megabyte = "%C3%A4".repeat(1 << 20);
    let kept = "ä".repeat(250);
    for (reason, shown) in [
        ("", ""),
        ("a%09b", "a b"),
        ("a%0D%0AKGOOD%09x", "a  KGOOD x"),
        ("a%00%1b[31m%7f", "a  [31m "),
        ("%0B%0C%1C%1D%1E%C2%85%E2%80%A8%E2%80%A9.", "        ."),
        ("%FF%fe", "\u{fffd}\u{fffd}"),
        ("100%", "100%"),
        ("a%2Bb+c", "a+b c"),
        ("a\tb\nc", "a b c"),
        (&megabyte, &kept),
    ] {
        assert_eq!(
            house.get("fault", "dc.a", &format!("reason={reason}")),
            good("")
        );
        let (_, lines) = house.get("status", "dc.a", "header=0");
        assert!(lines.ends_with(&format!("\tFAULT:{shown}\n")), "{lines:?}");
        assert_eq!(
            (lines.matches('\n').count(), lines.matches('\t').count()),
            (1, 4)
        );
    }
    assert_eq!(house.get("fault", "dc.b", ""), good(""));
    assert!(house.get("status", "dc.b", "").1.ends_with("\tFAULT:\n"));
}

#[test]
fn monitors() {
    let mut house = House::new();
    let line = "the type of a monitor must be 1, which is Slack";
    for kind in ["0", "2", "01", "", "slack", "1%20"] {
        let target = format!(
            "/monitor/{kind}/dc?hmac={}&args=https://hooks.slack.com/",
            house.hmac("dc")
        );
        assert_eq!(house.ask(&target, GO), (400, line.to_owned()), "{kind}");
    }
    let long = format!("https://hooks.slack.com/{}", "a".repeat(1_000));
    for url in [
        "",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com",
        "https://hooks.slack.com.evil.example/",
        "https://hooks.slack.com@evil.example/",
        "https://hooks.slack.com:8443/",
        "HTTPS://hooks.slack.com/",
        " https://hooks.slack.com/",
        "https://hooks.slack.com/%0d%0aHost:x",
        "https://hooks.slack.com/a%20b",
        "https://hooks.slack.com/%5C",
        "https://hooks.slack.com/%C3%A4",
        "file:///etc/passwd",
        &long,
    ] {
        let target = format!("/monitor/1/dc?hmac={}&args={url}", house.hmac("dc"));
        assert_eq!(house.ask(&target, GO), (400, URL.to_owned()), "{url}");
    }
    let target = format!("/monitor/1/dc?hmac={}", house.hmac("dc"));
    assert_eq!(house.ask(&target, GO), (400, URL.to_owned()));
    // A configured beginning that names no whole host allows nothing.
    for beginning in [
        "",
        "https://",
        "https://hooks.slack.com",
        "https:///",
        "http://a/",
    ] {
        house.settings.monitors = vec![beginning.into()];
        let target = format!("{target}&args={beginning}.evil.example/");
        assert_eq!(house.ask(&target, GO), (400, URL.to_owned()), "{beginning}");
    }
    assert!(house.monitors.is_empty());
    for id in [
        "",
        "x",
        "feed",
        "0000000000000000000000000000FEED",
        &"0".repeat(33),
        "+0000000000000000000000000000000",
        "a/b",
    ] {
        assert_eq!(house.ask(&format!("/delmonitor/{id}"), GO).0, 404, "{id}");
    }
}

#[test]
fn what_is_no_route_is_somebody_else_s() {
    for path in [
        "",
        "/",
        "kick/a",
        "/kick",
        "/status",
        "/Kick/a",
        "/kicks/a",
        "//kick/a",
        "/ping/a",
        "/api/kick/a",
        "*",
    ] {
        let call = Call {
            method: "GET",
            path,
            ..Call::default()
        };
        assert!(parse(&call, &Settings::default()).is_none(), "{path}");
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    for (outcome, status) in [
        (Outcome::Done(0), 200),
        (Outcome::Missing, 200),
        (Outcome::Full, 429),
        (Outcome::Bounds, 400),
        (Outcome::Unfit, 400),
    ] {
        assert_eq!(answer::done(outcome).status, status, "{outcome:?}");
    }
    let often = answer::refused(&Refusal::TooOften(1_001));
    assert_eq!(
        (often.status, often.header("retry-after")),
        (429, Some("2"))
    );
    assert_eq!(text(&often), "too many requests: try again in 2 s");
    let mut house = House::new();
    let bodies: Vec<_> = (0..17).map(|_| house.get("auth", "dc.a", "")).collect();
    assert!(
        bodies[..16]
            .iter()
            .all(|(status, body)| *status == 200 && body.len() == 64)
    );
    let line = "16 tokens of this prefix are valid: revoke one";
    assert_eq!(bodies[16], (429, line.to_owned()));
}
