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
    ("EMPTY_WORD", "\"\": neither an option nor a URL"),
    (
        "LACKED",
        "%: healthchecker has it, healthchecker-nano does not",
    ),
    (
        "NOT_ALONE",
        "%: only alone on the command line, where it is taken for no check",
    ),
    ("NO_VALUE", "%: takes no value"),
    ("ONLY_HTTP", "#: has no meaning for tcp://"),
    ("OPEN_QUOTE", "a quote is not closed"),
    ("OPTION_AS_VALUE", "#: needs a value; if it is %: #=%"),
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
        "a whole number with ms, s or m, up to 60m, such as 500ms",
    ),
    ("HOSTS", "localhost or an address of this machine"),
    ("PATHS", "a percent-encoded path, such as /health?full=1"),
    ("METHODS", "GET, HEAD"),
    ("HEADERS", "'Name: value', but none that frames the message"),
    (
        "STATUSES",
        "codes and ranges from 200 to 599, such as 200-299,407",
    ),
    // What is said of a check.
    ("UN", "un"),
    ("HEALTHY", "healthy: "),
    ("CONNECTED", "connected"),
    ("REFUSED", "refused"),
    ("NO_SOCKET", "no such socket"),
    ("TIMED_OUT", "timed out"),
    ("RESET", "reset"),
    ("NO_DESCRIPTOR", "too many open files"),
    ("FAILED", "failed with os error "),
    ("WHILE", " while "),
    // How far a check got.
    ("CONNECTING", "connecting"),
    ("SENDING", "sending the request"),
    ("WAITING", "waiting for the response"),
    // What ended it.
    ("CLOSED", "closed early, without a whole response head"),
    (
        "NOT_HERE",
        "not an address of this machine; nothing was sent",
    ),
    ("NOT_HTTP", "not HTTP"),
    ("TOO_LARGE", "head larger than 64 KiB"),
    ("SWITCHING", "101 Switching Protocols"),
];
