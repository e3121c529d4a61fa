//! Signatures of Standard Webhooks, symmetric: <https://www.standardwebhooks.com>.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// One secret, or two while it is being changed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secrets(Vec<Box<[u8]>>);

impl Secrets {
    /// What a file holds: a secret a line, one or two.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let secrets: Vec<_> = lines.map(secret).collect::<Result<_, _>>()?;
        match secrets.len() {
            1 | 2 => Ok(Self(secrets)),
            0 => Err(format!("has no secret in it; write {REMEDY}")),
            count => Err(format!(
                "has {count} secrets in it; leave one, or two while one takes the other's place"
            )),
        }
    }

    /// The value of the header `webhook-signature`.
    pub(super) fn sign(&self, id: &str, timestamp: u64, body: &[u8]) -> String {
        let signatures = self.0.iter().map(|secret| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret)
                .expect("HMAC takes keys of any length (RFC 2104, section 2)");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        });
        let signatures: Vec<_> = signatures.collect();
        signatures.join(" ")
    }
}

/// Without the secrets.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

const REMEDY: &str = "a line `whsec_` and the base64 of 24 to 64 random bytes, as \
                      `echo whsec_$(head -c 32 /dev/urandom | base64)` gives it";

fn secret(line: &str) -> Result<Box<[u8]>, String> {
    let encoded = line.strip_prefix("whsec_");
    let bytes = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    bytes
        // What the specification asks for.
        .filter(|bytes| (24..=64).contains(&bytes.len()))
        .map(Vec::into_boxed_slice)
        .ok_or_else(|| format!("has a line in it that is no secret; write {REMEDY}"))
}

#[cfg(test)]
mod tests {
    use sha2::Digest;

    use super::*;

    /// A secret, an id, a time, a body and the signature that the libraries of Standard Webhooks are
    /// tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: u64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn as_the_libraries_of_the_standard_sign() {
        let secrets = Secrets::parse(SECRET).unwrap();
        assert_eq!(secrets.sign(ID, TIME, BODY), SIGNATURE);
    }

    /// HMAC by its definition (RFC 2104, section 2).
    fn by_definition(key: &[u8], text: &[u8]) -> Vec<u8> {
        let pad = |with: u8| {
            let mut block = [with; 64];
            block.iter_mut().zip(key).for_each(|(to, key)| *to ^= key);
            block
        };
        let inner = Sha256::new()
            .chain_update(pad(0x36))
            .chain_update(text)
            .finalize();
        let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner);
        outer.finalize().to_vec()
    }

    #[test]
    fn while_a_secret_is_changed_both_sign() {
        let (old, new) = ([7; 24], [9; 64]);
        let file = format!(
            "whsec_{}\r\n\nwhsec_{}\n",
            STANDARD.encode(old),
            STANDARD.encode(new)
        );
        let signed = Secrets::parse(&file).unwrap().sign("evt_1", 5, b"{}");
        let expected: Vec<_> = [&old[..], &new[..]]
            .map(|key| format!("v1,{}", STANDARD.encode(by_definition(key, b"evt_1.5.{}"))))
            .into();
        assert_eq!(signed, expected.join(" "));
    }

    #[test]
    fn what_is_no_secret() {
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let long = format!("whsec_{}", STANDARD.encode([1; 65]));
        let good = SECRET;
        for (text, culprit) in [
            ("", "no secret in it"),
            ("\n \n", "no secret in it"),
            (
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "a line in it that is no secret",
            ),
            (
                "whsec_not base64 at all, is it",
                "a line in it that is no secret",
            ),
            (&short, "a line in it that is no secret"),
            (&long, "a line in it that is no secret"),
            (&format!("{good}\n{good}\n{good}"), "has 3 secrets"),
        ] {
            let problem = Secrets::parse(text).unwrap_err();
            assert!(problem.contains(culprit), "{text}: {problem}");
            assert!(
                text.is_empty() || text.len() < 10 || !problem.contains(text),
                "{problem}"
            );
        }
        let shown = format!("{:?}", Secrets::parse(SECRET).unwrap());
        assert!(!shown.contains("MfKQ") && !shown.contains("242"), "{shown}");
    }
}
