//! The rooms of a crate, which are the modules at its root with all that they
//! hold, and which of them imports which.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

use crate::modules::{self, Module};
use crate::root;

/// A room.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// The rooms that it imports.
    pub imports: BTreeSet<String>,
    /// Its files beyond the one that bears its name, by the rest of their path.
    pub files: BTreeSet<String>,
}

/// The rooms of a crate by their names. Its entrances are none.
///
/// # Panics
///
/// If a path names what the crate's root only passes on, since it then hides
/// which room is meant.
pub fn rooms(crate_dir: &str) -> BTreeMap<String, Room> {
    let found = sources(crate_dir);
    let names: BTreeSet<&String> = found
        .iter()
        .filter_map(|module| module.path.first())
        .collect();
    let mut rooms = BTreeMap::<String, Room>::new();
    for module in &found {
        let Some(name) = module.path.first() else {
            continue;
        };
        let room = rooms.entry(name.clone()).or_default();
        let file = module.file.to_str().expect("names of files are ASCII");
        if let Some((_, rest)) = file.split_once('/') {
            room.files.insert(rest.to_owned());
        }
        for item in &module.items {
            for import in roots(item.to_token_stream(), module.path.len()) {
                assert!(
                    names.contains(&import),
                    "{crate_dir}/src/{file} imports crate::{import}, which is no room"
                );
                if import != *name {
                    room.imports.insert(import);
                }
            }
        }
    }
    rooms
}

/// What the first lines of the rooms' own files say that they touch, where they
/// say it: the names in code between "touch" and the paragraph's end.
pub fn touched(crate_dir: &str) -> BTreeMap<String, BTreeSet<String>> {
    sources(crate_dir)
        .into_iter()
        .filter(|module| module.path.len() == 1)
        .filter_map(|module| Some((module.path[0].clone(), named_after_touch(&module.doc)?)))
        .collect()
}

fn named_after_touch(doc: &str) -> Option<BTreeSet<String>> {
    let at = doc.find("touch").or_else(|| doc.find("Touch"))?;
    let paragraph = doc[at..].split("\n\n").next()?;
    Some(
        paragraph
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect(),
    )
}

/// The modules of the library and of the program.
fn sources(crate_dir: &str) -> Vec<Module> {
    let mut found = modules::of(crate_dir, "lib.rs");
    if root().join(crate_dir).join("src/main.rs").is_file() {
        found.extend(modules::of(crate_dir, "main.rs"));
    }
    found
}

/// The names that follow the crate's root in the paths of a text that lies
/// `depth` modules below it: in `crate::a::…`, and in `super::a::…` where that
/// leads there.
fn roots(tokens: TokenStream, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            found.extend(roots(group.stream(), depth));
        }
        let (height, next) = ascend(&tokens, at, depth);
        at = next.max(at + 1);
        if height == Some(0) {
            match tokens.get(next) {
                Some(TokenTree::Ident(name)) => {
                    found.insert(name.to_string());
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    found.extend(firsts(group.stream()));
                }
                Some(other) => panic!("crate::{other} says not which room"),
                None => {}
            }
        }
    }
    found
}

/// How far below the root a path's beginning leads, `crate::` or `super::`s, and
/// what follows it. Nothing, where no such path begins at `at`.
fn ascend(tokens: &[TokenTree], mut at: usize, depth: usize) -> (Option<usize>, usize) {
    let mut height = None;
    loop {
        let next = match tokens.get(at) {
            Some(TokenTree::Ident(word)) if word == "crate" && height.is_none() => Some(0),
            Some(TokenTree::Ident(word)) if word == "super" => {
                height.unwrap_or(depth).checked_sub(1)
            }
            Some(TokenTree::Ident(word)) if word == "self" && height.is_none() => Some(depth),
            _ => None,
        };
        let colons = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
        match next {
            Some(next) if colons(at + 1) && colons(at + 2) => {
                height = Some(next);
                at += 3;
            }
            _ => return (height, at),
        }
    }
}

/// The first words of the parts of `{a::b, c}`.
fn firsts(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut begins = true;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if begins => {
                found.insert(word.to_string());
                begins = false;
            }
            TokenTree::Punct(mark) if mark.as_char() == ',' => begins = true,
            _ => {}
        }
    }
    found
}

/// A way from a room back to itself, if there is one.
pub fn circle(rooms: &BTreeMap<String, Room>) -> Option<Vec<&str>> {
    let mut done = BTreeSet::new();
    rooms
        .keys()
        .find_map(|room| walk(rooms, room, &mut Vec::new(), &mut done))
}

fn walk<'a>(
    rooms: &'a BTreeMap<String, Room>,
    room: &'a str,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    if let Some(at) = way.iter().position(|before| *before == room) {
        return Some(way[at..].iter().copied().chain([room]).collect());
    }
    if done.contains(room) {
        return None;
    }
    way.push(room);
    let found = rooms[room]
        .imports
        .iter()
        .find_map(|next| walk(rooms, next, way, done));
    way.pop();
    done.insert(room);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, depth: usize) -> Vec<String> {
        roots(text.parse().expect("tokens"), depth)
            .into_iter()
            .collect()
    }

    #[test]
    fn paths_are_followed_to_the_root() {
        for (text, depth, rooms) in [
            ("use crate::a::B;", 3, &["a"][..]),
            ("use crate::{a::B, c::{D, E}, f};", 1, &["a", "c", "f"]),
            ("use super::a::B;", 1, &["a"]),
            ("use super::a::B;", 2, &[]),
            ("use super::super::{a, b};", 2, &["a", "b"]),
            ("use self::a::B;", 1, &[]),
            ("use self::super::a::B;", 1, &["a"]),
            (
                "fn f(x: crate::a::B) { g(crate::c::d(super::e::f())) }",
                1,
                &["a", "c", "e"],
            ),
            ("assert!(matches!(x, crate::a::B { .. }));", 1, &["a"]),
            ("macro_rules! m { () => { $crate::a::b() } }", 1, &["a"]),
            ("pub(crate) fn f() {} pub(super) use a::B;", 1, &[]),
            ("use std::a; use ::b::c; let x = a::b::c;", 1, &[]),
        ] {
            assert_eq!(found(text, depth), rooms, "{text}");
        }
    }

    #[test]
    #[should_panic(expected = "says not which room")]
    fn everything_of_the_root_is_no_import() {
        found("use crate::*;", 1);
    }

    #[test]
    fn what_a_room_says_that_it_touches_is_read() {
        for (doc, touched) in [
            ("Nothing.\n", None),
            (
                "Of `x`.\n\nTouches `a`, `b`\nand `c`.\n\nBut `d`.\n",
                Some(&["a", "b", "c"][..]),
            ),
            ("May touch `a`, and at the root `b`.\n", Some(&["a", "b"])),
            ("Touches no room.\n", Some(&[])),
        ] {
            let found = named_after_touch(doc).map(Vec::from_iter);
            assert_eq!(
                found,
                touched.map(|names| names.iter().map(|&n| n.to_owned()).collect())
            );
        }
    }

    fn house(rooms: &[(&str, &[&str])]) -> BTreeMap<String, Room> {
        rooms
            .iter()
            .map(|(name, imports)| {
                let imports = imports.iter().map(|&room| room.to_owned()).collect();
                let files = BTreeSet::new();
                ((*name).to_owned(), Room { imports, files })
            })
            .collect()
    }

    #[test]
    fn a_circle_is_found_wherever_it_is_entered() {
        let straight = house(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        assert_eq!(circle(&straight), None);
        let round = house(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &[]), ("d", &["b"])]);
        assert_eq!(circle(&round), Some(vec!["b", "d", "b"]));
    }
}
