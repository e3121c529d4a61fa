use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use super::Limits;
use super::notice::Report;
use super::pulse::{Answer, Answering, Felt, Pulse};
use super::tls::Identity;

/// A head has less; and hyper reads so much at once and keeps no more.
const HEAD: usize = 8 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    http: http1::Builder,
    pub(super) limits: Limits,
    pub(super) report: Report,
    // Closed when it is time to stop.
    pub(super) stop: watch::Receiver<()>,
}

impl Shared {
    pub(super) fn new(limits: Limits, report: Report, stop: watch::Receiver<()>) -> Self {
        let mut http = http1::Builder::new();
        http.max_header_size(HEAD)
            .max_buf_size(HEAD)
            // Whoever says that nothing more comes has asked all the same, and may still listen.
            .half_close(true)
            // `Pulse` does that.
            .header_read_timeout(None);
        Self {
            http,
            limits,
            report,
            stop,
        }
    }
}

/// One connection, from its handshake, if it has one, to its end.
pub(super) async fn connection<S, B>(
    stream: TcpStream,
    identity: Option<Arc<Identity>>,
    shared: Arc<Shared>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let pulse = Arc::new(Pulse::new());
    let stream = Felt {
        stream,
        pulse: pulse.clone(),
    };
    let Some(identity) = identity else {
        return converse(stream, pulse, &shared, service).await;
    };
    // In a box, or connections without TLS would be as large.
    Box::pin(async {
        let mut stop = shared.stop.clone();
        let handshake = timeout(shared.limits.handshake, async {
            let config = identity.current(&shared.report).await;
            TlsAcceptor::from(config).accept(stream).await
        });
        let handshake = tokio::select! {
            handshake = handshake => handshake,
            _ = stop.changed() => return,
        };
        let Ok(Ok(stream)) = handshake else {
            return;
        };
        pulse.begin();
        converse(stream, pulse, &shared, service).await;
    })
    .await;
}

/// Requests and answers, until one side ends it or the peer has not moved for too long.
async fn converse<I, S, B>(stream: I, pulse: Arc<Pulse>, shared: &Shared, service: S)
where
    I: AsyncRead + AsyncWrite + Unpin,
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let told = pulse.clone();
    let felt = service_fn(move |request: Request<Incoming>| {
        told.asked(!request.body().is_end_stream());
        let answer = service.call(request);
        let pulse = told.clone();
        async move {
            let answer = answer.await?;
            pulse.answers();
            let answering = Answering(pulse);
            Ok::<_, S::Error>(answer.map(|body| Answer { body, answering }))
        }
    });
    let connection = shared.http.serve_connection(TokioIo::new(stream), felt);
    let mut connection = pin!(connection);
    let mut stop = shared.stop.clone();
    let mut stop = pin!(stop.changed());
    let mut is_stopping = false;
    // Moved forward only when it goes off, and back only when a stricter limit begins.
    let mut alarm = pin!(sleep_until(Instant::now() + shared.limits.head));
    poll_fn(|cx| {
        // Errors are the peer's, or the service's wish to close unanswered.
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !is_stopping && stop.as_mut().poll(cx).is_ready() {
            is_stopping = true;
            connection.as_mut().graceful_shutdown();
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
        }
        let Some(due) = pulse.due(&shared.limits, is_stopping) else {
            return Poll::Pending;
        };
        if due < alarm.deadline() {
            alarm.as_mut().reset(due);
        }
        while alarm.as_mut().poll(cx).is_ready() {
            if due <= Instant::now() {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(due);
        }
        Poll::Pending
    })
    .await;
}
