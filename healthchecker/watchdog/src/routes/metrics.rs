use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::ControlFlow;

use tokio::task::yield_now;

use super::{Head, Routes};
use crate::dialects::Answer;
use crate::outbox::Fare;
use crate::watches::{NEVER, Namespace, Now, Watch};

/// So many watches have series of their own.
const MOST_SERIES: usize = 10_000;

/// So many watches are looked at in one piece, between which requests are answered.
const PIECE: usize = 5_000;

impl Routes {
    /// Prometheus' text format. Where others than this machine can ask, a token must allow to see all.
    pub(super) async fn metrics(&self, head: &Head<'_>) -> Answer {
        if !matches!(head.method, "GET" | "HEAD") {
            return Answer::text(405, "method not allowed\n").with("allow", "GET, HEAD");
        }
        if let Err(refused) = self.may_look(head) {
            return refused;
        }
        let text = self.text().await;
        Answer::text(200, text).with("content-type", "text/plain; version=0.0.4; charset=utf-8")
    }

    async fn text(&self) -> String {
        let owner = &self.house.owner;
        let mut states = BTreeMap::<&str, u64>::new();
        let mut series = Series::default();
        for namespace in [Namespace::Named, Namespace::Heartbeat, Namespace::Registry] {
            let mut after = String::new();
            loop {
                let piece = owner.read(|desk, now| {
                    let mut seen = 0;
                    for watch in desk.table.after(namespace, "", &after).take(PIECE) {
                        *states.entry(watch.shown().word()).or_default() += 1;
                        series.add(watch, namespace, now);
                        seen += 1;
                        if seen == PIECE {
                            watch.key.name().clone_into(&mut after);
                        }
                    }
                    if seen == PIECE {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                });
                if piece.is_break() {
                    break;
                }
                yield_now().await;
            }
        }
        let mut text = String::new();
        let states = states
            .iter()
            .map(|(state, count)| (format!("{{state=\"{state}\"}}"), *count));
        family(
            &mut text,
            "watchdog_watches",
            "gauge",
            "Watches in each state.",
            states,
        );
        text.push_str(
            "# HELP watchdog_up Whether a watch is not down.\n# TYPE watchdog_up gauge\n",
        );
        text.push_str(&series.up);
        text.push_str(
            "# HELP watchdog_deadline_seconds When the next kick must have come, by the wall.\n\
             # TYPE watchdog_deadline_seconds gauge\n",
        );
        text.push_str(&series.deadline);
        self.own(&mut text);
        self.told(&mut text);
        text
    }

    /// How those fare who are told; all monitors are one.
    fn told(&self, text: &mut String) {
        let fares = self.house.owner.read(|desk, now| desk.outbox.fares(now));
        type Look = fn(&Fare) -> String;
        let looks: [(&str, &str, Look); 4] = [
            (
                "watchdog_outbox_waiting",
                "Transitions that a sink is still to be told.",
                |fare| fare.waiting.to_string(),
            ),
            (
                "watchdog_outbox_muted",
                "Those that it is not, while something above is down.",
                |fare| fare.muted.to_string(),
            ),
            (
                "watchdog_outbox_dead",
                "Those that nothing becomes of by itself.",
                |fare| fare.dead.to_string(),
            ),
            (
                "watchdog_outbox_oldest_seconds",
                "For how long the first of what waits has waited.",
                |fare| format!("{}.{:03}", fare.oldest / 1_000, fare.oldest % 1_000),
            ),
        ];
        for (name, help, look) in looks {
            let values = fares
                .iter()
                .map(|(sink, fare)| (format!("{{sink=\"{sink}\"}}"), look(fare)));
            family(text, name, "gauge", help, values);
        }
        let outcomes = fares.iter().flat_map(|(sink, fare)| {
            let tally = fare.tally;
            [
                ("delivered", tally.delivered),
                ("failed", tally.failed),
                ("refused", tally.refused),
                ("gone", tally.gone),
                ("dead", tally.dead),
            ]
            .map(|(outcome, count)| (format!("{{sink=\"{sink}\",outcome=\"{outcome}\"}}"), count))
        });
        family(
            text,
            "watchdog_deliveries_total",
            "counter",
            "What came of transitions that were to be told.",
            outcomes,
        );
    }

    /// How the server itself fares.
    fn own(&self, text: &mut String) {
        let standing = self.house.owner.standing();
        let lag = self.house.owner.lag();
        let seconds = |millis: u64| format!("{}.{:03}", millis / 1_000, millis % 1_000);
        for (name, kind, help, value) in [
            (
                "watchdog_store_up",
                "gauge",
                "Whether what is acknowledged can be kept.",
                u8::from(standing.lost.is_none()).to_string(),
            ),
            (
                "watchdog_commits_total",
                "counter",
                "Groups that were committed.",
                standing.commits.to_string(),
            ),
            (
                "watchdog_commit_seconds",
                "gauge",
                "How long the last commit took.",
                format!("{:.6}", standing.took.as_secs_f64()),
            ),
            (
                "watchdog_events_given_up_total",
                "counter",
                "Events that could not be kept while the store was lost.",
                standing.given_up.to_string(),
            ),
            (
                "watchdog_timer_lag_seconds",
                "gauge",
                "How late what was due last was noticed.",
                seconds(lag.last),
            ),
            (
                "watchdog_timer_lag_max_seconds",
                "gauge",
                "The same at most, in the last minute or two.",
                seconds(lag.most),
            ),
            (
                "watchdog_registry_watchers",
                "gauge",
                "Connections that follow a service.",
                self.house.registry.watchers().to_string(),
            ),
        ] {
            family(text, name, kind, help, [(String::new(), value)]);
        }
    }
}

#[derive(Default)]
struct Series {
    count: usize,
    up: String,
    deadline: String,
}

impl Series {
    fn add(&mut self, watch: &Watch, namespace: Namespace, now: Now) {
        if self.count == MOST_SERIES {
            return;
        }
        self.count += 1;
        let labels = Labels(namespace.word(), watch.key.name()).text();
        let up = u8::from(!watch.state.is_down());
        // A String takes all.
        let _ = writeln!(self.up, "watchdog_up{labels} {up}");
        if watch.deadline != NEVER {
            let wall = now.wall_of(watch.deadline);
            let (seconds, millis) = (wall / 1_000, wall % 1_000);
            let _ = writeln!(
                self.deadline,
                "watchdog_deadline_seconds{labels} {seconds}.{millis:03}"
            );
        }
    }
}

struct Labels<'a>(&'a str, &'a str);

impl Labels<'_> {
    fn text(&self) -> String {
        let name = self
            .1
            .replace('\\', r"\\")
            .replace('"', "\\\"")
            .replace('\n', r"\n");
        format!("{{namespace=\"{}\",name=\"{name}\"}}", self.0)
    }
}

fn family<V: std::fmt::Display>(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    values: impl IntoIterator<Item = (String, V)>,
) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}
