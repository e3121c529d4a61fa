//! Names of services, as clients ask for them.

use health_middleware::BuildErrorKind::{DuplicateName, InvalidName, UnknownTarget};
use health_middleware::{Details, Health};
use tonic::Code;

use super::{NotServing, ServiceUnknown, Serving, Watch, check, fine, list};
use crate::support::{Act, Script, pass, settle};

const ACCOUNTS: &str = "accounts.v1.Accounts";
const LEDGER: &str = "accounts.v1.Ledger";

#[tokio::test(start_paused = true)]
async fn an_alias_answers_as_what_it_stands_for() {
    let database = Script::new(Act::Fail("down"));
    let health = Health::builder()
        .grpc_alias(ACCOUNTS, "readiness")
        .grpc_alias(LEDGER, "ledger")
        .grpc_alias("alive", "liveness")
        .check(database.check("database"))
        .check(fine("ledger"))
        .build()
        .unwrap();
    settle().await;
    assert_eq!(check(&health, ACCOUNTS).await, Ok(NotServing));
    assert_eq!(check(&health, LEDGER).await, Ok(Serving));
    assert_eq!(check(&health, "alive").await, Ok(Serving));
    assert_eq!(check(&health, "accounts.v1").await, Err(Code::NotFound));
    assert_eq!(
        check(&health, &ACCOUNTS.to_lowercase()).await,
        Err(Code::NotFound)
    );

    let listed = list(&health).await.unwrap();
    assert_eq!(listed.len(), 4 + 2 + 3);
    assert_eq!(listed[ACCOUNTS], NotServing as i32);
    assert_eq!(listed[LEDGER], Serving as i32);

    let mut watch = Watch::of(&health, ACCOUNTS).await;
    assert_eq!(watch.next().await, Some(NotServing));
    database.set(Act::Healthy);
    pass(std::time::Duration::from_secs(6)).await;
    assert_eq!(watch.next().await, Some(Serving));
}

#[tokio::test(start_paused = true)]
async fn the_alias_of_a_component_is_hidden_as_its_name_is() {
    let health = Health::builder()
        .grpc_alias(ACCOUNTS, "readiness")
        .grpc_alias(LEDGER, "ledger")
        .check(fine("ledger"))
        .details(Details::StatusOnly)
        .build()
        .unwrap();
    settle().await;
    assert_eq!(check(&health, ACCOUNTS).await, Ok(Serving));
    assert_eq!(check(&health, LEDGER).await, Err(Code::NotFound));
    let mut watch = Watch::of(&health, LEDGER).await;
    assert_eq!(watch.next().await, Some(ServiceUnknown));
    let listed = list(&health).await.unwrap();
    let names: Vec<&str> = listed.keys().map(String::as_str).collect();
    assert_eq!(names, ["", ACCOUNTS, "liveness", "readiness", "startup"]);
}

#[tokio::test(start_paused = true)]
async fn aliases_count_among_the_hundred_that_are_listed() {
    let aliases = |count: usize| {
        (0..count)
            .fold(Health::builder(), |builder, index| {
                builder.grpc_alias(format!("service.{index}"), "readiness")
            })
            .build()
            .unwrap()
    };
    assert_eq!(list(&aliases(96)).await.unwrap().len(), 100);
    let refused = list(&aliases(97)).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn what_cannot_be_an_alias_is_refused_by_name() {
    let long = "x".repeat(256);
    for (alias, stands_for, kind) in [
        ("", "readiness", InvalidName),
        ("a b", "readiness", InvalidName),
        ("a\n", "readiness", InvalidName),
        ("ä", "readiness", InvalidName),
        (&*long, "readiness", InvalidName),
        ("readiness", "liveness", DuplicateName),
        ("liveness", "liveness", DuplicateName),
        ("startup", "ledger", DuplicateName),
        ("ledger", "readiness", DuplicateName),
        (LEDGER, "readiness", DuplicateName),
        (ACCOUNTS, "", UnknownTarget),
        (ACCOUNTS, "Readiness", UnknownTarget),
        (ACCOUNTS, "database", UnknownTarget),
        (ACCOUNTS, "migrations", UnknownTarget),
        (ACCOUNTS, LEDGER, UnknownTarget),
        (ACCOUNTS, ACCOUNTS, UnknownTarget),
    ] {
        let guard = health_middleware::StartupGuard::new("migrations");
        let error = Health::builder()
            .grpc_alias(LEDGER, "ledger")
            .grpc_alias(alias, stands_for)
            .check(fine("ledger"))
            .startup(&guard)
            .build()
            .expect_err(alias);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(&format!("{alias:?}")), "{error}");
        if kind == UnknownTarget {
            assert!(
                error.to_string().contains(&format!("{stands_for:?}")),
                "{error}"
            );
        }
    }
    let longest = "x".repeat(255);
    for alias in [&*longest, "a/b:c", "x"] {
        let built = Health::builder().grpc_alias(alias, "startup").build();
        assert!(built.is_ok(), "{alias}");
    }
}
