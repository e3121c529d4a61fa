//! A page for people: what the JSON shows and no more, without a script.

mod part;

use std::fmt::{self, Display};

use part::{At, Part, Took};

use super::body::{Written, shown};
use super::escape::Escaped;
use super::{Details, Wording, json};
use crate::report::{Component, Endpoint, InfoValue, Report, Status};

/// What stands between the tags of `<style>`.
const STYLE: &str = include_str!("page/style.css");

/// Nothing is loaded and nothing runs. The style is allowed by its hash, so that
/// one which an injection brought would not be; the icon stands in the page.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; \
     style-src 'sha256-FeOP96PHlNa5ZY8FRgxWf/H7jScpqnsr4RCf3vPsOig='; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page of an endpoint.
pub(super) struct EndpointPage<'a> {
    pub(super) report: &'a Report,
    pub(super) endpoint: Endpoint,
    pub(super) details: Details,
}

impl Display for EndpointPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.report.endpoint(self.endpoint);
        let label = label(self.endpoint);
        if self.details == Details::StatusOnly {
            begin(f, &self.report.wording, state.status, label)?;
            return f.write_str(END);
        }
        let (service, info): (Vec<_>, Vec<_>) = self
            .report
            .info
            .iter()
            .partition(|(name, _)| &**name == "service");
        match service.first() {
            Some((_, value)) => {
                let of = format_args!("{} · {label}", Plain(value));
                begin(f, &self.report.wording, state.status, of)?;
            }
            None => begin(f, &self.report.wording, state.status, label)?,
        }
        if let Some(cause) = state.cause {
            writeln!(f, "<p class=\"why\">{}</p>", Escaped(cause))?;
        }
        writeln!(f, "<p class=\"at\">{}</p>", At::new(self.report.timestamp))?;
        self.write_parts(f)?;
        if !info.is_empty() {
            f.write_str("<dl>\n")?;
            for (name, value) in info {
                let (name, value) = (Escaped(name), Escaped(Plain(value)));
                writeln!(f, "<dt>{name}</dt><dd>{value}</dd>")?;
            }
            f.write_str("</dl>\n")?;
        }
        f.write_str(END)
    }
}

impl EndpointPage<'_> {
    /// The components, and what else start-up waits for.
    fn write_parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let components = self
            .report
            .components()
            .filter(|component| shown(component, self.endpoint))
            .map(|component| Part::of(component, self.details));
        let held = self.report.held.iter().map(Part::held);
        let held = held.filter(|_| self.endpoint == Endpoint::Startup);
        let mut parts = components.chain(held).peekable();
        if parts.peek().is_none() {
            return Ok(());
        }
        let heading = match self.endpoint {
            Endpoint::Startup => "Waits for",
            _ => "Components",
        };
        writeln!(f, "<h2>{heading}</h2>\n<ul role=\"list\">")?;
        for part in parts {
            part.write(f, &self.report.wording, self.report.timestamp)?;
        }
        f.write_str("</ul>\n")
    }
}

/// The page of one component.
pub(super) struct ComponentPage<'a> {
    pub(super) wording: &'a Wording,
    pub(super) component: &'a Component,
    pub(super) details: Details,
}

impl Display for ComponentPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let component = self.component;
        if self.details == Details::StatusOnly {
            begin(f, self.wording, component.status, "component")?;
            return f.write_str(END);
        }
        begin(f, self.wording, component.status, &component.name)?;
        if let Some(message) = self.details.message(component) {
            writeln!(f, "<p class=\"why\">{}</p>", Escaped(message))?;
        }
        if let Some(checked) = component.checked {
            write!(f, "<p class=\"at\">{}", At::new(checked))?;
            if let Some(duration) = component.duration {
                write!(f, " · {}", Took(duration))?;
            }
            f.write_str("</p>\n")?;
        }
        f.write_str(END)
    }
}

/// How often a browser asks again, in seconds: about as often as checks run.
const REFRESH: u8 = 5;

const END: &str = "</main>\n</body>\n</html>\n";

/// All down to the status in large letters. The title begins with it, for tabs are
/// narrow.
fn begin(
    f: &mut fmt::Formatter<'_>,
    wording: &Wording,
    status: Status,
    of: impl Display,
) -> fmt::Result {
    let (word, of, tone) = (wording.word(status), Escaped(of), wording.tone(status));
    writeln!(
        f,
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <title>{word} · {of}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"{REFRESH}\">\n\
         <link rel=\"icon\" href=\"{}\">\n\
         <style>{STYLE}</style>\n\
         </head>\n\
         <body class=\"{tone}\">\n\
         <main>\n\
         <p class=\"of\">{of}</p>\n\
         <h1>{word}</h1>",
        icon(tone)
    )
}

/// The shapes that the style draws beside the words.
fn icon(tone: Status) -> &'static str {
    macro_rules! icon {
        ($color:literal, $shape:literal) => {
            concat!(
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
                 viewBox='0 0 16 16' fill='%23",
                $color,
                "'%3E",
                $shape,
                "/%3E%3C/svg%3E"
            )
        };
    }
    match tone {
        Status::Healthy => icon!("2a9d68", "%3Ccircle cx='8' cy='8' r='7'"),
        Status::Degraded => icon!("c98a00", "%3Cpath d='M8 1l8 14H0z'"),
        Status::Unhealthy => icon!("d9372c", "%3Cpath d='M1 1h14v14H1z'"),
    }
}

fn label(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Health => "health",
        Endpoint::Live => "liveness",
        Endpoint::Ready => "readiness",
        Endpoint::Startup => "start-up",
    }
}

/// A value as JSON writes it, but a text without its quotes.
struct Plain<'a>(&'a InfoValue);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            InfoValue::Text(text) => f.write_str(text),
            other => f.write_str(&json(&Written(other))),
        }
    }
}

#[cfg(test)]
mod tests;
