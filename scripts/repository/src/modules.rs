//! The modules of a crate as its `mod` lines declare them, without its tests.

use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, LitStr, Meta, MetaList, Token};

use crate::root;

/// One module: a file, or a `mod` with a body inside one.
pub(crate) struct Module {
    /// Its path from the crate's root, which has none.
    pub(crate) path: Vec<String>,
    /// Its file, from the crate's `src`.
    pub(crate) file: PathBuf,
    /// The documentation at its head.
    pub(crate) doc: String,
    /// What stands in it, without modules of tests and without modules with a
    /// body, which are modules of their own.
    pub(crate) items: Vec<Item>,
    /// The names of the modules in it.
    pub(crate) children: Vec<String>,
}

/// The modules of the library in a directory, or of its program, by its
/// `entrance`, which is the first of them.
///
/// # Panics
///
/// If a file cannot be read or is no Rust.
pub(crate) fn of(crate_dir: &str, entrance: &str) -> Vec<Module> {
    let src = root().join(crate_dir).join("src");
    let mut found = Vec::new();
    read_file(&src, entrance.into(), Vec::new(), &mut found);
    found
}

fn read_file(src: &Path, file: PathBuf, path: Vec<String>, found: &mut Vec<Module>) {
    let text = std::fs::read_to_string(src.join(&file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let at = found.len();
    read_items(src, &file, path, parsed.items, found);
    found[at].doc = doc(&parsed.attrs);
}

/// The lines of a documentation.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let value = &attribute.meta.require_name_value().ok()?.value;
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) if attribute.path().is_ident("doc") => Some(format!("{}\n", line.value())),
            _ => None,
        }
    });
    lines.collect()
}

fn read_items(
    src: &Path,
    file: &Path,
    path: Vec<String>,
    items: Vec<Item>,
    found: &mut Vec<Module>,
) {
    let at = found.len();
    found.push(Module {
        path: path.clone(),
        file: file.to_owned(),
        doc: String::new(),
        items: Vec::new(),
        children: Vec::new(),
    });
    for item in items {
        match item {
            Item::Mod(module) if is_of_tests(&module.attrs) || is_page(&module) => {}
            Item::Mod(ItemMod {
                ident,
                content,
                attrs,
                ..
            }) => {
                let name = ident.to_string();
                found[at].children.push(name.clone());
                let inner: Vec<_> = path.iter().cloned().chain([name]).collect();
                match content {
                    Some((_, items)) => read_items(src, file, inner, items, found),
                    None => {
                        for file in files_of(src, file, &inner, &attrs) {
                            read_file(src, file, inner.clone(), found);
                        }
                    }
                }
            }
            item => found[at].items.push(item),
        }
    }
}

/// `a/b.rs` or `a/b/mod.rs`, or the files that `path` names, one for each machine.
fn files_of(src: &Path, parent: &Path, path: &[String], attributes: &[Attribute]) -> Vec<PathBuf> {
    let named = attributes.iter().flat_map(|attribute| {
        let tokens: Vec<_> = attribute
            .meta
            .to_token_stream()
            .into_iter()
            .flat_map(leaves)
            .collect();
        let at = tokens.windows(2).position(|pair| pair == ["path", "="])?;
        let name: LitStr = syn::parse_str(tokens.get(at + 2)?).ok()?;
        Some(parent.with_file_name(name.value()))
    });
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        return named;
    }
    let file: PathBuf = path.iter().collect();
    let flat = file.with_extension("rs");
    if src.join(&flat).is_file() {
        vec![flat]
    } else {
        vec![file.join("mod.rs")]
    }
}

/// The words and marks of a token, from whatever brackets they stand in.
fn leaves(token: TokenTree) -> Vec<String> {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().flat_map(leaves).collect(),
        leaf => vec![leaf.to_string()],
    }
}

/// Whether a module is a page of the documentation.
fn is_page(module: &ItemMod) -> bool {
    matches!(&module.content, Some((_, items)) if items.is_empty())
}

/// Whether a module is there for tests, fuzzing or documentation alone.
fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args().ok())
        .any(|condition| !is_shipped(&condition))
}

/// Whether a `cfg` can hold in a build for users.
fn is_shipped(condition: &Meta) -> bool {
    let inner = |list: &MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .expect("conditions parted by commas")
    };
    match condition {
        Meta::Path(name) => !["test", "doctest", "doc", "fuzzing"]
            .iter()
            .any(|other| name.is_ident(other)),
        Meta::List(list) if list.path.is_ident("any") => inner(list).iter().any(is_shipped),
        Meta::List(list) if list.path.is_ident("all") => inner(list).iter().all(is_shipped),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_tests_alone_is_told_from_what_is_for_tests_too() {
        for (condition, shipped) in [
            ("test", false),
            ("any(test, fuzzing)", false),
            ("all(test, unix)", false),
            ("all(doctest, feature = \"tcp\")", false),
            ("any(feature = \"systemd\", test)", true),
            ("not(test)", true),
            ("unix", true),
        ] {
            let parsed: Meta = syn::parse_str(condition).expect("a condition");
            assert_eq!(is_shipped(&parsed), shipped, "{condition}");
        }
    }
}
