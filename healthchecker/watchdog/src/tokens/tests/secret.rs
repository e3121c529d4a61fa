//! Tokens and the master as texts.

use super::*;

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
