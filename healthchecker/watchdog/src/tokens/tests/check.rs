//! What a proof allows.

use super::*;

#[test]
fn a_token_reaches_by_whole_labels() {
    let mut tokens = none();
    let minted = tokens.mint(&wish("dc.server1"), NOON).unwrap();
    for (name, is_reached) in [
        ("dc.server1", true),
        ("dc.server1.disk", true),
        ("dc.server1.", true),
        ("dc.server10", false),
        ("dc.server", false),
        ("dc", false),
        ("x.dc.server1", false),
    ] {
        for proof in [
            signature(&minted, name),
            Proof::Bearer(minted.secret.clone()),
        ] {
            let found = tokens.check(&proof, name, Verb::Kick, NOON);
            assert_eq!(found.is_ok(), is_reached, "{name} {proof:?}");
        }
        // The hash of another name is none of this one.
        let found = tokens.check(&signature(&minted, "dc.server1.x"), name, Verb::Kick, NOON);
        assert_eq!(found, Err(Denied::Wrong), "{name}");
    }
    let all = tokens.mint(&wish(""), NOON).unwrap();
    assert!(
        tokens
            .check(&signature(&all, "any"), "any", Verb::Kick, NOON)
            .is_ok()
    );
    let deep = "a.".repeat(99) + "a";
    assert!(
        tokens
            .check(&signature(&all, &deep), &deep, Verb::Kick, NOON)
            .is_ok()
    );
}

#[test]
fn only_what_is_stored_counts() {
    let mut tokens = none();
    let minted = tokens.mint(&wish("dc"), NOON).unwrap();
    let kick = |tokens: &Tokens| tokens.check(&signature(&minted, "dc"), "dc", Verb::Kick, NOON);
    assert!(kick(&again(&tokens, master())).is_ok());
    let other = Master::new(&[8; 32]).unwrap();
    assert_eq!(kick(&again(&tokens, other)), Err(Denied::Wrong));
    assert_eq!(kick(&none()), Err(Denied::Wrong));
    // A row that somebody has written without the master.
    let mut rows: Vec<_> = tokens.rows().cloned().collect();
    rows[0].sha256 = [1; 32];
    assert_eq!(kick(&Tokens::new(master(), rows, NOON)), Err(Denied::Wrong));
}

#[test]
fn it_ends_at_its_time_or_when_it_is_revoked() {
    let mut tokens = none();
    let expires = NOON + 1_000;
    let minted = tokens
        .mint(
            &Wish {
                expires,
                ..wish("dc")
            },
            NOON,
        )
        .unwrap();
    let proofs = [
        signature(&minted, "dc"),
        Proof::Bearer(minted.secret.clone()),
    ];
    for proof in &proofs {
        let kick = |wall| tokens.check(proof, "dc", Verb::Kick, wall);
        assert_eq!(kick(expires - 1).map(|grant| grant.expires), Ok(expires));
        assert_eq!(kick(expires), Err(Denied::Expired));
    }
    assert_eq!(tokens.revoke(1, NOON + 5).unwrap().revoked, Some(NOON + 5));
    assert_eq!(tokens.revoke(1, NOON + 9).unwrap().revoked, Some(NOON + 5));
    assert_eq!(tokens.revoke(2, NOON), None);
    for tokens in [&tokens, &again(&tokens, master())] {
        for proof in &proofs {
            let found = tokens.check(proof, "dc", Verb::Kick, NOON + 5);
            assert_eq!(found, Err(Denied::Revoked));
        }
    }
}

#[test]
fn two_are_valid_while_one_replaces_the_other() {
    let mut tokens = none();
    let old = tokens.mint(&wish("dc"), NOON).unwrap();
    let (row, new) = tokens.rotate(1, NOON, 60_000, NEVER).unwrap();
    assert_eq!((row.serial, row.expires), (1, NOON + 60_000));
    assert_eq!((new.row.serial, &*new.row.prefix), (2, "dc"));
    assert_eq!(new.row.verbs, old.row.verbs);
    assert_ne!(new.secret.text(), old.secret.text());
    for (wall, is_old, is_new) in [(NOON + 59_999, true, true), (NOON + 60_000, false, true)] {
        let kick = |minted| tokens.check(&signature(minted, "dc"), "dc", Verb::Kick, wall);
        assert_eq!((kick(&old).is_ok(), kick(&new).is_ok()), (is_old, is_new));
    }
    let missing = tokens.rotate(1, NOON + 60_000, 1, NEVER);
    assert_eq!(missing.unwrap_err(), MintError::Missing);
    assert_eq!(
        tokens.rotate(9, NOON, 1, NEVER).unwrap_err(),
        MintError::Missing
    );
    // A second rotation never makes the first one's end later.
    let (row, _) = tokens.rotate(1, NOON, 120_000, NEVER).unwrap();
    assert_eq!(row.expires, NOON + 60_000);
}

#[test]
fn a_hash_allows_the_usual_unless_the_row_says_more() {
    let mut tokens = none();
    for (words, verb, bearer, signed) in [
        ("kick", Verb::Kick, Ok(()), Ok(())),
        (
            "kick",
            Verb::Fault,
            Err(Denied::Verb(Verb::Fault)),
            Err(Denied::Verb(Verb::Fault)),
        ),
        (
            "kick retire",
            Verb::Retire,
            Ok(()),
            Err(Denied::Signed(Verb::Retire)),
        ),
        ("kick retire signed", Verb::Retire, Ok(()), Ok(())),
        (
            "retire signed",
            Verb::Kick,
            Err(Denied::Verb(Verb::Kick)),
            Err(Denied::Verb(Verb::Kick)),
        ),
        ("auth", Verb::Auth, Ok(()), Err(Denied::Signed(Verb::Auth))),
        (
            "",
            Verb::Kick,
            Err(Denied::Verb(Verb::Kick)),
            Err(Denied::Verb(Verb::Kick)),
        ),
    ] {
        let verbs = Verbs::parse(words).unwrap();
        let prefix = format!("t{}", tokens.rows().count());
        let minted = tokens
            .mint(
                &Wish {
                    verbs,
                    ..wish(&prefix)
                },
                NOON,
            )
            .unwrap();
        assert_eq!(&*minted.row.verbs, words);
        let found = |proof: &Proof| tokens.check(proof, &prefix, verb, NOON).map(drop);
        assert_eq!(
            found(&Proof::Bearer(minted.secret.clone())),
            bearer,
            "{words}: {verb:?}"
        );
        assert_eq!(
            found(&signature(&minted, &prefix)),
            signed,
            "{words}: {verb:?}"
        );
    }
    assert_eq!(Verbs::parse("kick fly"), Err("fly"));
    assert_eq!(Verbs::from_stored("kick fly").to_string(), "kick");
}

#[test]
fn the_masters_own_token_may_do_everything_as_a_bearer_and_cannot_be_revoked() {
    let master = Master::new(&[7; 32]).unwrap();
    let root = master.derive(0, "");
    let mut tokens = Tokens::new(master, Vec::new(), 0);
    let proof = Proof::Bearer(root.clone());
    for verb in Verb::ALL {
        let grant = tokens.check(&proof, "dc.server1", verb, 5).unwrap();
        assert_eq!((grant.serial, &*grant.authority), (0, ""));
    }
    let signed = Proof::Signature(root.signature("dc"));
    assert_eq!(
        tokens.check(&signed, "dc", Verb::Kick, 5),
        Err(Denied::Wrong)
    );
    assert_eq!(tokens.revoke(0, 5), None);
    assert!(matches!(
        tokens.rotate(0, 5, 0, NEVER),
        Err(MintError::Missing)
    ));
    assert_eq!(tokens.rows().count(), 0);
    assert!(tokens.check(&proof, "", Verb::Auth, 5).is_ok());

    let other = Tokens::new(Master::new(&[8; 32]).unwrap(), Vec::new(), 0);
    assert_eq!(other.check(&proof, "dc", Verb::Kick, 5), Err(Denied::Wrong));
}
