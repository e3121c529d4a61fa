//! Watches, and how they are restarted.

use super::*;

pub(super) const REFUSED: &[Refused] = &[
    ("[watch.Worker]", "watch", &["Worker", "a to z"]),
    ("[watch.\"..\"]", "watch", &["dots"]),
    ("[watch.\"\"]", "watch", &["empty"]),
    ("[watch.\"a b\"]", "watch", &["a b"]),
    ("[watch.a.b]", "watch.a", &["`b`", "`timeout`"]),
    (
        "[watch.a]\ntimout = \"1s\"",
        "watch.a",
        &["line 2", "`timout`", "`timeout`"],
    ),
    (
        "[watch.a]\ntimeout = 10",
        "watch.a.timeout",
        &["line 2", "10", "a duration in quotes"],
    ),
    ("[watch.a]\ntimeout = 10.5", "watch.a.timeout", &["10.5"]),
    (
        "[watch.a]\ntimeout = \"10\"",
        "watch.a.timeout",
        &["\"10\"", "such as 10s"],
    ),
    (
        "[watch.a]\ntimeout = \"-10s\"",
        "watch.a.timeout",
        &["\"-10s\""],
    ),
    (
        "[watch.a]\ntimeout = \"999ms\"",
        "watch.a.timeout",
        &["\"999ms\"", "1s to 366d"],
    ),
    (
        "[watch.a]\ntimeout = \"367d\"",
        "watch.a.timeout",
        &["\"367d\"", "366d"],
    ),
    (
        "[watch.a]\ntimeout = \"forever\"",
        "watch.a.timeout",
        &["\"forever\""],
    ),
    (
        "[watch.a]\ntimeout = 2026-11-22",
        "watch.a.timeout",
        &["a duration in quotes"],
    ),
    (
        "[watch.a]\ngrace = \"366d1ms\"",
        "watch.a.grace",
        &["366d1ms"],
    ),
    (
        "[watch.a]\ngrace = true",
        "watch.a.grace",
        &["true", "a duration in quotes"],
    ),
    (
        "[watch.a]\nfirst = \"0s\"",
        "watch.a.first",
        &["1s to 366d"],
    ),
    (
        "[watch.a]\nopen_to = [\"ping\"]",
        "watch.a.open_to",
        &["\"ping\"", "token", "heartbeat"],
    ),
    (
        "[watch.a]\nopen_to = [\"all\"]",
        "watch.a.open_to",
        &["\"all\"", "heartbeat"],
    ),
    (
        "[watch.a]\nopen_to = [1]",
        "watch.a.open_to",
        &["the name of a dialect"],
    ),
    ("[watch.a.restart]", "watch.a.restart", &["`exec`"]),
    (
        "[watch.a]\nrestart = \"systemctl\"",
        "watch.a.restart",
        &["line 2", "`exec`"],
    ),
    (
        "[watch.a.restart]\nexec = \"/bin/true\"",
        "watch.a.restart.exec",
        &["/bin/true", "a list of words", "no shell"],
    ),
    (
        "[watch.a.restart]\nexec = []",
        "watch.a.restart.exec",
        &["empty", "systemctl"],
    ),
    (
        "[watch.a.restart]\nexec = [\"\"]",
        "watch.a.restart.exec",
        &["\"\"", "absolute"],
    ),
    (
        "[watch.a.restart]\nexec = [\"systemctl\"]",
        "watch.a.restart.exec",
        &["\"systemctl\"", "absolute"],
    ),
    (
        "[watch.a.restart]\nexec = [\"./a\"]",
        "watch.a.restart.exec",
        &["\"./a\""],
    ),
    (
        "[watch.a.restart]\nexec = [\"/bin/\"]",
        "watch.a.restart.exec",
        &["\"/bin/\""],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\", \"b\\u0000\"]",
        "watch.a.restart.exec",
        &["NUL"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\", 1]",
        "watch.a.restart.exec",
        &["1", "string"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = -1",
        "watch.a.restart.max",
        &["line 3", "-1", "0 to 1000"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 1001",
        "watch.a.restart.max",
        &["1001", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 4294967296",
        "watch.a.restart.max",
        &["4294967296"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = \"many\"",
        "watch.a.restart.max",
        &["many", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nmax = 1.5",
        "watch.a.restart.max",
        &["1.5", "unlimited"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nper = \"0s\"",
        "watch.a.restart.per",
        &["0s"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\ntime_limit = \"61m\"",
        "watch.a.restart.time_limit",
        &["61m", "1s to 1h"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nstart_grace = \"1ms\"",
        "watch.a.restart.start_grace",
        &["1ms"],
    ),
    (
        "[watch.a.restart]\nexec = [\"/a\"]\nshell = true",
        "watch.a.restart",
        &["`shell`", "`exec`"],
    ),
];
