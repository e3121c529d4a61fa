use super::*;
use crate::listener::BindError;

fn bind(addresses: &[SocketAddr]) -> Result<Bound, BindError> {
    let listeners = addresses
        .iter()
        .map(|address| format!("[[listen]]\naddress = \"{address}\"\nopen = true\n"));
    Bound::bind(
        &Config::parse(&listeners.collect::<String>())
            .unwrap()
            .listeners,
    )
}

#[tokio::test]
async fn a_port_of_0_becomes_a_real_one() {
    let any = "127.0.0.1:0".parse().unwrap();
    let addresses = bind(&[any, any]).unwrap().addresses();
    assert!(addresses.iter().all(|address| address.port() != 0));
    assert_ne!(addresses[0], addresses[1]);
}

#[tokio::test]
async fn all_are_bound_or_none() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = bind(&["127.0.0.1:0".parse().unwrap()]).unwrap().addresses()[0];
    let taken_at = taken.local_addr().unwrap();
    let error = bind(&[free, taken_at]).unwrap_err();
    assert_eq!(error.address(), taken_at);
    let line = error.to_string();
    let port = taken_at.port();
    assert_eq!(
        line,
        format!(
            "cannot listen at {taken_at}: it is in use; stop who listens there (ss -ltnp 'sport = :{port}' \
             shows it), or give [[listen]] another port"
        )
    );
    let refused = soon(TcpStream::connect(free)).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    drop(taken);
    assert_eq!(
        bind(&[free, taken_at]).unwrap().addresses(),
        [free, taken_at]
    );
}

#[tokio::test]
async fn an_address_of_another_machine_is_refused() {
    let error = bind(&["203.0.113.7:0".parse().unwrap()]).unwrap_err();
    assert!(!error.is_tls());
    assert!(error.to_string().contains("no interface"), "{error}");
}
