//! Whether a request may have come from a page of somebody else's in a browser: where no token is asked
//! for, such a page could kick whatever its reader can reach.

use std::collections::BTreeSet;
use std::net::IpAddr;

use http::header::{HOST, ORIGIN, REFERER};
use http::{HeaderMap, HeaderValue};

use crate::dialects::Answer;

/// For what is no text: a name that nobody can have.
const UNKNOWN: &str = "?.";

/// Refuses what another site has sent (Fetch Metadata, Origin), and what comes by a name under which
/// somebody else could have this address: a name with a dot in it that the configuration does not know.
///
/// `authority` is the target's own, where it has one: it counts beside `Host` (RFC 9112, section 3.2.2).
pub(super) fn check(
    authority: Option<&str>,
    headers: &HeaderMap,
    hosts: &BTreeSet<String>,
) -> Result<(), Answer> {
    let site = headers.get("sec-fetch-site").map(text);
    if site.is_some_and(|site| !matches!(&*site, "same-origin" | "none")) {
        return Err(refused("a page of another site may not ask this\n"));
    }
    let host = headers.get(HOST).map(text).unwrap_or_default();
    // An image of a page that came without TLS has a Referer alone.
    let origin = headers.get(ORIGIN).or_else(|| headers.get(REFERER));
    if let Some(origin) = origin.map(text) {
        let is_own = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(|origin| origin.split('/').next() == Some(&*host));
        if !is_own {
            return Err(refused("a page of another site may not ask this\n"));
        }
    }
    check_hosts(authority, headers, hosts)
}

/// As [`check`], of a page that changes nothing: a link elsewhere may lead to it, as long as a person
/// follows it and sees it by itself.
pub(super) fn check_page(
    authority: Option<&str>,
    headers: &HeaderMap,
    hosts: &BTreeSet<String>,
) -> Result<(), Answer> {
    let is = |name: &str, wanted: &str| headers.get(name).is_some_and(|value| value == wanted);
    if is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document") {
        check_hosts(authority, headers, hosts)
    } else {
        check(authority, headers, hosts)
    }
}

fn check_hosts(
    authority: Option<&str>,
    headers: &HeaderMap,
    hosts: &BTreeSet<String>,
) -> Result<(), Answer> {
    let authority = authority.map(str::to_ascii_lowercase);
    // Each of them could be the one that somebody before this server has gone by.
    let mut all = headers.get_all(HOST).iter().map(text).chain(authority);
    if all.all(|host| is_known(&host, hosts)) {
        Ok(())
    } else {
        Err(refused(
            "this name is not known: ask by address, or add it to `hosts` of the listener\n",
        ))
    }
}

fn text(value: &HeaderValue) -> String {
    value.to_str().unwrap_or(UNKNOWN).to_ascii_lowercase()
}

fn is_known(host: &str, hosts: &BTreeSet<String>) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    // HTTP/1.0 need not say a name; no browser speaks that.
    name.is_empty()
        || !name.contains('.')
        || name.parse::<IpAddr>().is_ok()
        || name.ends_with(".localhost")
        || hosts.contains(name)
}

fn refused(text: &'static str) -> Answer {
    Answer::text(403, text).with("x-content-type-options", "nosniff")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        pairs.collect()
    }

    #[test]
    fn programs_may_and_pages_of_others_may_not() {
        let hosts = BTreeSet::from([String::from("dog.example")]);
        for (is_allowed, pairs) in [
            (true, &[][..]),
            (true, &[("host", "127.0.0.1:8500")]),
            (true, &[("host", "[::1]:8500")]),
            (true, &[("host", "watchdog:8500")]),
            (true, &[("host", "LocalHost")]),
            (true, &[("host", "Dog.Example:8500")]),
            (false, &[("host", "evil.example:8500")]),
            (false, &[("host", "dog.example.evil.example")]),
            (false, &[("host", "127.0.0.1.evil.example")]),
            (true, &[("host", "127.0.0.1"), ("sec-fetch-site", "none")]),
            (
                true,
                &[("host", "127.0.0.1"), ("sec-fetch-site", "same-origin")],
            ),
            (
                false,
                &[("host", "127.0.0.1"), ("sec-fetch-site", "same-site")],
            ),
            (
                false,
                &[("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")],
            ),
            (
                true,
                &[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")],
            ),
            (
                false,
                &[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:2")],
            ),
            (false, &[("host", "127.0.0.1"), ("origin", "null")]),
            (true, &[("host", "dog:1"), ("referer", "http://dog:1/ui/")]),
            (
                false,
                &[("host", "dog:1"), ("referer", "http://evil.example/dog:1")],
            ),
        ] {
            let found = check(None, &headers(pairs), &hosts);
            assert_eq!(found.is_ok(), is_allowed, "{pairs:?}");
        }
    }
    #[test]
    fn every_name_that_a_request_has_must_be_known() {
        let none = BTreeSet::new();
        let mut two = headers(&[("host", "127.0.0.1")]);
        assert!(check(Some("localhost:8500"), &two, &none).is_ok());
        assert!(check(Some("evil.example"), &two, &none).is_err());
        assert!(check(Some("Evil.Example:80"), &HeaderMap::new(), &none).is_err());
        two.append(HOST, "evil.example".parse().unwrap());
        assert!(check(None, &two, &none).is_err());
        let mut odd = HeaderMap::new();
        odd.insert(
            HOST,
            http::HeaderValue::from_bytes(b"\xff.evil.example").unwrap(),
        );
        assert!(check(None, &odd, &none).is_err());
    }
}
