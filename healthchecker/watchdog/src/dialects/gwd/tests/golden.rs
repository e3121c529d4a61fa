//! What the clients in Go and in Python send, and what they are answered, byte for byte.

use super::*;

const SERVER1: &str = "05450bd561e027c60ce15cf5640ea66fe9efc357111712fc583c7ffd68e72b69";
const DC: &str = "80848cbb34dd996509cb8ae1eba5a0500fd9beaa5cdf14531464947e74485d6e";

#[test]
fn kick() {
    let mut house = House::new();
    let kick = format!("/kick/dc.server1?timeout=60&hmac={SERVER1}");
    assert_eq!(house.ask(&kick, GO), good(""));
    let known = Key::new(Namespace::Named, "dc.server1").unwrap();
    assert_eq!(house.table.get(&known).unwrap().timeout, 60_000);
    house.pass(60);
    let status = format!("/status/dc?hmac={DC}&header=0");
    let line = "TMOUT\tThu, 01 Dec 2016 18:53:32 +0000\tdc.server1\t0\tK\n";
    assert_eq!(house.ask(&status, GO), good(line));
    house.pass(5);
    // It clears the time-out and adds to the time that it was down; without a timeout, 300 s.
    assert_eq!(
        house.ask(&format!("/kick/dc.server1?hmac={SERVER1}"), PYTHON),
        good("")
    );
    let line = "KGOOD\tThu, 01 Dec 2016 18:58:37 +0000\tdc.server1\t5000\tK\n";
    assert_eq!(house.ask(&status, GO), good(line));
}

#[test]
fn fault() {
    let mut house = House::new();
    // It makes a name that nobody has kicked. Go sends a plus for a space.
    let fault = format!("/fault/dc.server1?reason=812.10+MB+available&hmac={SERVER1}");
    assert_eq!(house.ask(&fault, GO), good(""));
    let status = format!("/status/dc?header=0&hmac={DC}");
    house.pass(1);
    let line =
        "FAULT\tThu, 01 Dec 2016 18:52:32 +0000\tdc.server1\t1000\tFAULT:812.10 MB available\n";
    assert_eq!(house.ask(&status, GO), good(line));
    // Python sends %20 and a bare slash. Another text is the same episode, since the same moment.
    let fault = format!("/fault/dc.server1?reason=no%20space%20on%20/var%2Flog%3F&hmac={SERVER1}");
    assert_eq!(house.ask(&fault, PYTHON), good(""));
    let line =
        "FAULT\tThu, 01 Dec 2016 18:52:32 +0000\tdc.server1\t1000\tFAULT:no space on /var/log?\n";
    assert_eq!(house.ask(&status, GO), good(line));
    // It does not end by itself, but by a kick.
    house.pass(400);
    assert!(house.ask(&status, GO).1.starts_with("FAULT\t"));
    house.ask(&format!("/kick/dc.server1?timeout=300&hmac={SERVER1}"), GO);
    assert!(
        house
            .ask(&status, GO)
            .1
            .ends_with("\tdc.server1\t401000\tK\n")
    );
}

#[test]
fn retire_and_clear() {
    let mut house = House::new();
    for name in ["dc.server1", "dc.server1.disk", "dc.server10", "dc.server2"] {
        house.get("fault", name, "reason=x");
    }
    house.pass(7);
    let down = |house: &mut House| -> Vec<String> {
        let (_, lines) = house.get("status", "dc", "header=0");
        lines
            .lines()
            .map(|line| line.split('\t').nth(3).unwrap().to_owned())
            .collect()
    };
    assert_eq!(down(&mut house), ["7000"; 4]);
    assert_eq!(house.get("clear", "dc.server1", ""), good(""));
    // A prefix is text, and an authority is labels.
    assert_eq!(down(&mut house), ["0", "0", "0", "7000"]);
    assert_eq!(
        house.ask(&format!("/retire/dc.server1?hmac={SERVER1}"), PYTHON),
        good("")
    );
    assert_eq!(down(&mut house), ["7000"]);
    assert_eq!(house.get("retire", "dc.nobody", ""), good(""));
    // A later kick makes it anew.
    assert_eq!(house.get("kick", "dc.server1", "timeout=300"), good(""));
    assert_eq!(down(&mut house), ["0", "7000"]);
}

/// Go cuts 64 characters out and panics where there are fewer, Python takes all.
#[test]
fn auth() {
    let mut house = House::new();
    let token = "1810c2d3e89ece4d3f24a9b14ed90350aa00d3a058ff976f5b9c8aa2137bc816";
    assert_eq!(
        house.ask(&format!("/auth/dc.server1?hmac={SERVER1}"), GO),
        good(token)
    );
    let row = house.tokens.rows().last().unwrap();
    assert_eq!(
        (&*row.prefix, &*row.verbs, &*row.note),
        ("dc.server1", ALL, "made by token 1")
    );
    // The new token is one, and reaches no further.
    let bearer = format!("Bearer {token}");
    for (target, status) in [
        ("/kick/dc.server1.disk", 200),
        ("/auth/dc.server1.disk", 200),
        ("/kick/dc.server10", 403),
        ("/auth/dc", 403),
    ] {
        let answer = house.answer("POST", target, None, Some(&bearer));
        assert_eq!(answer.status, status, "{target}");
    }
}

#[test]
fn a_token_gives_no_more_than_it_has_and_no_longer() {
    let mut house = House::new();
    let expires = house.now.wall + 60_000;
    let wish = Wish {
        prefix: "x",
        verbs: Verbs::parse("auth kick signed").unwrap(),
        expires,
        note: "",
    };
    house.token = house.tokens.mint(&wish, house.now.wall).unwrap();
    assert_eq!(house.get("auth", "x.y.", "").0, 200);
    let row = house.tokens.rows().last().unwrap();
    assert_eq!(
        (&*row.prefix, &*row.verbs, row.expires),
        ("x.y", "kick auth signed", expires)
    );
}

#[test]
fn status_in_both_orders_with_a_header() {
    let mut house = House::new();
    house.settings.zone = Zone::parse("-0800").unwrap();
    house.get("kick", "dc.server1", "timeout=300");
    let status = format!("/status/dc?hmac={DC}&header=1");
    let go = "STATE\tEXPIRES\tNAME\tCUMD\tREASON\n\
        KGOOD\tThu, 01 Dec 2016 10:57:32 -0800\tdc.server1\t0\tK\n";
    let python = "STATE\tNAME\tEXPIRES\tCUMD\tREASON\n\
        KGOOD\tdc.server1\tThu, 01 Dec 2016 10:57:32 -0800\t0\tK\n";
    for (order, agent, lines) in [
        (Order::Auto, Some(GO), go),
        (Order::Auto, Some(PYTHON), python),
        (Order::Auto, Some("curl/8.5 python-requests/2"), go),
        (Order::Auto, None, go),
        (Order::Go, Some(PYTHON), go),
        (Order::Python, Some(GO), python),
    ] {
        house.settings.order = order;
        let answer = house.answer("GET", &status, agent, None);
        assert_eq!(
            (answer.status, text(&answer)),
            (200, lines),
            "{order:?} {agent:?}"
        );
    }
    house.settings.order = Order::Auto;
    // Nothing that begins so is no line, and no error.
    assert_eq!(house.get("status", "dc.nobody", "header=0"), good(""));
    assert_eq!(
        house.get("status", "dc.nobody", "header=1"),
        good("STATE\tEXPIRES\tNAME\tCUMD\tREASON\n")
    );
}

#[test]
fn monitor_and_delmonitor() {
    let mut house = House::new();
    let url = "args=https%3A%2F%2Fhooks.slack.com%2Fservices%2FT%2FB%2FX";
    let id = "0000000000000000000000000000feed";
    let target = format!("/monitor/1/dc?hmac={DC}&{url}");
    assert_eq!(house.ask(&target, GO), good(id));
    let (_, act) = house.monitors.last().unwrap();
    let expected = Act::Monitor {
        prefix: "dc".into(),
        authority: "dc".into(),
        url: "https://hooks.slack.com/services/T/B/X".into(),
    };
    assert_eq!(*act, expected);
    assert_eq!(house.ask(&format!("/delmonitor/{id}"), GO), good(""));
    let gone = (404, "there is no monitor of this id".to_owned());
    assert_eq!(house.ask(&format!("/delmonitor/{id}"), GO), gone);
}

#[test]
fn post_is_taken_too_and_headers_are_said() {
    let mut house = House::new();
    let kick = format!("/kick/dc.server1?timeout=60&hmac={SERVER1}");
    let answer = house.answer("POST", &kick, None, None);
    assert_eq!((answer.status, text(&answer)), (200, ""));
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("allow"), None);
    for method in ["HEAD", "PUT", "get", ""] {
        let answer = house.answer(method, &kick, None, None);
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET, POST"))
        );
    }
    let answer = house.answer("GET", "/kick/dc", None, None);
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (401, Some("Bearer"))
    );
}

#[test]
fn a_hash_of_a_kick_neither_retires_nor_makes_tokens() {
    let mut house = House::with("kick fault status retire clear auth monitor");
    let bearer = format!("Bearer {}", house.token.secret.text());
    for (route, status) in [
        ("kick", 200),
        ("fault", 200),
        ("status", 200),
        ("retire", 403),
        ("clear", 403),
        ("auth", 403),
    ] {
        assert_eq!(house.get(route, "dc.a", "").0, status, "{route}");
        let answer = house.answer("POST", &format!("/{route}/dc.a"), None, Some(&bearer));
        assert_eq!(answer.status, 200, "{route}");
    }
}
