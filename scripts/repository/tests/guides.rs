//! What the guides show of files is what stands in those files, and links lead
//! somewhere.

use std::fs;
use std::process::Command;

use repository::links::{leads_somewhere, links};
use repository::snippets::snippets;
use repository::{read, root};

#[test]
fn snippets_are_those_of_the_files() {
    let mut found = 0;
    for directory in [
        "health-middleware/docs",
        "healthchecker/docs",
        "healthchecker/watchdog/docs",
    ] {
        for guide in fs::read_dir(root().join(directory)).expect("a directory") {
            let guide = guide.expect("an entry").path();
            if guide.extension().is_none_or(|kind| kind != "md") {
                continue;
            }
            let text = fs::read_to_string(&guide).expect("a guide");
            for snippet in snippets(&text) {
                found += 1;
                let guide = guide.display();
                assert!(
                    snippet.is_in(&read(&snippet.file)),
                    "{guide}: not in {}:\n{}",
                    snippet.file,
                    snippet.text
                );
            }
        }
    }
    assert!(found >= 5, "{found} snippets, where more were");
}

/// Not in the guides, whose links are rustdoc's: it checks them itself.
#[test]
fn links_lead_somewhere() {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.md",
        ])
        .current_dir(root())
        .output()
        .expect("git");
    let files = String::from_utf8(listed.stdout).expect("names of files");
    let mut found = 0;
    for file in files.split_terminator('\0') {
        if file.contains("/docs/") {
            continue;
        }
        for link in links(&read(file)) {
            found += 1;
            assert!(
                leads_somewhere(&root().join(file), &link),
                "{file}: {link} leads nowhere"
            );
        }
    }
    assert!(found >= 20, "{found} links, where more were");
}

/// A run of the benchmark writes its own table alone.
#[test]
fn figures_of_the_peers_are_those_of_their_table() {
    let table = read("health-middleware/docs/benchmarks.md");
    for file in ["README.md", "health-middleware/README.md"] {
        let text = read(file);
        let (_, said) = text.split_once("100 checks").expect("what was measured");
        let (said, _) = said.split_once("enchmarks").expect("where that stands");
        let figures: Vec<&str> = said
            .split_ascii_whitespace()
            .map(|word| word.trim_end_matches([',', '.', ';']))
            .filter(|word| word.starts_with(|sign: char| sign.is_ascii_digit()))
            .collect();
        assert_eq!(figures.len(), 5, "{file}: {said:?}");
        for figure in figures {
            assert!(
                table.contains(&format!("| {figure} |")),
                "{file}: {figure} is not in the table"
            );
        }
    }
}
