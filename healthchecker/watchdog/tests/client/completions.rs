//! Completions and help: of the same table.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::program::Program;

const VERBS: [&str; 11] = [
    "kick",
    "fault",
    "retire",
    "clear",
    "status",
    "auth",
    "pause",
    "resume",
    "monitor",
    "delmonitor",
    "completions",
];

fn printed(words: &[&str], is_wd: bool) -> String {
    let program = if is_wd {
        Program::wd(words)
    } else {
        Program::watchdog(words)
    };
    let (code, out, err) = program.ends();
    assert_eq!((code, &*err), (Some(0), ""), "{words:?}");
    out
}

#[test]
fn help_lists_what_there_is() {
    for is_wd in [false, true] {
        let list = printed(&["--help"], is_wd);
        assert_eq!(list, printed(&["-h"], is_wd));
        for verb in VERBS {
            assert!(list.contains(&format!("\n  {verb} ")), "{list}");
            let help = printed(&[verb, "--help"], is_wd);
            let program = if is_wd { "wd" } else { "watchdog" };
            assert!(
                help.contains(&format!("\nUsage: {program} {verb} ")),
                "{help}"
            );
            assert!(
                help.lines().all(|line| line.chars().count() <= 110),
                "{help}"
            );
        }
        let has_run = list.contains("\n  run ");
        assert_eq!(has_run, cfg!(feature = "run") && !is_wd, "{list}");
        let version = concat!("watchdog ", env!("CARGO_PKG_VERSION"), "\n");
        assert_eq!(printed(&["--version"], is_wd), version);
    }
}

/// Every option of the help is in every shell's script.
#[test]
fn scripts_have_every_option() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell], false);
        for verb in VERBS {
            assert!(script.contains(verb), "{shell}: {verb}");
            let help = printed(&[verb, "--help"], false);
            let options = help.lines().filter_map(|line| line.strip_prefix("  --"));
            for option in options.map(|line| line.split(' ').next().expect("a word")) {
                let spelled = match shell {
                    "fish" => format!("seen_subcommand_from {verb}' -l {option}"),
                    _ => format!("--{option}"),
                };
                assert!(script.contains(&spelled), "{shell}: {verb} --{option}");
            }
        }
    }
}

/// What bash itself makes of the script.
#[test]
fn bash_completes() {
    for (is_wd, line, expected) in [
        (true, "wd sta", "status"),
        (true, "wd --v", "--version"),
        (true, "wd status --no", "--noheader --nocolor --nobadfirst"),
        (true, "wd completions z", "zsh"),
        (true, "wd delmonitor --to", ""),
        (true, "wd kick a --to", "--token-file"),
        (true, "wd kick --token-file hom", "home"),
        (false, "watchdog ret", "retire"),
        (false, "watchdog pause --m", "--maintenance"),
    ] {
        let script = printed(&["completions", "bash"], is_wd);
        let words: Vec<_> = line.split(' ').collect();
        let (name, last) = (words[0], words.len() - 1);
        let words = words.join(" ");
        let asked = format!(
            "set -u\n{script}\ncomplete -p {name} >/dev/null\nCOMP_WORDS=({words}) COMP_CWORD={last}\n\
             _{name}\necho \"${{COMPREPLY[*]-}}\"\n"
        );
        let program = Program::wd(&[]);
        let mut bash = Command::new("bash")
            .arg("-s")
            .current_dir(program.directory.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let mut stdin = bash.stdin.take().expect("it is piped");
        stdin.write_all(asked.as_bytes()).expect("it reads");
        drop(stdin);
        let output = bash.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{line}");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim_end(),
            expected,
            "{line}"
        );
    }
}
