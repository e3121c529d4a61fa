//! The table. Nothing else knows which verbs and options there are.

/// What a server can be asked, or the shell be told.
#[derive(Debug)]
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    /// Its words as the help shows them: `[…]` may be absent, a `…` at the end takes the rest.
    pub(crate) words: &'static str,
    pub(crate) summary: &'static str,
    /// Groups of options.
    pub(super) options: &'static [&'static [Flag]],
    /// What else its help says.
    pub(super) notes: &'static str,
}

/// An option.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    /// What its value is, if it takes one.
    pub(crate) value: Option<&'static str>,
    pub(super) about: &'static str,
    /// Whether it may be given again.
    pub(super) repeats: bool,
}

const fn flag(name: &'static str, about: &'static str) -> Flag {
    Flag {
        name,
        value: None,
        about,
        repeats: false,
    }
}

const fn option(name: &'static str, value: &'static str, about: &'static str) -> Flag {
    Flag {
        value: Some(value),
        ..flag(name, about)
    }
}

impl Verb {
    pub(crate) fn flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.options.iter().copied().flatten()
    }
}

const SERVERS: &[Flag] = &[
    Flag {
        repeats: true,
        ..option(
            "--server",
            "URL",
            "asked in its place; repeatable [$WD_ENDPOINTS, else http://127.0.0.1:8500]",
        )
    },
    option(
        "--cacert",
        "FILE",
        "trust these certificates (PEM) and no others [$WD_CA, else Mozilla's]",
    ),
    option("--deadline", "D", "for each server [5s; status 30s]"),
];

const TOKEN: &[Flag] = &[
    option(
        "--token-file",
        "FILE",
        "the token [$WD_TOKEN, .wd_token, $HOME/.wd_token, /etc/wd/token]",
    ),
    flag(
        "--plain",
        "send the token itself over http:// to other hosts, where anybody may read it",
    ),
];

const NAMES: &str = "Names are of a-z, 0-9, dots and underscores, at most 200.\n";
const PREFIXES: &str =
    "Whatever begins with PREFIX is meant: of a-z, 0-9, dots and underscores, at most 200.\n";
const HELD: &str = "Whatever begins with PREFIX is meant: of a-z, 0-9, dots, underscores and hyphens; a single dot is\n\
     everything that the token reaches.\n";

/// All verbs, in the order in which they are listed.
pub(crate) const VERBS: &[Verb] = &[
    Verb {
        name: "kick",
        words: "NAME [TIMEOUT]",
        summary: "says that it lives, and watches it from then on",
        options: &[
            &[
                option(
                    "--timeout",
                    "D",
                    "until the next kick, at most: seconds, or such as 90s or 25h [300]",
                ),
                flag("--all", "kick every server: each must take it"),
            ],
            SERVERS,
            TOKEN,
        ],
        notes: NAMES,
    },
    Verb {
        name: "fault",
        words: "NAME REASON…",
        summary: "says that it is down, and why",
        options: &[SERVERS, TOKEN],
        notes: NAMES,
    },
    Verb {
        name: "retire",
        words: "PREFIX",
        summary: "forgets watches",
        options: &[SERVERS, TOKEN],
        notes: PREFIXES,
    },
    Verb {
        name: "clear",
        words: "PREFIX",
        summary: "forgets for how long watches were down",
        options: &[SERVERS, TOKEN],
        notes: PREFIXES,
    },
    Verb {
        name: "status",
        words: "[PREFIX]",
        summary: "shows watches",
        options: &[
            &[
                flag("--json", "what the server knows, as JSON"),
                flag("--watch", "again every 2 s, until it is interrupted"),
                flag("--exit-code", "2 if something is down"),
                flag(
                    "--tabsep",
                    "fields with a tab between, no header, no colour",
                ),
                flag("--noheader", "no line that says what the columns are"),
                flag(
                    "--nocolor",
                    "no colour, as with NO_COLOR or without a terminal",
                ),
                flag(
                    "--nobadfirst",
                    "in the order of the server, not what is down first",
                ),
                flag("--color", "has no effect: it is so where it can be"),
                flag("--badfirst", "has no effect: it is so"),
            ],
            SERVERS,
            TOKEN,
        ],
        notes: "KGOOD, TMOUT (silent for too long) or FAULT (it said so); when it expires, or since when it is\n\
                down by its own word; for how long it was down in all; the reason.\n\
                With a PREFIX any Global Watch Dog can be asked. Without one, with a hyphen in it and for --json\n\
                it takes the server of this program; a single dot is everything that the token reaches.\n",
    },
    Verb {
        name: "auth",
        words: "PREFIX",
        summary: "makes a token for PREFIX and whatever stands below it, and prints it",
        options: &[
            &[
                option(
                    "--verbs",
                    "WORDS",
                    "what it may do, such as \"kick fault status\"",
                ),
                option("--expires", "D", "for how long, such as 90d"),
                option("--note", "TEXT", "what the server writes down about it"),
                #[cfg(feature = "serve")]
                option(
                    "--master",
                    "FILE",
                    "the server's master key: makes the first token, on the server's own host",
                ),
            ],
            SERVERS,
            TOKEN,
        ],
        notes: "Without options it may do what the token may that it is made with, and any Global Watch Dog can\n\
                be asked. With one it takes the server of this program, a single dot is everything, and without\n\
                --verbs it may kick, fault and see the status.\n",
    },
    Verb {
        name: "pause",
        words: "PREFIX",
        summary: "holds watches: kicks count, nobody is told",
        options: &[
            &[
                option("--for", "D", "for how long, such as 2h [until resume]"),
                flag("--maintenance", "it is called maintenance"),
            ],
            SERVERS,
            TOKEN,
        ],
        notes: HELD,
    },
    Verb {
        name: "resume",
        words: "PREFIX",
        summary: "releases what is held",
        options: &[SERVERS, TOKEN],
        notes: HELD,
    },
    Verb {
        name: "monitor",
        words: "TYPE PREFIX ARGS",
        summary: "has somebody told, and prints the id",
        options: &[SERVERS, TOKEN],
        notes: "TYPE 1 is Slack, with its webhook's URL for ARGS.\n",
    },
    Verb {
        name: "delmonitor",
        words: "ID",
        summary: "has nobody told any more",
        options: &[SERVERS],
        notes: "The id is all that it takes.\n",
    },
    Verb {
        name: "deliveries",
        words: "[SINK]",
        summary: "shows what is still to be told, and what was not",
        options: &[
            &[
                flag("--dead", "dead letters alone"),
                flag("--json", "what the server knows, as JSON: a line for each"),
            ],
            SERVERS,
            TOKEN,
        ],
        notes: "It takes the server of this program. A dead letter is told only by resend.\n",
    },
    Verb {
        name: "resend",
        words: "ID SINK",
        summary: "has a sink told again: a dead letter, and at once what waits",
        options: &[
            &[flag(
                "--all",
                "everything of one sink, without an ID: resend --all SINK",
            )],
            SERVERS,
            TOKEN,
        ],
        notes: "ID and SINK are those that deliveries shows. With --all the token must reach everything.\n",
    },
    Verb {
        name: "completions",
        words: "SHELL",
        summary: "prints completions for bash, zsh or fish",
        options: &[],
        notes: "In ~/.bashrc: source <(watchdog completions bash)\n",
    },
];
