//! Which routes there are.

/// With what all paths begin.
pub(super) const ROOT: &str = "/api/watchdog/v1/";

/// What is asked for by a path and a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Document,
    List,
    Show,
    Put,
    Delete,
    Kick,
    Fault,
    Start,
    Retire,
    Clear,
    Pause,
    Resume,
    Tokens,
    Mint,
    Rotate,
    Revoke,
    Deliveries,
    Resend,
    ResendAll,
}

/// A path's rest, where `{}` is any one segment, the methods that it takes, and what they ask for.
/// HEAD is what GET is.
pub(super) type Entry = (&'static str, &'static str, &'static [(&'static str, Route)]);

pub(super) const ROUTES: &[Entry] = &[
    ("openapi.json", "GET, HEAD", &[("GET", Route::Document)]),
    ("watches", "GET, HEAD", &[("GET", Route::List)]),
    (
        "watches/{name}",
        "GET, HEAD, PUT, DELETE",
        &[
            ("GET", Route::Show),
            ("PUT", Route::Put),
            ("DELETE", Route::Delete),
        ],
    ),
    ("watches/{name}/kick", "POST", &[("POST", Route::Kick)]),
    ("watches/{name}/fault", "POST", &[("POST", Route::Fault)]),
    ("watches/{name}/start", "POST", &[("POST", Route::Start)]),
    ("retire", "POST", &[("POST", Route::Retire)]),
    ("clear", "POST", &[("POST", Route::Clear)]),
    ("pause", "POST", &[("POST", Route::Pause)]),
    ("resume", "POST", &[("POST", Route::Resume)]),
    (
        "tokens",
        "GET, HEAD, POST",
        &[("GET", Route::Tokens), ("POST", Route::Mint)],
    ),
    ("tokens/{serial}", "DELETE", &[("DELETE", Route::Revoke)]),
    ("tokens/{serial}/rotate", "POST", &[("POST", Route::Rotate)]),
    ("deliveries", "GET, HEAD", &[("GET", Route::Deliveries)]),
    (
        "deliveries/{id}/{sink}/resend",
        "POST",
        &[("POST", Route::Resend)],
    ),
    (
        "deliveries/{sink}/resend",
        "POST",
        &[("POST", Route::ResendAll)],
    ),
];

/// The entry of a path's rest, and the segment that is its parameter, or the segments: they are neighbours.
pub(super) fn find(rest: &str) -> Option<(&'static Entry, &str)> {
    ROUTES.iter().find_map(|entry| {
        let (mut parameter, mut at) = ("", 0);
        let mut segments = rest.split('/');
        for wanted in entry.0.split('/') {
            let segment = segments.next()?;
            let end = at + segment.len();
            if wanted.starts_with('{') {
                let begin = if parameter.is_empty() {
                    at
                } else {
                    at - parameter.len() - 1
                };
                parameter = &rest[begin..end];
            }
            at = end + 1;
            if wanted.starts_with('{') {
                continue;
            } else if segment != wanted {
                return None;
            }
        }
        segments.next().is_none().then_some((entry, parameter))
    })
}

/// What a method asks for.
pub(super) fn by_method(entry: &Entry, method: &str) -> Option<Route> {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut methods = entry.2.iter();
    methods.find_map(|&(known, route)| (known == method).then_some(route))
}
