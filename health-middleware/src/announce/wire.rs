//! The way to a server: a call over a connection of its own.

use std::future::Future;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Request};

use super::dialect::{Answer, Message};
use crate::error::BoxError;
use crate::http_call::HttpUrl;
use crate::look_up::LookUp;
use crate::text;

const TOKEN: HeaderName = HeaderName::from_static("x-consul-token");

/// Something that takes calls. Without a timeout; dropping the future ends the call.
pub(super) trait Wire: Send + Sync + 'static {
    /// Sends a message; `Err` says why there was no answer.
    fn send(&self, message: Message) -> impl Future<Output = Result<Answer, String>> + Send;
}

pub(super) struct HttpWire {
    url: HttpUrl,
    server: LookUp,
    token: Option<HeaderValue>,
}

impl HttpWire {
    pub(super) fn new(url: HttpUrl, token: Option<HeaderValue>) -> Self {
        let server = LookUp::new(url.host(), url.port());
        Self { url, server, token }
    }
}

impl Wire for HttpWire {
    async fn send(&self, message: Message) -> Result<Answer, String> {
        let text = |error: BoxError| text::describe(&*error).to_string();
        let addresses = self.server.addresses().await.map_err(text)?;
        let is_empty = message.body.is_empty() && message.method != Method::GET;
        let mut request = Request::new(message.body);
        *request.method_mut() = message.method;
        // What was made of a URL and of names that were checked.
        let path = message.path.parse();
        *request.uri_mut() = path.map_err(|_| "the path cannot be asked for".to_owned())?;
        let headers = request.headers_mut();
        if let Some(kind) = message.kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        // RFC 9110, 8.6: hyper leaves it out where there is no body.
        if is_empty {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Some(token) = &self.token {
            headers.insert(TOKEN, token.clone());
        }
        let answer = self.url.call(&addresses, request, message.most).await;
        let (status, body) = answer.map_err(text)?;
        Ok(Answer { status, body })
    }
}

#[cfg(test)]
pub(super) mod tests;
