//! What goes with a message, and the files that it is in.

use super::*;

#[test]
fn with_secrets_and_a_token() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let directory = std::env::temp_dir().join(format!("watchdog-sinks-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let file = |name: &str, text: &str, mode: u32| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let secret = file("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 0o600);
    let token = file("token", "open-sesame\n", 0o600);
    let server = Server::saying("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n");
    let more = format!("secret_file = \"{secret}\"\nbearer_file = \"{token}\"");
    assert_eq!(
        told_as("webhook", &more, server.address, LONG),
        Verdict::Delivered
    );
    let (head, _) = server.wait(1).remove(0);
    for line in [
        "authorization: bearer open-sesame",
        "webhook-id: evt_00000000000000000000000000000001",
        "webhook-timestamp: 1480618352",
        "webhook-signature: v1,",
    ] {
        assert!(head.contains(line), "{head}");
    }
    let url = "kind = \"webhook\"\nurl = \"https://hooks.example/\"\n";
    for (key, name, text, mode, culprit) in [
        (
            "secret_file",
            "a",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            0o644,
            "chmod 600 it",
        ),
        (
            "secret_file",
            "b",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            0o600,
            "no secret; write",
        ),
        ("bearer_file", "c", "open", 0o640, "chmod 600 it"),
        (
            "bearer_file",
            "d",
            "open\r\nx: sesame",
            0o600,
            "more than one",
        ),
        ("bearer_file", "e", " \n", 0o600, "has no token in it"),
        (
            "bearer_file",
            "f",
            &"a".repeat(5_000),
            0o600,
            "is longer than the token",
        ),
        (
            "ca_file",
            "g",
            "hello",
            0o600,
            "has no certificate (PEM); name",
        ),
        (
            "ca_file",
            "h",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
            0o600,
            "PEM is broken",
        ),
    ] {
        let path = file(name, text, mode);
        let problem = Post::new(&sink(&format!("{url}{key} = \"{path}\""))).unwrap_err();
        let expected = format!("{key}: {path}: ");
        assert!(
            problem.starts_with(&expected) && problem.contains(culprit),
            "{problem}"
        );
        assert!(
            !problem.contains("sesame") && !problem.contains("MfKQ"),
            "{problem}"
        );
    }
    for key in ["secret_file", "bearer_file", "ca_file"] {
        let path = directory.display();
        let problem = Post::new(&sink(&format!("{url}{key} = \"{path}\""))).unwrap_err();
        assert!(problem.contains("is no file; name that of"), "{problem}");
        let path = directory.join("missing").display().to_string();
        let problem = Post::new(&sink(&format!("{url}{key} = \"{path}\""))).unwrap_err();
        assert!(
            problem.starts_with(&format!("{key}: {path}: ")),
            "{problem}"
        );
    }
    let shown = Post::new(&sink(&format!("{url}{more}"))).unwrap();
    assert!(!format!("{shown:?}").contains("sesame"), "{shown:?}");
    fs::remove_dir_all(&directory).unwrap();
}
