use super::*;

const UP: Standing = Standing::Up(Status::Healthy);
// As etcd 3.4.23 answers.
const GRANTED: &str = r#"{"header":{"cluster_id":"13455796455940752355","member_id":"443629905751424238","revision":"1","raft_term":"2"},"ID":"4390624808609648649","TTL":"15"}"#;
const KEPT: &str = "{\"result\":{\"header\":{\"revision\":\"2\"},\"ID\":\"4390624808609648649\",\"TTL\":\"15\"}}\n";
const EXPIRED: &str =
    "{\"result\":{\"header\":{\"revision\":\"3\"},\"ID\":\"4390624808609648649\"}}\n";
const NOT_FOUND: &str = r#"{"error":"etcdserver: requested lease not found","message":"etcdserver: requested lease not found","code":5}"#;

fn etcd() -> Etcd {
    let instance = Instance::new("accounts", "10.0.0.7", 6767)
        .id("one")
        .tag("v2")
        .meta("zone", "a");
    Etcd::new(
        "services/accounts",
        &instance,
        Duration::from_millis(15_900),
    )
}

fn says(etcd: &mut Etcd, step: Step, status: u16, body: &str) -> Result<(), String> {
    let status = StatusCode::from_u16(status).unwrap();
    let body = body.as_bytes().to_vec();
    etcd.heard(step, &Answer { status, body })
}

/// Granted and put.
fn registered() -> Etcd {
    let mut etcd = etcd();
    says(&mut etcd, Step::Grant, 200, GRANTED).unwrap();
    says(&mut etcd, Step::Put, 200, "{}").unwrap();
    etcd
}

#[test]
fn calls_as_the_gateway_documents_them() {
    let mut etcd = etcd();
    let call = |etcd: &mut Etcd, step| {
        let message = etcd.message(step, "");
        assert_eq!(message.method, Method::POST);
        let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        (message.path, body)
    };
    let (path, body) = call(&mut etcd, Step::Grant);
    assert_eq!(path, "/v3/lease/grant");
    assert_eq!(body, json!({"TTL": "15"}));
    says(&mut etcd, Step::Grant, 200, GRANTED).unwrap();

    let (path, body) = call(&mut etcd, Step::Put);
    assert_eq!(path, "/v3/kv/put");
    assert_eq!(body["lease"], "4390624808609648649");
    let text = |field: &str| {
        let bytes = BASE64_STANDARD.decode(body[field].as_str().unwrap());
        String::from_utf8(bytes.unwrap()).unwrap()
    };
    assert_eq!(text("key"), "services/accounts/one");
    let value: serde_json::Value = serde_json::from_str(&text("value")).unwrap();
    let expected = json!({
        "Addr": "10.0.0.7:6767", "Metadata": {"zone": "a"},
        "Name": "accounts", "ID": "one", "Tags": ["v2"],
    });
    assert_eq!(value, expected);

    for (step, expected) in [
        (Step::KeepAlive, "/v3/lease/keepalive"),
        (Step::Revoke, "/v3/lease/revoke"),
    ] {
        let (path, body) = call(&mut etcd, step);
        assert_eq!(path, expected);
        assert_eq!(body, json!({"ID": "4390624808609648649"}));
    }
}

#[test]
fn granted_put_kept_alive_and_revoked() {
    let mut etcd = etcd();
    assert_eq!(etcd.next(Standing::Down), None);
    assert_eq!(etcd.next(UP), Some(Step::Grant));
    says(&mut etcd, Step::Grant, 200, GRANTED).unwrap();
    assert_eq!(etcd.next(UP), Some(Step::Put));
    assert!(says(&mut etcd, Step::Put, 503, "").is_err());
    assert_eq!(etcd.next(UP), Some(Step::Put));
    says(&mut etcd, Step::Put, 200, "{}").unwrap();
    assert_eq!(etcd.next(UP), None);
    etcd.stale();
    assert_eq!(etcd.next(UP), Some(Step::KeepAlive));
    says(&mut etcd, Step::KeepAlive, 200, KEPT).unwrap();
    assert_eq!(etcd.next(UP), None);
    for standing in [Standing::Down, Standing::Gone] {
        assert_eq!(etcd.next(standing), Some(Step::Revoke));
    }
    assert!(says(&mut etcd, Step::Revoke, 503, "").is_err());
    assert_eq!(etcd.next(Standing::Gone), Some(Step::Revoke));
    says(&mut etcd, Step::Revoke, 404, NOT_FOUND).unwrap();
    assert_eq!(etcd.next(Standing::Gone), None);
    assert_eq!(etcd.next(UP), Some(Step::Grant));
}

#[test]
fn a_lease_that_is_lost_is_granted_anew() {
    let mut etcd = registered();
    assert_eq!(
        says(&mut etcd, Step::KeepAlive, 200, EXPIRED),
        Err(LOST.to_owned())
    );
    assert_eq!(etcd.next(UP), Some(Step::Grant));
    assert_eq!(etcd.next(Standing::Gone), None);
    says(&mut etcd, Step::Grant, 200, GRANTED).unwrap();
    assert_eq!(etcd.next(UP), Some(Step::Put), "with the new lease");
    assert_eq!(
        says(&mut etcd, Step::Put, 404, NOT_FOUND),
        Err(LOST.to_owned())
    );
    assert_eq!(etcd.next(UP), Some(Step::Grant));
}

#[test]
fn nonsense_loses_no_lease() {
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"error":{"grpc_code":14}}"#,
        r#"{"ID":4390624808609648649,"result":{"ID":4390624808609648649,"TTL":15}}"#,
        r#"{"result":{"ID":"7","TTL":"15"}}"#,
        r#"{"result":[{"ID":"4390624808609648649","TTL":"15"}]}"#,
        "\u{0}",
    ] {
        let mut etcd = registered();
        etcd.stale();
        assert!(
            says(&mut etcd, Step::KeepAlive, 200, body).is_err(),
            "{body}"
        );
        assert_eq!(etcd.next(UP), Some(Step::KeepAlive), "{body}");
        let mut etcd = self::etcd();
        assert!(says(&mut etcd, Step::Grant, 200, body).is_err(), "{body}");
        assert_eq!(etcd.next(UP), Some(Step::Grant), "{body}");
    }
    for id in ["", "0", "x", "\\\",\\\"a", "99999999999999999999"] {
        let mut etcd = etcd();
        let body = format!(r#"{{"ID":"{id}","TTL":"15"}}"#);
        assert!(says(&mut etcd, Step::Grant, 200, &body).is_err(), "{body}");
    }
}
