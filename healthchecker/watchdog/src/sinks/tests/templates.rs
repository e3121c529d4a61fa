//! Templates that work, and what is said of others.

use super::*;
use crate::sinks::courier::Post;
use crate::sinks::template::Template;

/// The documentation's, which are read as they stand there.
#[test]
fn one_for_ntfy() {
    let text = include_str!("../../../docs/serve.md");
    let (_, text) = text.split_once("```toml\n[sink.").unwrap();
    let (text, _) = text.split_once("```").unwrap();
    let config = Config::parse(&format!("[sink.{text}")).unwrap();
    assert_eq!(config.sinks.len(), 4);
    let template = Template::tried(config.sinks["phone"].body.as_ref().unwrap(), None).unwrap();
    let made = template
        .render(&message(vec![fault("disk \"full\"", b"")]))
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(&made).unwrap();
    let expected = serde_json::json!({
        "topic": "ops", "title": "dc.server1 is down", "message": "disk \"full\"", "priority": 5,
    });
    assert_eq!(json, expected);
}

/// Nothing marks a text as one that needs no escape.
#[test]
fn nothing_goes_around_the_escape() {
    let foreign = message(vec![fault("\"},{\"a\":\"", b"")]);
    for source in [
        r#"["{{ news[0].reason }}"]"#,
        r#"["{% autoescape false %}{{ news[0].reason }}{% endautoescape %}"]"#,
        r#"["{% autoescape true %}{{ news[0].reason }}{% endautoescape %}"]"#,
        r#"["{% set a %}{{ news[0].reason }}{% endset %}{{ a }}"]"#,
        r#"["{% autoescape true %}{% set a %}{{ news[0].reason }}{% endset %}{% endautoescape %}{{ a }}"]"#,
        r#"["{{ news[0].reason ~ "" }}"]"#,
        r#"["{{ "\"" ~ news[0].reason }}"]"#,
    ] {
        let made = Template::tried(source, None)
            .unwrap()
            .render(&foreign)
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(&made).unwrap();
        let text = json[0].as_str().unwrap();
        assert!(text.contains("},{"), "{source}: {made}");
        assert_eq!(json.as_array().unwrap().len(), 1, "{source}: {made}");
    }
}

#[test]
fn what_is_no_template() {
    for (source, content_type, culprit) in [
        (
            "{\n{{ title",
            None,
            "body: line 2 of the template: syntax error",
        ),
        (
            "{\"a\": \"\n\n{{ titel }}\"}",
            None,
            "body: line 3 of the template: undefined value",
        ),
        ("{{ titel }}", None, "there are id, type, timestamp, title"),
        ("{{ news[0].nam }}", None, "undefined value"),
        ("{{ news[1].watch }}", Some("text/plain"), "undefined value"),
        ("\"{{ title|safe }}\"", None, "there are no filters"),
        ("\"{{ title|upper }}\"", None, "unknown filter"),
        ("{{ range(9) }}", None, "range is unknown"),
        ("\"{{ news }}\"", None, "go through it with {% for %}"),
        ("{{ title }}", None, "makes no JSON"),
        ("{\"a\": 1,}", None, "makes no JSON"),
        (
            "{% if type == \"watch.late\" %}{% else %}1{% endif %}",
            None,
            "makes no JSON",
        ),
        (
            "<a>{{ title }}</a>",
            Some("text/html"),
            "it is not known how to escape",
        ),
        (
            "{{ title }}",
            Some("application/xml"),
            "give application/json, text/plain or",
        ),
        ("{% include \"other\" %}", Some("text/plain"), "body: "),
        (
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
            Some("text/plain"),
            "body: ",
        ),
    ] {
        let problem = Template::tried(source, content_type).unwrap_err();
        assert!(problem.contains(culprit), "{source}: {problem}");
    }
    let text = "kind = \"webhook\"\nurl = \"https://hooks.example/\"\nbody = \"{{ titel }}\"";
    let problem = Post::new(&sink(text)).unwrap_err();
    assert!(
        problem.starts_with("body: line 1 of the template: "),
        "{problem}"
    );
}

#[test]
fn what_is_very_long_is_not_made() {
    let source = "{% for a in news %}{% for b in news %}{% for c in news %}{{ text }}{% endfor %}{% endfor %}{% endfor %}";
    let template = Template::new(source, Some("text/plain")).unwrap();
    let many = (0..1_000).map(|id| news(id, Type::Down, State::Up, State::Timeout));
    let problem = template.render(&message(many.collect())).unwrap_err();
    assert!(
        problem.contains("makes more than 1000000 bytes"),
        "{problem}"
    );
}

/// Neither is one waited for that goes on and on.
#[test]
fn what_takes_very_long_is_not_made() {
    let begin = "{% for a in news %}".repeat(5);
    let end = "{% endfor %}".repeat(5);
    let template = Template::new(&format!("{begin}{end}"), Some("text/plain")).unwrap();
    let many = (0..1_000).map(|id| news(id, Type::Down, State::Up, State::Timeout));
    let problem = template.render(&message(many.collect())).unwrap_err();
    assert!(problem.contains("takes too long"), "{problem}");
}
