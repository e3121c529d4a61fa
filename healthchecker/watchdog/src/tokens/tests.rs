//! What tokens promise.

use super::*;
use crate::store::Token;
use crate::watches::{Millis, NEVER, NameError};

mod quotas;

const NOON: Millis = 1_000_000_000;

fn master() -> Master {
    Master::new(&[7; 32]).unwrap()
}

fn none() -> Tokens {
    Tokens::new(master(), Vec::new(), NOON)
}

fn wish(prefix: &str) -> Wish<'_> {
    Wish {
        prefix,
        verbs: Verbs::USUAL,
        expires: NEVER,
        note: "",
    }
}

fn signature(minted: &Minted, name: &str) -> Proof {
    Proof::Signature(minted.secret.signature(name))
}

/// The rows as a store would give them back.
fn again(tokens: &Tokens, master: Master) -> Tokens {
    Tokens::new(master, tokens.rows().cloned().collect(), NOON)
}

/// By Python's hmac and hashlib.
#[test]
fn tokens_and_hashes_are_as_another_program_makes_them() {
    let minted = none().mint(&wish("dc"), NOON).unwrap();
    assert_eq!(
        minted.secret.text(),
        "e6dd7fc3785b2eca93e77e22109e9bfd353352ff55a3dfad4da10fcc71e1781f"
    );
    let Token {
        serial,
        prefix,
        verbs,
        ..
    } = &minted.row;
    assert_eq!(
        (*serial, &**prefix, &**verbs),
        (1, "dc", "kick fault status")
    );
    let stored = Secret::parse("e6dd7fc3785b2eca93e77e22109e9bfd353352ff55a3dfad4da10fcc71e1781f");
    assert_eq!(minted.row.sha256, stored.unwrap().sha256());
    let proof =
        Proof::signature("05450bd561e027c60ce15cf5640ea66fe9efc357111712fc583c7ffd68e72b69");
    let mut tokens = none();
    tokens.mint(&wish("dc"), NOON).unwrap();
    let grant = tokens
        .check(&proof.unwrap(), "dc.server1", Verb::Kick, NOON)
        .unwrap();
    assert_eq!((grant.serial, &*grant.authority), (1, "dc"));
}

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
fn there_are_only_so_many_of_a_prefix() {
    let mut tokens = none();
    for _ in 0..MOST_OF_A_PREFIX {
        tokens.mint(&wish("dc"), NOON).unwrap();
    }
    let many = |tokens: &mut Tokens| {
        tokens
            .mint(&wish("dc."), NOON)
            .map(|minted| minted.row.serial)
    };
    assert_eq!(many(&mut tokens), Err(MintError::ManyOfPrefix));
    assert!(tokens.mint(&wish("dc.x"), NOON).is_ok());
    tokens.revoke(3, NOON);
    assert_eq!(many(&mut tokens), Ok(18));
}

#[test]
fn those_that_have_ended_cost_nothing_and_hide_nothing() {
    let mut tokens = none();
    let first = tokens.mint(&wish("dc"), NOON).unwrap();
    for _ in 0..1_000 {
        let serial = tokens.mint(&wish("dc"), NOON).unwrap().row.serial;
        tokens.revoke(serial, NOON);
    }
    for tokens in [&tokens, &again(&tokens, master())] {
        assert!(tokens.by_prefix["dc"].len() <= 1 + 4 + 1);
        let found = tokens.check(&signature(&first, "dc"), "dc", Verb::Kick, NOON);
        assert_eq!(found.map(|grant| grant.serial), Ok(1));
    }
}

#[test]
fn prefixes_are_names_or_everything() {
    let mut tokens = none();
    let mut mint = |prefix| {
        tokens
            .mint(&wish(prefix), NOON)
            .map(|minted| minted.row.prefix)
    };
    assert_eq!(mint("").as_deref(), Ok(""));
    assert_eq!(mint("my.new.").as_deref(), Ok("my.new"));
    for (prefix, why) in [
        ("..", NameError::OnlyDots),
        ("A", NameError::Character),
        ("a\0b", NameError::Character),
        (&"a".repeat(201), NameError::TooLong),
    ] {
        assert_eq!(mint(prefix), Err(MintError::Prefix(why)), "{prefix}");
    }
}

#[test]
fn texts_are_64_digits_in_lower_case_or_nothing() {
    let good = "0123456789abcdef".repeat(4);
    assert_eq!(Secret::parse(&good).unwrap().text(), good);
    for bad in [
        "",
        &good[..63],
        &good[..62],
        &format!("{good}0"),
        &format!("{good}00"),
        &good.to_uppercase(),
        &good.replace('0', "g"),
        &good.replace('0', " "),
        &good.replacen("01", "ä", 1),
        &format!("0x{}", &good[..62]),
    ] {
        assert!(Secret::parse(bad).is_none(), "{bad}");
        assert!(Proof::signature(bad).is_none(), "{bad}");
        assert!(
            Proof::authorization(&format!("Bearer {bad}")).is_none(),
            "{bad}"
        );
    }
    for (value, is_good) in [
        (format!("Bearer {good}"), true),
        (format!("bearer  {good} "), true),
        (format!("Basic {good}"), false),
        (good.clone(), false),
        (format!("Bearer\t{good}"), false),
        ("Bearer".into(), false),
    ] {
        assert_eq!(Proof::authorization(&value).is_some(), is_good, "{value}");
    }
}

#[test]
fn a_master_has_32_bytes_and_nothing_shows_a_secret() {
    assert_eq!(Master::new(&[7; 31]).unwrap_err(), MasterError);
    assert_eq!(
        Master::new(b"0123456789012345678901234567890\n").unwrap_err(),
        MasterError
    );
    let with_end = Master::new(b"01234567890123456789012345678901\n").unwrap();
    let without = Master::new(b"01234567890123456789012345678901").unwrap();
    assert_eq!(
        with_end.derive(1, "a").text(),
        without.derive(1, "a").text()
    );
    let mut tokens = none();
    let minted = tokens.mint(&wish("dc"), NOON).unwrap();
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        master(),
        minted.secret,
        Proof::Bearer(minted.secret.clone()),
        signature(&minted, "dc"),
    );
    assert_eq!(
        shown,
        "Master { .. } Secret { .. } Bearer(..) Signature(..)"
    );
}

#[test]
fn every_number_and_prefix_has_its_own() {
    let texts = [(1, "a"), (2, "a"), (1, "b"), (11, ""), (1, "1"), (1, "")]
        .map(|(serial, prefix)| master().derive(serial, prefix).text());
    let unique: std::collections::BTreeSet<_> = texts.iter().collect();
    assert_eq!(unique.len(), texts.len());
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

#[test]
fn an_older_database_gives_no_number_again() {
    let master = || Master::new(&[7; 32]).unwrap();
    let wish = |verbs| Wish {
        prefix: "dc",
        verbs,
        expires: NEVER,
        note: "",
    };
    let mut tokens = Tokens::new(master(), Vec::new(), 5_000).numbered_from(5_000_000);
    let first = tokens.mint(&wish(Verbs::USUAL), 5_000).unwrap();
    let second = tokens.mint(&wish(Verbs::USUAL), 5_000).unwrap();
    assert_eq!(
        (first.row.serial, second.row.serial),
        (5_000_000, 5_000_001)
    );
    let mut later = Tokens::new(master(), vec![first.row], 6_000).numbered_from(6_000_000);
    let third = later.mint(&wish(Verbs::EVERY), 6_000).unwrap();
    assert_ne!(third.secret.text(), second.secret.text());
    let proof = Proof::Bearer(second.secret);
    assert_eq!(
        later.check(&proof, "dc", Verb::Kick, 6_000),
        Err(Denied::Wrong)
    );
}

#[test]
fn tokens_that_are_over_make_room() {
    let mut tokens = Tokens::new(Master::new(&[7; 32]).unwrap(), Vec::new(), 0);
    let mut last = None;
    for at in 0..MOST_TOKENS {
        let prefix = format!("lab.x{at}");
        let wish = Wish {
            prefix: &prefix,
            verbs: Verbs::USUAL,
            expires: 10,
            note: "",
        };
        last = tokens.mint(&wish, 0).ok().or(last);
    }
    let wish = |prefix| Wish {
        prefix,
        verbs: Verbs::USUAL,
        expires: NEVER,
        note: "",
    };
    assert_eq!(tokens.mint(&wish("dc"), 9).unwrap_err(), MintError::Many);
    tokens.mint(&wish("dc"), 10).unwrap();
    // The younger half is still known for what it was.
    let proof = Proof::Bearer(last.unwrap().secret);
    let name = format!("lab.x{}", MOST_TOKENS - 2);
    assert_eq!(
        tokens.check(&proof, &name, Verb::Kick, 10),
        Err(Denied::Expired)
    );
}
