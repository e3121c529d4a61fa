//! The table as help.

use std::fmt::Write;

use super::table::Verb;

/// What `watchdog kick --help` prints.
pub(crate) fn help(program: &str, verb: &Verb) -> String {
    let (name, words, summary) = (verb.name, verb.words, verb.summary);
    let is_bare = verb.flags().next().is_none();
    let options = if is_bare { "" } else { " [OPTIONS]" };
    let mut text =
        format!("{program} {name}: {summary}\n\nUsage: {program} {name}{options} {words}\n\n");
    let left = |flag: &super::table::Flag| match flag.value {
        Some(value) => format!("{} {value}", flag.name),
        None => flag.name.to_owned(),
    };
    let widest = verb.flags().map(|flag| left(flag).len()).max();
    for flag in verb.flags() {
        let widest = widest.unwrap_or(0);
        let _ = writeln!(text, "  {:widest$}  {}", left(flag), flag.about);
    }
    if !is_bare {
        text.push('\n');
    }
    text.push_str(verb.notes);
    text
}

/// What `--help` prints of several subcommands: their names and what each does.
pub(crate) fn overview<'a>(
    program: &str,
    subcommands: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> String {
    let mut text = format!("Notices silence.\n\nUsage: {program} SUBCOMMAND …\n\n");
    let widest = subcommands.clone().map(|(name, _)| name.len()).max();
    for (name, summary) in subcommands {
        let _ = writeln!(text, "  {name:0$}  {summary}", widest.unwrap_or(0));
    }
    let _ = write!(
        text,
        "\n{program} SUBCOMMAND --help says more; --help and --version stand alone.\n\
         \n\
         Servers are asked in an order of chance, each for 5 s at most, until one answers: --server URL,\n\
         $WD_ENDPOINTS with commas between, or http://127.0.0.1:8500. The token is the first 64 characters of\n\
         $WD_TOKEN, .wd_token, $HOME/.wd_token or /etc/wd/token. Exit code 1: it was not done, and a line on\n\
         stderr says why.\n"
    );
    text
}
