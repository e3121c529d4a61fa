//! Links in Markdown: where they lead, and what the headings of a file are called.

use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The targets of all links and pictures of a text, those in HTML included.
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push(dest_url.into_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                found.extend(attributes(&html).map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// What the attributes of HTML name that pictures and links are loaded from.
fn attributes(html: &str) -> impl Iterator<Item = &str> {
    [" src=\"", " srcset=\"", " href=\""]
        .into_iter()
        .flat_map(move |name| html.split(name).skip(1))
        .filter_map(|rest| Some(rest.split_once('"')?.0))
}

/// What links call the headings of a text: in lower case, with hyphens for blanks
/// and without other marks.
pub fn anchors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut heading = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = heading.take().unwrap_or_default().to_lowercase();
                let kept = heading.chars().filter_map(|sign| match sign {
                    ' ' => Some('-'),
                    '-' | '_' => Some(sign),
                    _ => sign.is_alphanumeric().then_some(sign),
                });
                found.push(kept.collect());
            }
            _ => {}
        }
    }
    found
}

/// Whether a link of the file `from` leads to a file that is there, and in it to a
/// heading if it names one. What has a scheme is taken to lead somewhere.
pub fn leads_somewhere(from: &Path, link: &str) -> bool {
    if link.contains("://") {
        return true;
    }
    let (file, anchor) = match link.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (link, None),
    };
    let target = match file {
        "" => from.to_owned(),
        file => from.with_file_name(file),
    };
    match anchor {
        None => target.exists(),
        Some(anchor) => std::fs::read_to_string(target)
            .is_ok_and(|text| anchors(&text).iter().any(|known| known == anchor)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_wherever_they_stand() {
        let text = "See [a](b.md), ![c](d.svg).\n\n| x |\n|---|\n| [e](#f) |\n\n    [no](code)\n\n`[no](code)`\n";
        assert_eq!(links(text), ["b.md", "d.svg", "#f"]);
    }

    #[test]
    fn pictures_in_html_are_found() {
        let text = "<picture><source srcset=\"dark.webp\"><img alt=\"a b\" src=\"light.webp\"></picture>\n";
        assert_eq!(links(text), ["dark.webp", "light.webp"]);
    }

    #[test]
    fn headings_have_the_names_that_links_use() {
        let text = "# `--status` and *more*, or less\n\n## Two_words here\n\ntext\n";
        assert_eq!(
            anchors(text),
            ["--status-and-more-or-less", "two_words-here"]
        );
    }

    #[test]
    fn a_link_leads_somewhere_or_it_does_not() {
        let readme = crate::root().join("README.md");
        for (link, leads) in [
            ("SECURITY.md", true),
            ("docker", true),
            ("https://example.org/x", true),
            ("SECURITY.md#reporting", true),
            ("#install", true),
            ("GONE.md", false),
            ("SECURITY.md#gone", false),
            ("#gone", false),
        ] {
            assert_eq!(leads_somewhere(&readme, link), leads, "{link}");
        }
    }
}
