//! What answers 200 to everything, on the same HTTP library: no server upon it can be faster.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;

use crate::load::{KEPT, Load, SINGLE};
use crate::machine::Cores;
use crate::table::{Table, grouped};

/// As the server has it.
const BACKLOG: u32 = 4096;

const TIME: Duration = Duration::from_secs(5);

pub(crate) fn measure(cores: &Cores, table: &mut Table) {
    let address = cores.there(serve);
    for (is_kept, connections, what) in [
        (true, KEPT, "512 kept connections"),
        (false, SINGLE, "a connection each"),
    ] {
        let load = Load {
            address,
            requests: vec![Load::request("/", is_kept)],
            connections,
            is_kept,
            every: None,
            time: TIME,
        };
        let found = format!("{} /s", grouped(load.run().rate()));
        table.note(&format!("this core: hyper's bare 200, {what}"), &found);
    }
}

/// Serves on a thread of its own, until the end of this program.
fn serve() -> SocketAddr {
    let (bound, address) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let socket = TcpSocket::new_v4().expect("a socket");
            socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
            let listener = socket.listen(BACKLOG).expect("a listener");
            let address = listener.local_addr().expect("an address");
            bound.send(address).expect("who asks");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                stream.set_nodelay(true).expect("no delay");
                tokio::spawn(async move {
                    let answer = |_: Request<_>| async {
                        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
                    };
                    // Who asks has gone.
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service_fn(answer))
                        .await;
                });
            }
        });
    });
    address.recv().expect("an address")
}
