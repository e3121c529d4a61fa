//! What the guides show of files is what stands in those files.

use std::fs;

use repository::snippets::snippets;
use repository::{read, root};

#[test]
fn snippets_are_those_of_the_files() {
    let mut found = 0;
    for directory in ["health-middleware/docs", "healthchecker/docs"] {
        for guide in fs::read_dir(root().join(directory)).expect("a directory") {
            let guide = guide.expect("an entry").path();
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
