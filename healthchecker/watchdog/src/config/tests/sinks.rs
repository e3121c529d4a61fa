use super::*;
use crate::outbox::Type;

mod urls;

fn parsed(text: &str) -> SinkConfig {
    let config = Config::parse(text).unwrap();
    assert_eq!(config.sinks.len(), 1);
    config.sinks.into_values().next().unwrap()
}

const SLACK: &str =
    "[sink.chat]\nkind = \"slack\"\nurl = \"https://hooks.slack.com/services/T0/B0/secret\"\n";
const HOOK: &str =
    "[sink.ops]\nkind = \"webhook\"\nurl = \"https://hooks.example/T0/secret?key=secret\"\n";
const LEVEL: &str = "[sink.am]\nkind = \"alertmanager\"\nurl = \"http://am.example:9093/base/\"\n";

#[test]
fn a_sink_is_told_of_everything_but_lateness() {
    let sink = parsed(SLACK);
    assert_eq!(sink, SinkConfig::slack(sink.url.clone()));
    for kind in Type::ALL {
        let is_told = !matches!(kind, Type::Late | Type::Test);
        assert_eq!(sink.hears(&key("any"), kind), is_told, "{kind:?}");
    }
    let heartbeat = Key::new(Namespace::Heartbeat, "a b").unwrap();
    assert!(sink.covers(&heartbeat) && !sink.allow_private);
    let level = parsed(LEVEL);
    assert!(level.covers(&key("any")));
    assert!(!Type::ALL.iter().any(|kind| level.hears(&key("any"), *kind)));
}

#[test]
fn all_that_a_webhook_can_have() {
    let sink = parsed(&format!(
        "{HOOK}{}",
        r#"
        prefix = "web"
        namespaces = ["registry", "named"]
        events = ["late", "gave_up"]
        secret_file = "/etc/watchdog/ops.secret"
        bearer_file = "/etc/watchdog/ops.token"
        headers = { "X-Source" = "dog", title = "a b" }
        body = '''{"text": "{{ title }}"}'''
        content_type = "application/json; charset=utf-8"
        ca_file = "/etc/watchdog/ca.pem"
        allow_private = true
        "#
    ));
    assert_eq!(
        sink.headers.iter().collect::<Vec<_>>(),
        [("title", "a b"), ("x-source", "dog")]
    );
    assert_eq!(sink.events, [Type::Late, Type::GaveUp].into());
    let covers = |namespace, name: &str| sink.covers(&Key::new(namespace, name).unwrap());
    assert!(covers(Namespace::Named, "web.a") && !covers(Namespace::Named, "webs"));
    assert!(!covers(Namespace::Heartbeat, "web"));
    // Of an instance the service counts, by whole labels.
    assert!(covers(Namespace::Registry, "web\u{1f}a"));
    assert!(covers(Namespace::Registry, "web.eu\u{1f}a"));
    assert!(!covers(Namespace::Registry, "webs\u{1f}web"));
}

#[test]
fn what_cannot_work() {
    let mut wrong = Vec::new();
    for (text, key, line, culprit) in [
        (
            "[sink.Ops]",
            "sink",
            1,
            "sink.\"Ops\": a sink has no such name; it takes",
        ),
        ("[sink]\nops = 5", "sink.ops", 2, "[sink.NAME]"),
        ("sink = 5", "sink", 1, "each under [sink.NAME]"),
        ("[sink.a]\ncolour = 1", "sink.a", 2, "colour"),
        (
            "[sink.a]\nurl = \"http://a\"",
            "sink.a",
            1,
            "`kind` is missing; give one of webhook, slack",
        ),
        (
            "[sink.a]\nkind = \"slack\"",
            "sink.a",
            1,
            "`url` is missing; give",
        ),
        (
            "[sink.a]\nkind = \"mail\"",
            "sink.a.kind",
            2,
            "\"mail\" is no kind of sink; there are",
        ),
        (
            "[sink.a]\nurl = \"ftp://a/\"",
            "sink.a.url",
            2,
            "not http:// or https://",
        ),
        (
            "[sink.a]\nprefix = \"a\\n\"",
            "sink.a.prefix",
            2,
            "no beginning of a name; give",
        ),
        (
            "[sink.a]\nnamespaces = [\"all\"]",
            "sink.a.namespaces",
            2,
            "\"all\" is no namespace; there are named",
        ),
        (
            "[sink.a]\nevents = [\"test\"]",
            "sink.a.events",
            2,
            "\"test\" is no event; there are down, up, late",
        ),
        (
            "[sink.a]\nsecret_file = \"secret\"",
            "sink.a.secret_file",
            2,
            "absolute path",
        ),
        (
            "[sink.a]\nallow_private = \"yes\"",
            "sink.a.allow_private",
            2,
            "boolean",
        ),
        (
            "[sink.a]\nbody = \" \\n\"",
            "sink.a.body",
            2,
            "the template is empty; leave it out",
        ),
        (
            "[sink.a]\ncontent_type = \"json\"",
            "sink.a.content_type",
            2,
            "is not a media type",
        ),
        (
            "[sink.a]\nheaders = { \"a b\" = \"c\" }",
            "sink.a.headers",
            2,
            "\"a b\" is no name of a header; give",
        ),
        (
            "[sink.a]\nheaders = { a = \"b\\r\\nc: d\" }",
            "sink.a.headers",
            2,
            "the value of \"a\" cannot be sent; give",
        ),
        (
            "[sink.a]\nheaders = { a = \"ä\" }",
            "sink.a.headers",
            2,
            "the value of \"a\" cannot be sent",
        ),
        (
            "[sink.a]\nheaders = { a = \"b\", A = \"c\" }",
            "sink.a.headers",
            2,
            "given twice",
        ),
        (
            "[sink.a]\nheaders = { HOST = \"b\" }",
            "sink.a.headers",
            2,
            "leave it out",
        ),
        (
            "[sink.a]\nheaders = { Webhook-Id = \"b\" }",
            "sink.a.headers",
            2,
            "leave it out",
        ),
        (
            "[sink.a]\nheaders = { Authorization = \"b\" }",
            "sink.a.headers",
            2,
            "`bearer_file`",
        ),
        (
            "[sink.a]\nheaders = { content-type = \"b\" }",
            "sink.a.headers",
            2,
            "`content_type`",
        ),
        (
            &format!("{SLACK}body = \"a\""),
            "sink.chat",
            1,
            "`body` is for webhooks; leave it out",
        ),
        (
            &format!("{SLACK}secret_file = \"/a\""),
            "sink.chat",
            1,
            "`secret_file` is for webhooks",
        ),
        (
            &format!("{SLACK}bearer_file = \"/a\""),
            "sink.chat",
            1,
            "`bearer_file` is for webhooks and",
        ),
        (
            &format!("{SLACK}headers = {{ a = \"b\" }}"),
            "sink.chat",
            1,
            "`headers` is for webhooks and",
        ),
        (
            &format!("{SLACK}events = []"),
            "sink.chat",
            1,
            "`events` names none; leave it out",
        ),
        (
            &format!("{SLACK}namespaces = []"),
            "sink.chat",
            1,
            "`namespaces` names none; leave it out",
        ),
        (
            &format!("{HOOK}content_type = \"a/b\""),
            "sink.ops",
            1,
            "give the body's template",
        ),
        (
            &format!("{LEVEL}events = [\"down\"]"),
            "sink.am",
            1,
            "Alertmanager is told all that is down",
        ),
        (
            &format!("{LEVEL}ca_file = \"/a\""),
            "sink.am",
            1,
            "`ca_file` is for https",
        ),
        (
            &format!("{LEVEL}bearer_file = \"/a\""),
            "sink.am",
            1,
            "anybody on the way could read the token",
        ),
        (
            "[sink.a]\nkind = \"alertmanager\"\nurl = \"http://a/api/v2/alerts/\"",
            "sink.a",
            1,
            "without /api/v2/alerts",
        ),
        (
            "[sink.a]\nkind = \"alertmanager\"\nurl = \"http://a/?b\"",
            "sink.a",
            1,
            "without a query",
        ),
    ] {
        let error = Config::parse(text).unwrap_err();
        let shown = error.to_string();
        let found = (error.key(), error.line());
        if found != (key, Some(line)) || !shown.contains(culprit) || shown.contains("secret?") {
            wrong.push((text.to_owned(), shown));
        }
    }
    assert_eq!(wrong, []);
    let many = |count| {
        let sinks = (0..count).map(|at| SLACK.replace("chat", &format!("s{at}")));
        Config::parse(&sinks.collect::<String>())
    };
    assert_eq!(many(32).unwrap().sinks.len(), 32);
    let error = many(33).unwrap_err().to_string();
    assert_eq!(error, "sink: there are 33 sinks; give 32 at most");
}

#[test]
fn nothing_shows_a_secret() {
    let config = Config::parse(&format!("{HOOK}headers = {{ x-key = \"secret\" }}")).unwrap();
    let shown = format!("{config:?}");
    assert!(
        shown.contains("https://hooks.example") && shown.contains("x-key"),
        "{shown}"
    );
    assert!(
        !shown.contains("secret\"") && !shown.contains("/T0/"),
        "{shown}"
    );
    assert!(
        !shown.replace("secret_file", "").contains("secret"),
        "{shown}"
    );
}
