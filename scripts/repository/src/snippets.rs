//! Snippets in guides that are parts of files of the repository.
//!
//! A fenced block after a line such as `<!-- docker/stack.yaml -->` must stand in
//! that file word for word, but for indentation, comments and blank lines; `# …`
//! in it leaves lines out.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// A snippet.
#[derive(Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The file whose part it is.
    pub file: String,
    /// What is shown of it.
    pub text: String,
}

/// The snippets of a guide.
///
/// # Panics
///
/// If no block follows the name of a file.
pub fn snippets(guide: &str) -> Vec<Snippet> {
    let mut found = Vec::new();
    let mut file = None;
    let mut text = None;
    for event in Parser::new(guide) {
        match event {
            Event::Html(html) => {
                if let Some(name) = file_named(&html) {
                    let before = file.replace(name.to_owned());
                    assert_eq!(before, None, "no snippet follows this name");
                }
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(Tag::CodeBlock(_)) => text = file.is_some().then(String::new),
            Event::Text(part) => {
                if let Some(text) = &mut text {
                    text.push_str(&part);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let known = file.take().zip(text.take());
                found.extend(known.map(|(file, text)| Snippet { file, text }));
            }
            _ => assert_eq!(
                (&file, &text),
                (&None, &None),
                "no snippet follows this name"
            ),
        }
    }
    assert_eq!(file, None, "no snippet follows this name");
    found
}

/// The name in `<!-- name -->`; other comments have spaces in them, and what
/// scripts/bench puts its tables between has a colon.
fn file_named(html: &str) -> Option<&str> {
    let name = html.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    (!name.contains([' ', ':'])).then_some(name)
}

impl Snippet {
    /// Whether a text holds it, each part after the one before.
    pub fn is_in(&self, whole: &str) -> bool {
        let whole: Vec<_> = lines(whole).filter(|line| *line != OMISSION).collect();
        let shown: Vec<_> = lines(&self.text).collect();
        let mut rest = &whole[..];
        let parts = shown.split(|line| *line == OMISSION);
        let all_there = parts.filter(|part| !part.is_empty()).all(|part| {
            let at = rest.windows(part.len()).position(|lines| lines == part);
            at.inspect(|at| rest = &rest[at + part.len()..]).is_some()
        });
        all_there && shown.last().is_some_and(|line| *line != OMISSION)
    }
}

const OMISSION: &str = "# …";

/// Lines without indentation, comments and blank lines.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim_start)
        .filter(|line| *line == OMISSION || !(line.is_empty() || line.starts_with('#')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a file\na:\n  b: 1\n\n  c: 2 # two\n  d: 3\n";

    #[test]
    fn a_snippet_is_in_its_file_or_it_is_not() {
        for (text, is_in) in [
            ("a:\n  b: 1\n", true),
            ("    b: 1\n    c: 2 # two\n", true),
            ("# said otherwise\nb: 1\n\nc: 2 # two\n", true),
            ("a:\n# …\nd: 3\n", true),
            ("d: 3\n# …\na:\n", false),
            ("a:\nc: 2 # two\n", false),
            ("b: 12\n", false),
            ("b:\n", false),
            ("", false),
            ("# …\n", false),
            ("a:\n# …\n", false),
        ] {
            let file = String::new();
            let text = text.to_owned();
            assert_eq!(
                Snippet {
                    file,
                    text: text.clone()
                }
                .is_in(FILE),
                is_in,
                "{text:?}"
            );
        }
    }

    #[test]
    fn marked_blocks_are_snippets_and_others_are_not() {
        let guide = "```sh\nls\n```\n\n<!-- a note -->\n\n<!-- bench:x -->\n| a |\n<!-- /bench:x -->\n\n<!-- docker/a.yaml -->\n```yaml\na:\n```\n";
        let snippet = Snippet {
            file: "docker/a.yaml".into(),
            text: "a:\n".into(),
        };
        assert_eq!(snippets(guide), [snippet]);
    }

    #[test]
    #[should_panic(expected = "no snippet follows this name")]
    fn a_mark_without_a_block_is_refused() {
        snippets("<!-- docker/a.yaml -->\n\ntext\n\n```yaml\na:\n```\n");
    }
}
