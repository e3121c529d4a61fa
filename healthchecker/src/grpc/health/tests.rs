use super::*;

#[test]
fn requests() {
    assert_eq!(health_check_request(b""), [0, 0, 0, 0, 0]);
    assert_eq!(
        health_check_request(b"ab"),
        [0, 0, 0, 0, 4, 0x0a, 2, b'a', b'b']
    );
    let long = health_check_request(&[b'x'; 300]);
    assert_eq!(long[..8], [0, 0, 0, 1, 47, 0x0a, 0xac, 0x02]);
    assert_eq!(long.len(), 8 + 300);
}

#[test]
fn answers() {
    let say = |answer: &[u8]| serving(answer).map_err(|failure| failure.what);
    assert_eq!(say(&[0, 0, 0, 0, 2, 8, 1]), Ok("SERVING".into()));
    assert_eq!(
        say(&[0, 0, 0, 0, 5, 0x12, 1, b'x', 8, 1]),
        Ok("SERVING".into())
    );
    assert_eq!(say(&[0, 0, 0, 0, 4, 8, 2, 8, 1]), Ok("SERVING".into()));
    for (answer, expected) in [
        (&[0, 0, 0, 0, 0][..], "UNKNOWN"),
        (&[0, 0, 0, 0, 2, 8, 2], "NOT_SERVING"),
        (&[0, 0, 0, 0, 2, 8, 3], "SERVICE_UNKNOWN"),
        (&[0, 0, 0, 0, 2, 8, 9], "serving status 9"),
        (&[], "not a HealthCheckResponse"),
        (&[0, 0, 0, 0], "not a HealthCheckResponse"),
        (&[1, 0, 0, 0, 2, 8, 1], "not a HealthCheckResponse"),
        (&[0, 0, 0, 0, 3, 8, 1], "not a HealthCheckResponse"),
        (&[0, 0, 0, 0, 1, 8], "not a HealthCheckResponse"),
        (&[0, 0, 0, 0, 3, 0x12, 9, 1], "not a HealthCheckResponse"),
        (
            &[
                0, 0, 0, 0, 12, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1,
            ],
            "not a HealthCheckResponse",
        ),
    ] {
        assert_eq!(say(answer), Err(expected.into()), "{answer:?}");
    }
}
