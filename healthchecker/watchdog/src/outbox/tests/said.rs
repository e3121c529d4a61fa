//! What an operator reads of sinks that fail.

use super::world::again;
use super::*;
use crate::outbox::Verdict;

fn said(world: &mut World) -> Vec<String> {
    let notices = std::mem::take(&mut world.notices);
    notices.into_iter().map(|notice| notice.text).collect()
}

#[test]
fn that_a_sink_begins_to_fail_and_that_it_ends() {
    let mut world = World::new();
    world.down(["a"]);
    assert_eq!(world.send(OPS, &Verdict::Delivered), [["a down"]]);
    assert_eq!(said(&mut world), [] as [String; 0]);
    for _ in 0..2 {
        world.pass(60_000);
        world.down(["b"]);
        assert_eq!(world.send(OPS, &again()), [["b down"]]);
        assert_eq!(said(&mut world), ["ops: 500; it is tried again"]);
        // What is known is not said again.
        world.next(OPS, &again()).unwrap();
        world.next(OPS, &again()).unwrap();
        assert_eq!(said(&mut world), [] as [String; 0]);
        world.next(OPS, &Verdict::Delivered).unwrap();
        assert_eq!(said(&mut world), ["ops: is told again"]);
        world.up(["b"]);
        assert_eq!(world.deliver(), [["b up"]]);
        assert_eq!(said(&mut world), [] as [String; 0]);
    }
}
