//! Names to addresses, on a thread that nobody waits for. May touch `error`.
//!
//! The resolver of the operating system blocks, for as long as it likes. On a
//! runtime's blocking pool a look-up that outlasts its check's timeout would
//! take a thread from the application at every run, and hold up a shutdown.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{Mutex, oneshot};

use crate::error::BoxError;

type Resolved = io::Result<Vec<SocketAddr>>;
type Resolve = dyn Fn(&str, u16) -> Resolved + Send + Sync;

/// Looks up one name, once at a time.
pub(crate) struct LookUp {
    host: Arc<str>,
    port: u16,
    resolve: Arc<Resolve>,
    /// The one under way, which may have outlasted the run that began it.
    under_way: Mutex<Option<oneshot::Receiver<Resolved>>>,
}

impl LookUp {
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self::with(host, port, |host, port| {
            Ok((host, port).to_socket_addrs()?.collect())
        })
    }

    fn with<F>(host: &str, port: u16, resolve: F) -> Self
    where
        F: Fn(&str, u16) -> Resolved + Send + Sync + 'static,
    {
        Self {
            host: host.into(),
            port,
            resolve: Arc::new(resolve),
            under_way: Mutex::new(None),
        }
    }

    /// The addresses. Joins a look-up that is under way already.
    ///
    /// Cancel safe: the look-up goes on, and the next call joins it.
    pub(crate) async fn addresses(&self) -> Result<Vec<SocketAddr>, BoxError> {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return Ok(vec![(address, self.port).into()]);
        }
        let mut under_way = self.under_way.lock().await;
        // What came while nobody waited is old by now.
        if !matches!(
            under_way.as_mut().map(oneshot::Receiver::try_recv),
            Some(Err(TryRecvError::Empty))
        ) {
            *under_way = None;
        }
        let answer = match &mut *under_way {
            Some(answer) => answer,
            none => none.insert(self.begin()?),
        };
        let addresses = answer.await;
        *under_way = None;
        match addresses {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(format!("looking up {}: {error}", self.host).into()),
            Err(_) => Err(format!("looking up {}: panicked", self.host).into()),
        }
    }

    fn begin(&self) -> Result<oneshot::Receiver<Resolved>, BoxError> {
        let (sender, answer) = oneshot::channel();
        let (host, port) = (Arc::clone(&self.host), self.port);
        let resolve = Arc::clone(&self.resolve);
        thread::Builder::new()
            .name("health-look-up".to_owned())
            .spawn(move || sender.send(resolve(&host, port)))
            .map_err(|error| format!("no thread to look up {} on: {error}", self.host))?;
        Ok(answer)
    }
}

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUp")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{self, Sender};
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};
    use tokio::time::timeout;

    use super::*;

    const BOUND: Duration = Duration::from_secs(30);

    /// A look-up each of whose threads waits for what it is to answer.
    fn held() -> (Arc<LookUp>, Sender<u8>, Arc<AtomicUsize>) {
        let (release, held) = mpsc::channel();
        let held = std::sync::Mutex::new(held);
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        let look_up = LookUp::with("db", 5432, move |host, port| {
            assert_eq!(host, "db");
            count.fetch_add(1, Ordering::SeqCst);
            match held.lock().unwrap().recv() {
                Ok(last) => Ok(vec![([127, 0, 0, last], port).into()]),
                Err(_) => Err(io::Error::other("no such host")),
            }
        });
        (Arc::new(look_up), release, begun)
    }

    fn runtime() -> Runtime {
        Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .unwrap()
    }

    #[test]
    fn runs_that_time_out_leave_one_look_up_and_nobody_waits_for_it() {
        let (look_up, release, begun) = held();
        let runtime = runtime();
        runtime.block_on(async {
            for _ in 0..10 {
                let run = timeout(Duration::from_millis(5), look_up.addresses());
                assert!(run.await.is_err());
            }
            let blocking = tokio::task::spawn_blocking(|| "the application's own");
            timeout(BOUND, blocking).await.expect("a thread").unwrap();
        });
        let (ended, end) = mpsc::channel();
        std::thread::spawn(move || {
            drop(runtime);
            ended.send(())
        });
        end.recv_timeout(BOUND).expect("a runtime that ends");
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        drop(release);
    }

    #[test]
    fn an_overrun_is_joined_and_an_answer_that_nobody_waited_for_is_not_believed() {
        let (look_up, release, begun) = held();
        runtime().block_on(async {
            let run = timeout(Duration::from_millis(5), look_up.addresses());
            assert!(run.await.is_err());
            // The next one is there when the answer comes.
            let joining = Arc::clone(&look_up);
            let joined = tokio::spawn(async move { joining.addresses().await });
            tokio::task::yield_now().await;
            release.send(1).unwrap();
            let addresses = timeout(BOUND, joined).await.unwrap().unwrap();
            assert_eq!(addresses.unwrap(), [([127, 0, 0, 1], 5432).into()]);
            assert_eq!(begun.load(Ordering::SeqCst), 1);

            let run = timeout(Duration::from_millis(5), look_up.addresses());
            assert!(run.await.is_err());
            release.send(2).unwrap();
            let begun_at = std::time::Instant::now();
            while look_up.under_way.lock().await.as_ref().unwrap().is_empty() {
                assert!(begun_at.elapsed() < BOUND, "no answer");
                tokio::task::yield_now().await;
            }
            release.send(3).unwrap();
            let addresses = timeout(BOUND, look_up.addresses()).await.unwrap();
            assert_eq!(addresses.unwrap(), [([127, 0, 0, 3], 5432).into()]);
            assert_eq!(begun.load(Ordering::SeqCst), 3);
        });
    }

    #[tokio::test]
    async fn addresses_are_not_looked_up_and_failures_are_named() {
        let (look_up, release, _) = held();
        drop(release);
        let error = look_up.addresses().await.unwrap_err().to_string();
        assert_eq!(error, "looking up db: no such host");
        for host in ["127.0.0.1", "::1"] {
            let look_up = LookUp::with(host, 1, |_, _| panic!("on purpose"));
            assert_eq!(look_up.addresses().await.unwrap().len(), 1);
        }
        let look_up = LookUp::with("db", 1, |_, _| panic!("on purpose"));
        let error = look_up.addresses().await.unwrap_err().to_string();
        assert_eq!(error, "looking up db: panicked");
    }
}
