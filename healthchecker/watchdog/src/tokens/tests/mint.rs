//! Which tokens there can be, and how many.

use super::*;

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
