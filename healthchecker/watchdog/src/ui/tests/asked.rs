//! What a link asks for, and what is picked for it.

use proptest::prelude::*;

use super::*;

#[test]
fn odd_values_are_refused_and_strange_ones_left_alone() {
    for query in [
        "",
        "?",
        "utm_source=chat&sort=due",
        "q=&prefix=&view=list&sort=worst",
        "state=",
        "state=down,,late",
        "state=down&state=late",
        "sort=due&sort=name",
        "after=x&at=-1",
        "%00=%ff&q=%ff",
    ] {
        assert!(Ask::read(query).is_ok(), "{query}");
    }
    let long = format!("q={}", "a".repeat(401));
    for query in [
        "sort=best",
        "sort=",
        "view=grid",
        "state=dead",
        "state=retired",
        "state=up,",
        "state=UP",
        &long,
        &long.replace("q=", "prefix="),
    ] {
        let is_odd = query != "state=up,";
        assert_eq!(Ask::read(query).is_err(), is_odd, "{query}");
    }
}

proptest! {
    #[test]
    fn a_link_asks_for_the_same(
        sort in "worst|name|due|since|down",
        states in prop::collection::vec("down|gave-up|fault|timeout|restarting|late|new|maintenance|paused|up", 0..4),
        part in "\\PC{0,12}",
        prefix in "\\PC{0,12}",
        view in "tree|list",
    ) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", &sort).append_pair("view", &view);
        query.append_pair("q", &part).append_pair("prefix", &prefix);
        query.append_pair("state", &states.join(","));
        let ask = Ask::read(&query.finish()).unwrap();
        let link = ask.link();
        prop_assert_eq!(Ask::read(link.strip_prefix('?').unwrap()).unwrap(), ask);
    }

    /// A bound on what is held never changes what is shown.
    #[test]
    fn what_is_picked_of_many_is_the_first_of_all(
        watches in prop::collection::vec((0..4_usize, 0..50_u64), 0..60),
        sort in "worst|name|due|since|down",
        most in 1..20_usize,
    ) {
        let states = [State::Up, State::Fault, State::Late, State::New];
        let watches: Vec<_> = watches
            .into_iter()
            .enumerate()
            .map(|(at, (state, since))| {
                let mut watch = made(at as u64 + 1, named(&format!("w{at}")), states[state]);
                watch.since = WALL - since * 1_000;
                watch
            })
            .collect();
        let query = format!("sort={sort}");
        let all = picked(&query, &watches);
        let mut pick = Pick::new(Ask::read(&query).unwrap(), most);
        watches.iter().for_each(|watch| pick.add(watch, now()));
        let some = pick.finish();
        prop_assert_eq!(&some.rows[..], &all.rows[..most.min(all.rows.len())]);
        prop_assert_eq!((some.found, some.counts), (all.found, all.counts));
    }

    /// Whatever a name is, its link leads to it.
    #[test]
    fn a_link_leads_to_its_watch(
        namespace in 0..3_usize,
        name in "\\PC{1,20}|[./?%#2f]{1,12}|\\.{1,3}",
    ) {
        let namespaces = [Namespace::Named, Namespace::Heartbeat, Namespace::Registry];
        let name = if namespace == 2 { format!("{name}\u{1f}{name}") } else { name };
        let Ok(key) = Key::new(namespaces[namespace], &name) else {
            return Ok(());
        };
        let link = text::path(&key);
        let (path, query) = link.split_once('?').unwrap_or((&link, ""));
        // What browsers fold or cut is not in it.
        let segment = path.split_once('/').unwrap().1;
        prop_assert!(!matches!(segment, "." | "..") && !segment.contains(['/', '#', '\\']));
        prop_assert_eq!(text::key(path, query), Some(key));
    }
}

#[test]
fn paths_that_lead_nowhere() {
    for (path, query) in [
        ("", ""),
        ("named", ""),
        ("named/", ""),
        ("named/..", ""),
        ("named/A", ""),
        ("named/%ff", ""),
        ("named/a%00", ""),
        ("other/a", ""),
        ("heartbeat/", "name="),
        ("registry/a", ""),
    ] {
        assert_eq!(text::key(path, query), None, "{path}?{query}");
    }
    let slash = Key::new(Namespace::Heartbeat, "a/b").unwrap();
    assert_eq!(text::key("heartbeat/a/b", ""), Some(slash.clone()));
    assert_eq!(text::key("heartbeat/a%2fb", ""), Some(slash));
}

#[test]
fn the_worst_come_first_and_of_them_the_latest() {
    let watches = [
        made(1, named("up"), State::Up),
        made(2, named("late"), State::Late),
        made(3, named("fault"), State::Fault),
        made(4, named("timeout"), State::Timeout),
        made(5, named("new"), State::New),
        made(6, named("gave-up"), State::GaveUp),
    ];
    for (query, wanted) in [
        (
            "",
            &["fault", "timeout", "gave-up", "late", "new", "up"][..],
        ),
        (
            "sort=name",
            &["fault", "gave-up", "late", "new", "timeout", "up"],
        ),
        (
            "sort=since",
            &["up", "late", "fault", "timeout", "new", "gave-up"],
        ),
        ("state=down", &["fault", "timeout", "gave-up"]),
        ("state=down,late", &["fault", "timeout", "gave-up", "late"]),
        ("q=AU", &["fault"]),
        ("prefix=t", &["timeout"]),
        (
            "sort=due",
            &["late", "up", "fault", "gave-up", "new", "timeout"],
        ),
    ] {
        assert_eq!(names(&picked(query, &watches)), wanted, "{query}");
    }
}
