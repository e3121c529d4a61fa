//! Couriers: a form, a way, and what an answer means.

use std::time::Duration;

use super::files::secrets;
use super::judge;
use super::lookup::{Lookup, System};
use super::sign::Secrets;
use super::template::{JSON, Template};
use super::way::{LIMIT, Way};
use super::{Courier, alertmanager, slack, webhook};
use crate::config::{SinkConfig, SinkKind, SinkUrl};
use crate::outbox::{Message, Type, Verdict};
use crate::watches::Millis;

/// Who takes messages to a sink over HTTP.
#[derive(Debug)]
pub(super) struct Post {
    form: Form,
    way: Way,
}

#[derive(Debug)]
enum Form {
    Webhook {
        secrets: Option<Secrets>,
        template: Option<Box<Template>>,
        content_type: Box<str>,
    },
    Slack,
    /// Tests alone: what is down it is told by rounds.
    Alertmanager,
}

impl Post {
    /// For a monitor, which has no configuration.
    pub(super) fn monitor(url: SinkUrl) -> Result<Self, String> {
        let mut post = Self::new(&SinkConfig::slack(url))?;
        post.way.elsewhere =
            "no monitor may be there, but a `[sink.NAME]` of the configuration may";
        Ok(post)
    }

    /// For a sink of the configuration. Whatever it names is read and tried.
    pub(super) fn new(sink: &SinkConfig) -> Result<Self, String> {
        Self::with(sink, System, LIMIT)
    }

    pub(super) fn with(
        sink: &SinkConfig,
        lookup: impl Lookup,
        limit: Duration,
    ) -> Result<Self, String> {
        let form = match sink.kind {
            SinkKind::Webhook => Form::webhook(sink)?,
            SinkKind::Slack => Form::Slack,
            SinkKind::Alertmanager => Form::Alertmanager,
        };
        let behind = match sink.kind {
            SinkKind::Alertmanager => alertmanager::PATH,
            _ => "",
        };
        let way = Way::new(sink, behind, lookup, limit)?;
        Ok(Self { form, way })
    }

    fn post(
        &self,
        message: &Message,
        now: Millis,
    ) -> Result<Result<judge::Answer, String>, String> {
        Ok(match &self.form {
            Form::Webhook {
                secrets,
                template,
                content_type,
            } => {
                let body = match template {
                    Some(template) => template
                        .render(message)
                        .map_err(|why| format!("its body's template {why}"))?,
                    None => webhook::body(message),
                };
                let headers = webhook::headers(message, now, body.as_bytes(), secrets.as_ref());
                self.way.post(content_type, &headers, body.as_bytes())
            }
            Form::Slack => self.way.post(JSON, &[], slack::body(message).as_bytes()),
            Form::Alertmanager => {
                if message.news.iter().any(|news| news.kind != Type::Test) {
                    return Err(
                        "Alertmanager is told what is down by rounds, not by messages".to_owned(),
                    );
                }
                self.way.post(JSON, &[], alertmanager::test(now).as_bytes())
            }
        })
    }
}

impl Courier for Post {
    fn tell(&self, message: &Message, _attempt: u32, now_wall: Millis) -> Verdict {
        match self.post(message, now_wall) {
            Err(problem) => Verdict::Refused { problem },
            Ok(Err(problem)) => Verdict::Again {
                after: None,
                problem,
            },
            Ok(Ok(answer)) => {
                let judge = match self.form {
                    Form::Slack => judge::slack,
                    _ => judge::webhook,
                };
                judge(&answer, self.way.problem(&answer), now_wall)
            }
        }
    }
}

impl Form {
    fn webhook(sink: &SinkConfig) -> Result<Self, String> {
        let secrets = match &sink.secret_file {
            None => None,
            Some(file) => {
                let shown = file.display();
                let secrets = secrets(file);
                Some(secrets.map_err(|why| format!("secret_file: {shown}: {why}"))?)
            }
        };
        let content_type = sink.content_type.as_deref();
        let template = match &sink.body {
            None => None,
            Some(source) => Some(Box::new(Template::tried(source, content_type)?)),
        };
        Ok(Self::Webhook {
            secrets,
            template,
            content_type: content_type.unwrap_or(JSON).into(),
        })
    }
}
