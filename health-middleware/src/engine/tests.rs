use super::*;
use crate::health::Health;

fn effects(version: u64) -> Effects {
    Effects {
        events: Vec::new(),
        #[cfg(feature = "metrics")]
        turned: Vec::new(),
        version: Some(version),
        published: false,
        wake: false,
    }
}

/// Two threads that publish may tell of it in the other order.
#[tokio::test(start_paused = true)]
async fn a_version_that_is_told_late_takes_nothing_back() {
    let health = Health::builder().build().unwrap();
    let shared = health.shared();
    let mut watch = shared.watch();
    shared.tell(effects(8));
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow_and_update(), Some(8));
    for late in [7, 8] {
        shared.tell(effects(late));
        assert!(!watch.has_changed().unwrap(), "{late}");
        assert_eq!(*watch.borrow(), Some(8));
    }
    shared.end();
    shared.tell(effects(9));
    assert_eq!(*watch.borrow(), None, "it has ended");
}
