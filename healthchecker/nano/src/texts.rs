//! Every text that the program says but the names of its options. The build packs them.
//!
//! In refusals `#` stands for the option at fault, `%` for its word or value.

/// The texts by name, in ASCII.
pub(crate) const TEXTS: &[(&str, &str)] = &[
    ("HELP", include_str!("help.txt")),
    (
        "VERSION",
        concat!("healthchecker-nano ", env!("CARGO_PKG_VERSION"), "\n"),
    ),
    // What a refusal begins with.
    ("COMMAND_LINE", "healthchecker-nano: "),
    ("VARIABLE", "healthchecker-nano: HEALTHCHECKER_ARGS: "),
    // Why a command line cannot be followed.
    ("BAD_VALUE", "#: bad value \"%\"; accepted: "),
    (
        "BAD_PORT_VARIABLE",
        "#: the variable holds \"%\"; accepted: 1 to 65535",
    ),
    ("EXCLUDED", "#: excluded by %"),
    (
        "EMPTY_WORD",
        "\"\": an empty word is neither an option nor a URL",
    ),
    (
        "LACKED",
        "%: healthchecker has it, healthchecker-nano does not",
    ),
    (
        "NOT_ALONE",
        "%: only as the command line's sole word, so that it cannot pass for a check",
    ),
    ("NO_VALUE", "%: takes no value"),
    (
        "ONLY_HTTP",
        "#: has no meaning for tcp:// (only for http and unix)",
    ),
    ("OPEN_QUOTE", "a quote is not closed"),
    (
        "OPTION_AS_VALUE",
        "#: needs a value, not % (if that is the value: #=%)",
    ),
    ("TOO_MUCH", "#: more than healthchecker-nano can send"),
    ("TWICE", "#: given twice, at last as \"%\""),
    ("UNKNOWN", "%: unknown option; --help lists them"),
    ("UNSET", "#: the variable \"%\" is not set"),
    ("VALUE_MISSING", "%: needs a value"),
    // The form that an option's value takes.
    (
        "URLS",
        "http://HOST[:PORT][/PATH], tcp://HOST:PORT, unix:/SOCKET[:/PATH]",
    ),
    ("PORTS", "1 to 65535"),
    (
        "TIMEOUTS",
        "a whole number with ms, s or m, from 1ms to 60m, such as 2s or 500ms",
    ),
    ("HOSTS", "localhost, or an address such as 127.0.0.1 or ::1"),
    (
        "PATHS",
        "a path from its first slash, percent-encoded, such as /health?full=1",
    ),
    ("METHODS", "GET, HEAD"),
    (
        "HEADERS",
        "'Name: value', such as 'X-Probe: docker', but none that frames the message",
    ),
    (
        "STATUSES",
        "codes and ranges from 200 to 599, such as 200-299,407",
    ),
    // What is said of a check.
    ("UN", "un"),
    ("HEALTHY", "healthy: "),
    ("CONNECTED", "connected"),
    ("REFUSED", "connection refused"),
    ("NO_SOCKET", "no such socket"),
    ("TIMED_OUT", "timed out after "),
    ("RESET", "reset"),
    ("NO_DESCRIPTOR", "too many open files"),
    ("FAILED", "failed with os error "),
    ("WHILE", " while "),
    ("BY", ", by "),
    ("TOO", " too"),
    // How far a check got.
    ("CONNECTING", "connecting"),
    ("SENDING", "sending the request"),
    ("WAITING", "waiting for the response"),
    // What ended it.
    ("CLOSED", "closed without a response"),
    (
        "CLOSED_EARLY",
        "closed early, before the end of the response's head",
    ),
    (
        "NOT_HERE",
        "neither loopback nor an address of this machine; nothing was sent",
    ),
    ("NOT_HTTP", "not HTTP"),
    ("TOO_LARGE", "head larger than 64 KiB"),
    ("SWITCHING", "101 Switching Protocols"),
];
