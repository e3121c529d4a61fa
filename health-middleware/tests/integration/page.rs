//! What browsers get: a page with what the JSON shows, and no more.

mod html;

use health_middleware::{Details, Health, HealthBuilder, StartupGuard, Vocabulary};
use http::{Method, Request};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::{Act, Answer, Script, send, settle};

/// What Chromium sends, in short.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn ask(health: &Health, method: Method, path: &str, accept: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("accept", accept);
    send(health, request.body(()).unwrap()).await
}

async fn open(health: &Health, path: &str) -> Answer {
    ask(health, Method::GET, path, BROWSER).await
}

async fn page(health: &Health, path: &str) -> html::Page {
    html::read(&open(health, path).await.text)
}

fn sick() -> HealthBuilder {
    Health::builder()
        .check(Script::new(Act::Healthy).check("database"))
        .check(Script::new(Act::Fail("secret")).check("payments"))
        .check(Script::new(Act::Fail("secret")).check("cache").optional())
        .info("service", "accounts")
        .info("version", "1.2.3")
        .info("load", 0.5)
        .info("nan", f64::NAN)
}

async fn built(builder: HealthBuilder) -> Health {
    let health = builder.build().unwrap();
    settle().await;
    health
}

#[tokio::test(start_paused = true)]
async fn byte_for_byte() {
    let health = built(Health::builder().details(Details::StatusOnly)).await;
    let answer = open(&health, "/health/ready").await;
    assert_eq!(answer.status, 200);
    let (head, rest) = answer.text.split_once("<style>").unwrap();
    let (style, body) = rest.split_once("</style>").unwrap();
    assert_eq!(style, include_str!("../../src/render/page/style.css"));
    assert_eq!(
        head,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>healthy · readiness</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"5\">\n\
         <link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
         viewBox='0 0 16 16' fill='%232a9d68'%3E%3Ccircle cx='8' cy='8' r='7'/%3E%3C/svg%3E\">\n"
    );
    assert_eq!(
        body,
        "\n</head>\n<body class=\"healthy\">\n<main>\n<p class=\"of\">readiness</p>\n\
         <h1>healthy</h1>\n</main>\n</body>\n</html>\n"
    );
    let mut names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "cache-control",
            "content-security-policy",
            "content-type",
            "x-content-type-options"
        ]
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-")
            && policy.ends_with(
                "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
            && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_it() {
    let health = built(sick()).await;
    health.maintenance(true);
    for (path, of, why) in [
        ("/health", "accounts · health", vec![]),
        ("/health/ready", "accounts · readiness", vec!["maintenance"]),
    ] {
        let answer = open(&health, path).await;
        assert_eq!(answer.status, 503);
        let page = html::read(&answer.text);
        assert_eq!(page.all("title"), [format!("unhealthy · {of}")]);
        assert_eq!(page.all("h1"), ["unhealthy"]);
        let mut paragraphs = vec![of];
        paragraphs.extend(why);
        paragraphs.extend(["failed", "failed"]);
        assert_eq!(page.all("p"), paragraphs);
        let spans = page.all("span");
        let spans: Vec<_> = spans.iter().filter(|text| !text.contains(" ms")).collect();
        assert_eq!(
            spans,
            [
                &"payments",
                &"unhealthy",
                &"cache",
                &"degraded",
                &"database",
                &"healthy"
            ]
        );
        assert_eq!(page.all("time").len(), 4);
        assert_eq!(page.all("dt"), ["version", "load", "nan"]);
        assert_eq!(page.all("dd"), ["1.2.3", "0.5", "null"]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_component() {
    let health = built(sick().details(Details::Full)).await;
    let answer = open(&health, "/health/components/payments").await;
    assert_eq!(answer.status, 503);
    let page = html::read(&answer.text);
    assert_eq!(page.all("title"), ["unhealthy · payments"]);
    assert_eq!(page.all("p")[..2], ["payments", "failed: secret"]);
    assert_eq!(page.all("time").len(), 1);
    let answer = open(&health, "/health/components/nobody").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test(start_paused = true)]
async fn what_start_up_waits_for() {
    let guard = StartupGuard::new("migrations");
    let health = built(sick().startup(&guard)).await;
    let waiting = page(&health, "/health/startup").await;
    assert_eq!(waiting.all("h2"), ["Waits for"]);
    assert_eq!(waiting.all("span"), ["migrations", "unhealthy"]);
    let paragraphs = waiting.all("p");
    assert_eq!(paragraphs, ["accounts · start-up", "starting", "starting"]);
    guard.done();
    let over = page(&health, "/health/startup").await;
    assert_eq!((over.all("h1"), over.all("h2")), (vec!["healthy"], vec![]));
    let live = page(&health, "/health/live").await;
    assert_eq!(live.all("title"), ["healthy · accounts · liveness"]);
    assert!(live.all("span").is_empty(), "no dependency");
}

#[tokio::test(start_paused = true)]
async fn details_hide_in_it_what_they_hide_elsewhere() {
    for (details, secret, name) in [
        (Details::StatusOnly, false, false),
        (Details::Summary, false, true),
        (Details::Full, true, true),
    ] {
        let health = built(sick().details(details)).await;
        let text = open(&health, "/health").await.text;
        assert_eq!(text.contains("secret"), secret, "{details:?}");
        for shown in ["payments", "accounts", "1.2.3", "<time", "UTC"] {
            assert_eq!(text.contains(shown), name, "{details:?}: {shown}");
        }
        let alone = open(&health, "/health/components/payments").await;
        assert_eq!(alone.status, if name { 503 } else { 404 });
    }
}

/// `UP` does not tell degraded from healthy, and no colour does.
#[tokio::test(start_paused = true)]
async fn colours_say_what_the_words_say() {
    let builder = || {
        let cache = Script::new(Act::Fail("gone")).check("cache").optional();
        Health::builder().check(cache).details(Details::StatusOnly)
    };
    for (vocabulary, code, word, class) in [
        (Vocabulary::Health, 200, "degraded", "degraded"),
        (Vocabulary::Health, 503, "degraded", "degraded"),
        (Vocabulary::UpDown, 200, "UP", "healthy"),
        (Vocabulary::UpDown, 503, "DOWN", "unhealthy"),
    ] {
        let health = built(builder().vocabulary(vocabulary).degraded_status(code)).await;
        let answer = open(&health, "/health").await;
        assert_eq!(answer.status, code);
        let page = html::read(&answer.text);
        assert_eq!(page.all("h1"), [word]);
        assert!(page.tags.contains(&format!("body class={class}")));
    }
}

#[tokio::test(start_paused = true)]
async fn head_and_other_methods() {
    let health = built(sick()).await;
    let get = open(&health, "/health").await;
    let head = ask(&health, Method::HEAD, "/health", BROWSER).await;
    assert_eq!((head.status, &*head.text), (get.status, ""));
    assert_eq!(head.header("content-length"), get.text.len().to_string());
    let mut headers = head.headers.clone();
    headers.remove("content-length");
    assert_eq!(headers, get.headers);
    assert_eq!(
        ask(&health, Method::POST, "/health", BROWSER).await.status,
        405
    );
}

#[tokio::test(start_paused = true)]
async fn probes_get_what_they_got() {
    let health = built(sick()).await;
    for accept in ["*/*", "application/json", "image/png"] {
        let answer = ask(&health, Method::GET, "/health", accept).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(!answer.headers.contains_key("content-security-policy"));
        assert!(!answer.headers.contains_key("x-content-type-options"));
    }
}

/// Whatever errors and info fields hold, the page is the same but for its texts,
/// and these are what was said.
#[test]
fn no_text_breaks_out() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let told = |error: &'static str, service: &str, name: &str, value: &str| {
        runtime.block_on(async {
            let builder = Health::builder()
                .check(Script::new(Act::Fail(error)).check("~._-"))
                .info("service", service)
                .info(format!("-{name}"), value)
                .details(Details::Full);
            let health = built(builder).await;
            let alone = page(&health, "/health/components/~._-").await;
            (page(&health, "/health").await, alone)
        })
    };
    let plain = told("x", "x", "x", "x");
    let markup = select(vec![
        "<script>",
        "</p>",
        "</title>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&lt;",
        "&#60;",
        "&",
        "<",
        ">",
        "\"",
        "'",
        "\0",
        "\r\n",
        "\t",
        "\u{7f}",
        "\u{85}",
        "\u{202e}",
        "onload=",
        " ",
        "🦀",
    ]);
    let part =
        prop_oneof![3 => markup.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    // Not nothing: an element without text has none to compare.
    let text = || {
        let parts = proptest::collection::vec(part.clone(), 0..12);
        parts.prop_map(|parts| format!("x{}", parts.concat()))
    };
    let shown = |text: &str| {
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let replaced = |c: char| control(c) || matches!(c, '\u{202d}' | '\u{202e}');
        text.replace(replaced, "\u{fffd}")
    };
    let config = Config {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..Config::default()
    };
    let all = (text(), text(), text(), text());
    let tried = TestRunner::new(config).run(&all, |(error, service, name, value)| {
        let (whole, alone) = told(error.clone().leak(), &service, &name, &value);
        assert_eq!((&whole.tags, &alone.tags), (&plain.0.tags, &plain.1.tags));
        let service = shown(&format!("{service} · health"));
        let error = shown(&format!("failed: {error}"));
        assert_eq!(whole.all("title"), [format!("unhealthy · {service}")]);
        assert_eq!(whole.all("p"), [&service, &error]);
        assert_eq!(whole.all("dt"), [shown(&format!("-{name}"))]);
        assert_eq!(whole.all("dd"), [shown(&value)]);
        assert_eq!(alone.all("p")[1], error);
        Ok(())
    });
    tried.unwrap_or_else(|failure| panic!("{failure}"));
}
