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
    for directory in ["health-middleware/docs", "healthchecker/docs"] {
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
