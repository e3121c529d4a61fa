//! Which media type a request would rather have (RFC 9110, section 12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

use crate::render::Format;

/// The media type to answer in. A probe is never refused for its taste: what
/// cannot be met is answered in JSON, and so is `*/*`.
pub(crate) fn format(headers: &HeaderMap) -> Format {
    let mut accepts = headers.get_all(ACCEPT).iter();
    match (accepts.next(), accepts.next()) {
        (None, _) => Format::Json,
        (Some(only), None) if only == "*/*" || only == "application/json" => Format::Json,
        _ => weigh(headers),
    }
}

/// In the order in which they are preferred where a request has no preference.
const OFFERS: &[(Format, &str, &str)] = &[
    (Format::Json, "application", "json"),
    (Format::HealthJson, "application", "health+json"),
    (Format::Text, "text", "plain"),
    #[cfg(feature = "html")]
    (Format::Html, "text", "html"),
];

fn weigh(headers: &HeaderMap) -> Format {
    let mut best = (Format::Json, 0);
    for &(format, kind, subtype) in OFFERS {
        // The most specific range that matches says what the offer is worth.
        let mut worth = (0, 0);
        for range in ranges(headers) {
            let specificity = match (range.kind, range.subtype) {
                (a, b) if a.eq_ignore_ascii_case(kind) && b.eq_ignore_ascii_case(subtype) => 3,
                (a, "*") if a.eq_ignore_ascii_case(kind) => 2,
                ("*", "*") => 1,
                _ => continue,
            };
            if specificity > worth.0 {
                worth = (specificity, range.thousandths);
            }
        }
        if worth.1 > best.1 {
            best = (format, worth.1);
        }
    }
    best.0
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    thousandths: u16,
}

fn ranges(headers: &HeaderMap) -> impl Iterator<Item = Range<'_>> {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(parse)
}

fn parse(range: &str) -> Option<Range<'_>> {
    let mut parts = range.split(';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let weight = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    Some(Range {
        kind: kind.trim(),
        subtype: subtype.trim(),
        thousandths: weight.map_or(Some(1000), quality)?,
    })
}

/// `0`, `0.5`, `1.000`: at most three decimals.
fn quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals = format!("{decimals:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accepts: &[&str]) -> Format {
        let mut headers = HeaderMap::new();
        for accept in accepts {
            headers.append(ACCEPT, accept.parse().unwrap());
        }
        format(&headers)
    }

    #[test]
    fn table() {
        for (accept, format) in [
            ("*/*", Format::Json),
            ("", Format::Json),
            ("application/json", Format::Json),
            ("application/health+json", Format::HealthJson),
            ("Application/Health+JSON", Format::HealthJson),
            ("text/plain", Format::Text),
            ("text/*", Format::Text),
            ("application/*", Format::Json),
            ("text/plain, application/json", Format::Json),
            ("text/plain, application/json;q=0.9", Format::Text),
            ("application/json;q=0, */*", Format::HealthJson),
            ("*/*;q=0.1, text/plain", Format::Text),
            (
                "application/json;q=0.2, application/*;q=0.9",
                Format::HealthJson,
            ),
            (
                "text/plain;charset=utf-8;q=0.5, application/health+json ; q=0.6",
                Format::HealthJson,
            ),
            // Nothing that can be met, or read.
            ("image/png", Format::Json),
            ("text/plain;q=0", Format::Json),
            ("text/plain;q=2", Format::Json),
            ("text/plain;q=0.1234", Format::Json),
            ("text/plain;q=-1", Format::Json),
            ("text/plain;q=", Format::Json),
            ("text", Format::Json),
            (",,;;==,/", Format::Json),
        ] {
            assert_eq!(asked(&[accept]), format, "Accept: {accept}");
        }
    }

    /// What Firefox, Chromium and Safari send for a page that is opened.
    #[test]
    fn browsers() {
        #[cfg(feature = "html")]
        let page = Format::Html;
        #[cfg(not(feature = "html"))]
        let page = Format::Json;
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
             image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            "text/html",
            "TEXT/HTML; charset=utf-8",
        ] {
            assert_eq!(asked(&[accept]), page, "Accept: {accept}");
        }
    }

    /// Probes, and whoever has no preference, get what they get without the page.
    #[test]
    fn others_than_browsers() {
        for (accept, format) in [
            ("*/*", Format::Json),
            ("text/html, */*", Format::Json),
            ("text/html;q=0.9, application/json", Format::Json),
            ("text/*", Format::Text),
            ("text/html;q=0, text/*", Format::Text),
            ("text/html;q=0", Format::Json),
        ] {
            assert_eq!(asked(&[accept]), format, "Accept: {accept}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        assert_eq!(asked(&["*/*;q=0.1", "text/plain"]), Format::Text);
    }

    #[test]
    fn no_header_and_no_text() {
        assert_eq!(asked(&[]), Format::Json);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, http::HeaderValue::from_bytes(b"text/\xff").unwrap());
        assert_eq!(format(&headers), Format::Json);
    }
}
