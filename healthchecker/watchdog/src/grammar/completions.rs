//! Completions for shells: subcommands and their options, each option in the table's words.

use std::fmt::Write;

/// A subcommand as it is offered: its name, what it does, and its options with whether each takes a value.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) options: Vec<(&'static str, bool)>,
}

/// What the shell is to read. `None`: it is none of those that are known.
pub(crate) fn completions(shell: &str, program: &str, offers: &[Offer]) -> Option<String> {
    match shell {
        "bash" => Some(bash(program, offers)),
        "zsh" => Some(zsh(program, offers)),
        "fish" => Some(fish(program, offers)),
        _ => None,
    }
}

fn names(offers: &[Offer]) -> String {
    let names: Vec<_> = offers.iter().map(|offer| offer.name).collect();
    names.join(" ")
}

/// Options behind each other; those whose value is a file are found by their names.
fn options(offer: &Offer) -> String {
    let mut options: Vec<_> = offer.options.iter().map(|(name, _)| *name).collect();
    options.push("--help");
    options.join(" ")
}

fn is_file(option: &str) -> bool {
    matches!(option, "--token-file" | "--cacert" | "--master")
}

/// What stands behind `completions` and `--notify-access` is no file either, so that nothing is offered.
fn bash(program: &str, offers: &[Offer]) -> String {
    let mut cases = String::new();
    for offer in offers {
        let _ = writeln!(
            cases,
            "    {}) options=\"{}\" ;;",
            offer.name,
            options(offer)
        );
    }
    let names = names(offers);
    let function = program.replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    format!(
        "_{function}() {{\n\
        \x20 local options= word=${{COMP_WORDS[COMP_CWORD]}}\n\
        \x20 COMPREPLY=()\n\
        \x20 if ((COMP_CWORD == 1)); then\n\
        \x20   COMPREPLY=($(compgen -W \"{names} --help --version\" -- \"$word\"))\n\
        \x20   return\n\
        \x20 fi\n\
        \x20 case ${{COMP_WORDS[COMP_CWORD - 1]}} in\n\
        \x20   --token-file | --cacert | --master) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n\
        \x20   completions) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\")); return ;;\n\
        \x20 esac\n\
        \x20 case ${{COMP_WORDS[1]}} in\n\
         {cases}\
        \x20 esac\n\
        \x20 COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n\
         }}\n\
         complete -F _{function} {program}\n"
    )
}

fn zsh(program: &str, offers: &[Offer]) -> String {
    let mut listed = String::new();
    let mut cases = String::new();
    for offer in offers {
        let summary = offer.summary.replace('\'', "'\\''").replace(':', "\\:");
        let _ = writeln!(listed, "    '{}:{summary}'", offer.name);
        let mut arguments = String::new();
        for (option, takes_value) in &offer.options {
            let value = match (takes_value, is_file(option)) {
                (true, true) => ": :_files",
                (true, false) => ": : ",
                (false, _) => "",
            };
            let _ = write!(arguments, " '*{option}{value}'");
        }
        if offer.name == "completions" {
            arguments.push_str(" ':shell:(bash zsh fish)'");
        }
        let _ = writeln!(
            cases,
            "    {}) _arguments '--help'{arguments} ;;",
            offer.name
        );
    }
    let function = program.replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    format!(
        "#compdef {program}\n\
         _{function}() {{\n\
        \x20 local -a subcommands\n\
        \x20 subcommands=(\n\
         {listed}\
        \x20 )\n\
        \x20 if ((CURRENT == 2)); then\n\
        \x20   _describe subcommand subcommands\n\
        \x20   return\n\
        \x20 fi\n\
        \x20 local subcommand=$words[2]\n\
        \x20 shift words\n\
        \x20 ((CURRENT--))\n\
        \x20 case $subcommand in\n\
         {cases}\
        \x20 esac\n\
         }}\n\
         compdef _{function} {program}\n"
    )
}

fn fish(program: &str, offers: &[Offer]) -> String {
    let mut text = format!("complete -c {program} -f\n");
    for Offer {
        name,
        summary,
        options,
    } in offers
    {
        let summary = summary.replace('\\', "\\\\").replace('\'', "\\'");
        let _ = writeln!(
            text,
            "complete -c {program} -n __fish_use_subcommand -a {name} -d '{summary}'"
        );
        let seen = format!("'__fish_seen_subcommand_from {name}'");
        for (option, takes_value) in options {
            let long = option.trim_start_matches('-');
            let value = match (takes_value, is_file(option)) {
                (true, true) => " -r -F",
                (true, false) => " -x",
                (false, _) => "",
            };
            let _ = writeln!(text, "complete -c {program} -n {seen} -l {long}{value}");
        }
        if *name == "completions" {
            let _ = writeln!(text, "complete -c {program} -n {seen} -a 'bash zsh fish'");
        }
    }
    text
}
