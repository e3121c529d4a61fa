//! Every state, as it is shown.

use super::*;

fn shown(house: &mut House) -> Vec<String> {
    let (status, lines) = house.get("status", "dc", "header=0");
    assert_eq!(status, 200);
    let short = |line: &str| {
        let fields: Vec<_> = line.split('\t').collect();
        assert_eq!(fields.len(), 5, "{line}");
        format!(
            "{} {} {} {}",
            fields[0],
            &fields[1][17..25],
            fields[2],
            fields[4]
        )
    };
    lines.lines().map(short).collect()
}

#[test]
fn states() {
    let mut house = House::new();
    house.settings.grace = 10_000;
    house.get("kick", "dc.a", "timeout=60");
    assert_eq!(shown(&mut house), ["KGOOD 18:53:32 dc.a K"]);
    house.pass(65);
    assert_eq!(shown(&mut house), ["KGOOD 18:53:32 dc.a K"], "it is late");
    house.pass(5);
    assert_eq!(shown(&mut house), ["TMOUT 18:53:32 dc.a K"]);
    house.one("dc.a", Deed::Restart { grace: 30_000 });
    assert_eq!(
        shown(&mut house),
        ["TMOUT 18:54:12 dc.a K"],
        "its restart is awaited"
    );
    let reason = "3 restarts".into();
    house.one("dc.a", Deed::GiveUp { reason });
    assert_eq!(shown(&mut house), ["TMOUT 18:54:12 dc.a K"]);
    let hold = |is_maintenance| {
        Deed::Sweep(Sweep::Hold {
            is_maintenance,
            until: NEVER,
        })
    };
    for is_maintenance in [false, true] {
        house.one("dc.a", hold(is_maintenance));
        assert_eq!(shown(&mut house), ["KGOOD 18:54:12 dc.a K"]);
    }
    house.get("fault", "dc.a", "reason=x");
    assert_eq!(shown(&mut house), ["KGOOD 18:54:12 dc.a K"]);
    house.one("dc.a", Deed::Sweep(Sweep::Release));
    assert_eq!(shown(&mut house), ["FAULT 18:53:42 dc.a FAULT:x"]);
    // Held, and never kicked: there is no deadline.
    house.get("fault", "dc.b", "reason=x");
    house.one("dc.b", hold(false));
    assert_eq!(shown(&mut house)[1], "KGOOD 18:53:42 dc.b K");
}

#[test]
fn one_that_was_never_kicked_is_not_shown() {
    let mut house = House::new();
    house.get("kick", "dc.a", "");
    let command = Command::One {
        target: Target::Key(Key::new(Namespace::Named, "dc.new").unwrap()),
        fresh: Some(crate::watches::Fresh {
            id: 99,
            uuid: None,
            kind: crate::watches::Kind::Kick,
            timeout: 60_000,
            grace: 0,
        }),
        deed: Deed::Configure(crate::watches::Settings::default()),
    };
    assert_eq!(house.apply(command).outcome, Outcome::Created);
    assert_eq!(shown(&mut house), ["KGOOD 18:57:32 dc.a K"]);
    house.one(
        "dc.new",
        Deed::Sweep(Sweep::Hold {
            is_maintenance: false,
            until: NEVER,
        }),
    );
    assert_eq!(shown(&mut house).len(), 1);
}

/// Whatever another dialect or an older store has left there.
#[test]
fn a_reason_breaks_no_line() {
    let mut house = House::new();
    house.get("kick", "dc.a", "");
    let reason = format!("a\tb\nKGOOD\u{2028}{}", "x".repeat(1_000)).into();
    let body = Box::default();
    house.one("dc.a", Deed::Fault { reason, body });
    let lines = shown(&mut house);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains(" FAULT:a b KGOOD x") && lines[0].len() < 600);
}

#[test]
fn one_answer_has_only_so_many() {
    let mut house = House::new();
    house.get("kick", "dc.a", "");
    let watch = house
        .table
        .select(Namespace::Named, "dc", "")
        .next()
        .unwrap();
    let listing = Listing {
        is_headed: true,
        is_name_first: false,
        zone: Zone::UTC,
    };
    let answer = |lines| answer::status(std::iter::repeat_n(watch, lines), listing, house.now);
    assert_eq!(text(&answer(MOST_LINES)).lines().count(), MOST_LINES + 1);
    let many = answer(MOST_LINES + 1);
    let line = "more than 100000 watches: ask for a longer prefix";
    assert_eq!((many.status, text(&many)), (400, line));
}

#[test]
fn zones_and_moments() {
    for text in [
        "", "+", "0000", "+000", "+00000", "+2400", "+0060", "-08:0", "+०१", "UTC", "+-100",
    ] {
        assert_eq!(Zone::parse(text), None, "{text}");
    }
    for (zone, wall, shown) in [
        ("+0000", 0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (
            "-0800",
            1_480_618_652_999,
            "Thu, 01 Dec 2016 10:57:32 -0800",
        ),
        (
            "+0530",
            1_480_618_652_000,
            "Fri, 02 Dec 2016 00:27:32 +0530",
        ),
        ("-0030", 951_868_799_000, "Tue, 29 Feb 2000 23:29:59 -0030"),
        // Beyond what the format has.
        ("-2359", 0, "Thu, 01 Jan 1970 00:00:00 -2359"),
        ("+2359", u64::MAX, "Fri, 31 Dec 9999 23:59:59 +2359"),
    ] {
        let zone = Zone::parse(zone).unwrap();
        assert_eq!(zone.show(wall), shown);
    }
}
