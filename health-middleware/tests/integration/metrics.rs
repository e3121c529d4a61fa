//! Metrics, as Prometheus would scrape them.

mod recorders;

use std::time::Duration;

use health_middleware::{Health, heartbeat};
use metrics::set_default_local_recorder;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::support::{Act, Script, codes, get, pass, settle, with_database};

const SECOND: Duration = Duration::from_secs(1);

/// What a scrape shows of one series; `None` where it has none.
fn scraped(recorder: &PrometheusRecorder, series: &str) -> Option<f64> {
    let text = recorder.handle().render();
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map(|value| value.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn statuses_of_components_and_endpoints() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let script = Script::new(Act::Healthy);
    let cache = Script::new(Act::Fail("gone"));
    let (worker, _beat) = heartbeat("worker", SECOND * 20);
    let health = Health::builder()
        .check(script.check("database"))
        .check(cache.check("cache").optional())
        .liveness(worker)
        .build()
        .unwrap();
    let component = |name: &str| {
        let series = format!("health_component_status{{component=\"{name}\"}}");
        scraped(&recorder, &series).expect(name)
    };
    let endpoint = |name: &str| {
        let series = format!("health_endpoint_status{{endpoint=\"{name}\"}}");
        scraped(&recorder, &series).expect(name)
    };
    assert_eq!((component("database"), component("worker")), (0.0, 1.0));
    assert_eq!(
        ["health", "live", "ready", "startup"].map(endpoint),
        [0.0, 1.0, 0.0, 0.0]
    );

    settle().await;
    assert_eq!((component("database"), component("cache")), (1.0, 0.5));
    assert_eq!(
        ["health", "live", "ready", "startup"].map(endpoint),
        [0.5, 1.0, 0.5, 1.0]
    );

    // The heartbeat is missed: nobody runs, time alone passes.
    pass(SECOND * 30).await;
    assert_eq!(component("worker"), 0.0);
    assert_eq!(endpoint("live"), 0.0);

    health.drain();
    assert_eq!(endpoint("ready"), 0.0);
}

#[tokio::test(start_paused = true)]
async fn what_counts_for_readiness_alone_is_measured_like_others() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let database = Script::new(Act::Fail("gone"));
    let _health = Health::builder()
        .readiness(database.check("database"))
        .build()
        .unwrap();
    settle().await;
    for (series, value) in [
        ("health_component_status{component=\"database\"}", 0.0),
        ("health_endpoint_status{endpoint=\"health\"}", 1.0),
        ("health_endpoint_status{endpoint=\"live\"}", 1.0),
        ("health_endpoint_status{endpoint=\"ready\"}", 0.0),
        ("health_endpoint_status{endpoint=\"startup\"}", 1.0),
        (
            "health_check_duration_seconds_count{component=\"database\"}",
            1.0,
        ),
    ] {
        assert_eq!(scraped(&recorder, series), Some(value), "{series}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reporter_has_a_status_and_transitions_and_no_durations() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let (check, breaker) = health_middleware::reporter("breaker");
    let _health = Health::builder().check(check).build().unwrap();
    let status = "health_component_status{component=\"breaker\"}";
    assert_eq!(scraped(&recorder, status), Some(0.0));
    breaker.healthy();
    assert_eq!(scraped(&recorder, status), Some(1.0));
    breaker.degraded("half open");
    assert_eq!(scraped(&recorder, status), Some(0.5));
    let turned = "health_transitions_total{component=\"breaker\",from=\"healthy\",to=\"degraded\"}";
    assert_eq!(scraped(&recorder, turned), Some(1.0));
    let runs = "health_check_duration_seconds_count{component=\"breaker\"}";
    assert_eq!(scraped(&recorder, runs), None);
}

#[tokio::test(start_paused = true)]
async fn durations_of_runs_that_were_made() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let script = Script::new(Act::Take(SECOND / 2));
    let (worker, _beat) = heartbeat("worker", SECOND * 20);
    let _health = Health::builder()
        .check(script.check("database"))
        .liveness(worker)
        .build()
        .unwrap();
    let series = |part: &str, name: &str| {
        let series = format!("health_check_duration_seconds_{part}{{component=\"{name}\"}}");
        scraped(&recorder, &series)
    };
    settle().await;
    assert_eq!(series("count", "database"), Some(0.0));
    pass(SECOND).await;
    assert_eq!(series("count", "database"), Some(1.0));
    let sum = series("sum", "database").unwrap();
    assert!((0.5..0.6).contains(&sum), "{sum} s");

    // What times out took its timeout, of 1 s.
    script.set(Act::Hang);
    pass(SECOND * 7).await;
    assert_eq!(series("count", "database"), Some(2.0));
    let sum = series("sum", "database").unwrap() - sum;
    assert!((1.0..1.1).contains(&sum), "{sum} s");
    assert_eq!(series("count", "worker"), None);
}

#[tokio::test(start_paused = true)]
async fn transitions_and_nothing_without_one() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let (script, _health) = with_database(Act::Healthy);
    let transitions = |from: &str, to: &str| {
        let labels = format!("component=\"database\",from=\"{from}\",to=\"{to}\"");
        scraped(&recorder, &format!("health_transitions_total{{{labels}}}"))
    };
    pass(SECOND * 60).await;
    assert_eq!(transitions("unhealthy", "healthy"), Some(1.0));
    for _ in 0..2 {
        script.set(Act::Fail("down"));
        pass(SECOND * 60).await;
        script.set(Act::Degraded("half open"));
        pass(SECOND * 60).await;
        script.set(Act::Healthy);
        pass(SECOND * 60).await;
    }
    assert_eq!(transitions("healthy", "unhealthy"), Some(2.0));
    assert_eq!(transitions("unhealthy", "degraded"), Some(2.0));
    assert_eq!(transitions("degraded", "healthy"), Some(2.0));
    assert_eq!(transitions("unhealthy", "healthy"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn probes_by_endpoint_and_result() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database").optional())
        .build()
        .unwrap();
    let probes = |endpoint: &str, result: &str| {
        let labels = format!("endpoint=\"{endpoint}\",result=\"{result}\"");
        scraped(&recorder, &format!("health_probes_total{{{labels}}}")).expect(endpoint)
    };
    settle().await;
    assert_eq!(probes("health", "healthy"), 0.0);
    codes(&health).await;
    get(&health, "/health/components/database").await;
    // These ask for nothing that has a status.
    get(&health, "/health/components/nobody").await;
    get(&health, "/elsewhere").await;
    for endpoint in ["health", "live", "ready", "startup", "component"] {
        assert_eq!(probes(endpoint, "healthy"), 1.0, "{endpoint}");
        assert_eq!(probes(endpoint, "unhealthy"), 0.0, "{endpoint}");
    }
    script.set(Act::Fail("down"));
    pass(SECOND * 6).await;
    health.drain();
    codes(&health).await;
    assert_eq!(probes("health", "degraded"), 1.0);
    assert_eq!(probes("ready", "unhealthy"), 1.0);
    assert_eq!(probes("live", "healthy"), 2.0);
}

#[cfg(feature = "grpc")]
#[tokio::test(start_paused = true)]
async fn checks_over_grpc_are_probes() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let (_, health) = with_database(Act::Healthy);
    settle().await;
    for service in ["", "readiness", "liveness", "database", "nobody"] {
        let service = service.to_owned();
        let mut client = HealthClient::new(health.grpc_service());
        let _ = client.check(HealthCheckRequest { service }).await;
    }
    for (endpoint, count) in [("ready", 2.0), ("live", 1.0), ("component", 1.0)] {
        let labels = format!("endpoint=\"{endpoint}\",result=\"healthy\"");
        let series = format!("health_probes_total{{{labels}}}");
        assert_eq!(scraped(&recorder, &series), Some(count), "{endpoint}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_component_name_is_a_label() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let long = "x".repeat(100);
    let names = [
        "0",
        "-",
        "a.b-c_d~e",
        "...",
        "component",
        "le",
        "quantile",
        &long,
    ];
    let script = Script::new(Act::Healthy);
    let health = names
        .iter()
        .fold(Health::builder(), |builder, name| {
            builder.check(script.check(name))
        })
        .build()
        .unwrap();
    settle().await;
    for name in names {
        for series in [
            format!("health_component_status{{component=\"{name}\"}}"),
            format!("health_check_duration_seconds_count{{component=\"{name}\"}}"),
            format!(
                "health_transitions_total{{component=\"{name}\",from=\"unhealthy\",to=\"healthy\"}}"
            ),
        ] {
            assert_eq!(scraped(&recorder, &series), Some(1.0), "{series}");
        }
    }
    drop(health);
}

#[tokio::test(start_paused = true)]
async fn names_have_units_and_descriptions() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    let (_, _health) = with_database(Act::Healthy);
    settle().await;
    let text = recorder.handle().render();
    for (name, kind) in [
        ("health_component_status", "gauge"),
        ("health_endpoint_status", "gauge"),
        ("health_check_duration_seconds", "summary"),
        ("health_transitions_total", "counter"),
        ("health_probes_total", "counter"),
    ] {
        assert!(text.contains(&format!("# HELP {name} ")), "{name}: {text}");
        assert!(
            text.contains(&format!("# TYPE {name} {kind}\n")),
            "{name}: {text}"
        );
    }
}
