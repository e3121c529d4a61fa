//! How much a watch takes: there may be a million.

#[test]
fn a_watch_is_small() {
    let slot = size_of::<Option<crate::watches::table::Slot>>();
    assert!(slot <= 96, "{slot}");
}
