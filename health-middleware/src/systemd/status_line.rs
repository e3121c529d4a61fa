//! A report in one line, for `STATUS=`.

use crate::cause::Cause;
use crate::details::Details;
use crate::endpoint::Endpoint;
use crate::report::{Component, Report};

/// The longest line, in bytes. The service manager reads messages of 4096.
const LONGEST: usize = 1024;

/// What is wrong, or that nothing is. `trouble` is why the service's own URL
/// does not answer.
pub(crate) fn status_line(report: &Report, trouble: Option<&str>, details: Details) -> String {
    let mut parts = Vec::new();
    let ready = report.verdict(Endpoint::Ready);
    match ready.cause {
        Some(Cause::Starting) => parts.push(starting(report)),
        Some(cause) => parts.push(cause.to_string()),
        None => {}
    }
    // At shutdown the listener closes on purpose.
    if let Some(trouble) = trouble.filter(|_| !report.is_draining()) {
        parts.push(format!("not answering: {trouble}"));
    }
    let live = report.verdict(Endpoint::Live);
    if live.status.is_unhealthy() && live.cause.is_some() {
        parts.push("not alive: forced".to_owned());
    }
    let failing: Vec<String> = report
        .components()
        .filter(|component| component.ran && !component.status.is_healthy())
        .map(|component| describe(component, details))
        .collect();
    if !failing.is_empty() {
        parts.push(format!("{}: {}", report.status(), failing.join(", ")));
    }
    if parts.is_empty() {
        parts.push(ready.status.to_string());
    }
    one_line(&parts.join("; "))
}

fn starting(report: &Report) -> String {
    let unfinished = report
        .components()
        .filter(|component| !component.ran)
        .map(Component::name);
    let waited_for: Vec<&str> = unfinished
        .chain(report.held.iter().map(|name| &**name))
        .collect();
    if waited_for.is_empty() {
        "starting".to_owned()
    } else {
        format!("starting: waiting for {}", waited_for.join(", "))
    }
}

fn describe(component: &Component, details: Details) -> String {
    let name = component.name();
    let summary = match (details, component.summary.as_deref()) {
        (Details::StatusOnly, _) | (_, None) => component.status().as_str(),
        (_, Some(summary)) => summary,
    };
    match component.error().filter(|_| details == Details::Full) {
        Some(error) => format!("{name} {summary} ({error})"),
        None => format!("{name} {summary}"),
    }
}

/// Without line ends, which would begin another assignment, and not too long.
fn one_line(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.len() > LONGEST {
        line.truncate(line.floor_char_boundary(LONGEST - '…'.len_utf8()));
        line.push('…');
    }
    line
}
