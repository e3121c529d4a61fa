//! A strict reader of the page's HTML: what it does not know fails the test.

const ELEMENTS: [&str; 18] = [
    "body", "dd", "dl", "dt", "h1", "h2", "head", "html", "li", "link", "main", "meta", "p",
    "span", "style", "time", "title", "ul",
];
const VOID: [&str; 2] = ["link", "meta"];
const ATTRIBUTES: [&str; 9] = [
    "charset",
    "class",
    "content",
    "datetime",
    "href",
    "http-equiv",
    "lang",
    "name",
    "rel",
];

/// What a page is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Tags as they are, but for points in time.
    pub(crate) tags: Vec<String>,
    /// What stands between them, decoded, with the name of the element that it is
    /// in. No style.
    pub(crate) texts: Vec<(&'static str, String)>,
}

impl Page {
    /// The texts of all elements of this name.
    pub(crate) fn all(&self, element: &str) -> Vec<&str> {
        let of = self.texts.iter().filter(|(name, _)| *name == element);
        of.map(|(_, text)| &**text).collect()
    }
}

pub(crate) fn read(page: &str) -> Page {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    let mut read = Page::default();
    let mut open = Vec::new();
    while let Some((text, after)) = rest.split_once('<') {
        keep(&mut read, &open, text);
        let (tag, after) = after.split_once('>').expect("a tag that ends");
        assert!(!tag.contains('<'), "{tag}");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed");
            read.tags.push(tag.to_owned());
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let name = known(&ELEMENTS, name);
        let mut said = name.to_owned();
        while !attributes.is_empty() {
            let (attribute, value) = attributes.split_once("=\"").expect("a value");
            let (value, after) = value.split_once('"').expect("a value that ends");
            if attribute != "role" {
                known(&ATTRIBUTES, attribute);
            }
            let value = if attribute == "datetime" {
                "…"
            } else {
                value
            };
            said += &format!(" {attribute}={value}");
            attributes = after.trim_start_matches(' ');
        }
        read.tags.push(said);
        if name == "style" {
            rest = rest.split_once("</style>").expect("a style that ends").1;
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!((&*open, rest), (&[][..], "\n"));
    read
}

fn known(names: &[&'static str], name: &str) -> &'static str {
    let known = names.iter().find(|known| **known == name);
    known.unwrap_or_else(|| panic!("no part of a page: {name:?}"))
}

fn keep(read: &mut Page, open: &[&'static str], text: &str) {
    let inside = open.last().copied().unwrap_or("");
    if text.chars().all(char::is_whitespace) && text.contains('\n') {
        return;
    }
    if !text.is_empty() {
        read.texts.push((inside, decoded(text)));
    }
}

/// Five characters can only be written as references.
fn decoded(text: &str) -> String {
    assert!(!text.contains(['>', '"', '\'', '\r', '\0']), "{text:?}");
    let mut parts = text.split('&');
    let mut decoded = parts.next().expect("one at least").to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').expect("a reference");
        decoded.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("no reference of ours: {other:?}"),
        });
        decoded += after;
    }
    decoded
}

#[test]
fn what_breaks_out_is_noticed() {
    let page = |text: &str| format!("<!DOCTYPE html>\n<p>{text}</p>\n");
    assert_eq!(read(&page("a &lt; b")).all("p"), ["a < b"]);
    for broken in [
        "<script>1</script>",
        "</p>",
        "<p>",
        "<p onclick=\"1\"></p>",
        "a & b",
        "&eacute;",
        "a > b",
        "\"",
        "<!-- -->",
        "<",
    ] {
        let read = std::panic::catch_unwind(|| read(&page(broken)));
        assert!(read.is_err(), "{broken}");
    }
}
