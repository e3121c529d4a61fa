//! What is written down, to the letter.

use std::time::Duration;

use super::super::audit::{begun, body, ended};
use super::*;

fn order() -> Order {
    let exec = ["/opt/re\nstart", "--token", "s3cret"].map(String::from);
    let mut order = Order::new(exec.to_vec(), Duration::from_secs(90), "worker");
    order.attempt = 2;
    order
}

#[test]
fn each_end_has_its_words() {
    assert_eq!(begun(&order()), "restart 2 begins: /opt/re\\nstart");
    for (end, words) in [
        (End::Exited(3), "exit code 3 after 1s250ms"),
        (End::Signalled(11), "SIGSEGV after 1s250ms"),
        (End::Signalled(40), "signal 40 after 1s250ms"),
        (End::TimeLimit, "killed after its time limit of 1m30s"),
        (End::Stopped, "killed after 1s250ms, since the server stops"),
        (
            End::NotStarted("a\tb".to_owned()),
            "it cannot be started: a\\tb",
        ),
    ] {
        let outcome = Outcome::new(end, Duration::from_millis(1_250));
        assert_eq!(
            ended(&order(), &outcome),
            format!("restart 2: /opt/re\\nstart: {words}")
        );
    }
}

#[test]
fn a_body_is_bounded_and_keeps_the_end_of_the_output() {
    assert_eq!(body("line", b""), b"line");
    assert_eq!(body("line", b"a\nb"), b"line\na\nb");
    let exact = vec![b'x'; 9_995];
    assert_eq!(body("line", &exact).len(), 10_000);
    // What is cut off is a whole line where there is one, and as little as it takes otherwise.
    let mut two = vec![b'a'; 5_000];
    two.push(b'\n');
    two.extend_from_slice(&[b'b'; 4_999]);
    assert_eq!(
        body("line", &two),
        [b"line\n".as_slice(), &[b'b'; 4_999]].concat()
    );
    let one = vec![b'c'; 10_000];
    assert_eq!(body("line", &one).len(), 10_000);
    let mut last = vec![b'd'; 10_000];
    last[9_999] = b'\n';
    assert_eq!(body("line", &last).len(), 10_000);
    // The cut is a line's end by chance.
    let mut even = vec![b'e'; 10_000];
    even[4] = b'\n';
    even[100] = b'\n';
    assert_eq!(body("line", &even).len(), 10_000);
}
