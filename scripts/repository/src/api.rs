//! What the public items of a crate name: the crates that the types and traits
//! in them are from.
//!
//! `pub` is taken at its word, since `unreachable_pub` denies it where nobody
//! outside could name the item. Bodies are not looked at.

mod paths;

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;
use syn::{Item, UseTree};

use self::paths::{Paths, is_public, items_in};
use crate::modules::{self, Module};

/// The crates by name, each with the places that name it: a room's or a root
/// file's name, and the path there.
pub type Named = BTreeMap<String, BTreeSet<(String, String)>>;

/// What the public items of the crate in `crate_dir` name.
pub fn named(crate_dir: &str) -> Named {
    Crate::new(modules::of(crate_dir, "lib.rs")).named()
}

struct Crate {
    modules: BTreeMap<Vec<String>, Scope>,
}

/// What the names in a module stand for.
struct Scope {
    module: Module,
    /// What `use` lines bring in, by the name that they give it.
    uses: BTreeMap<String, Vec<String>>,
    /// What type aliases stand for.
    aliases: BTreeMap<String, Vec<Vec<String>>>,
}

impl Crate {
    fn new(modules: Vec<Module>) -> Self {
        let modules = modules.into_iter().map(|mut module| {
            unwrap_macros(&mut module.items);
            let mut uses = BTreeMap::new();
            let mut aliases = BTreeMap::new();
            for item in &module.items {
                match item {
                    Item::Use(item) => {
                        let leading = item.leading_colon.map(|_| String::new());
                        bring_in(&item.tree, leading.into_iter().collect(), &mut uses);
                    }
                    Item::Type(item) => {
                        let mut paths = Paths::default();
                        paths.visit_type(&item.ty);
                        aliases.insert(item.ident.to_string(), paths.0);
                    }
                    _ => {}
                }
            }
            (
                module.path.clone(),
                Scope {
                    module,
                    uses,
                    aliases,
                },
            )
        });
        Self {
            modules: modules.collect(),
        }
    }

    fn named(&self) -> Named {
        let public = self.public_types();
        let mut named = Named::new();
        for (path, scope) in &self.modules {
            let mut paths = Paths::default();
            for item in &scope.module.items {
                paths.of_public(item, &public);
            }
            let room = path.first().cloned().unwrap_or_default();
            for written in paths.0 {
                let text = written.join("::");
                let mut crates = BTreeSet::new();
                self.resolve(path, &written, &mut crates, 0);
                for name in crates {
                    named
                        .entry(name)
                        .or_default()
                        .insert((room.clone(), text.clone()));
                }
            }
        }
        named
    }

    /// The names of the types and traits that users see.
    fn public_types(&self) -> BTreeSet<String> {
        let items = self.modules.values().flat_map(|scope| &scope.module.items);
        let names = items.filter_map(|item| match item {
            Item::Struct(item) => Some((&item.vis, &item.ident)),
            Item::Enum(item) => Some((&item.vis, &item.ident)),
            Item::Union(item) => Some((&item.vis, &item.ident)),
            Item::Trait(item) => Some((&item.vis, &item.ident)),
            Item::Type(item) => Some((&item.vis, &item.ident)),
            _ => None,
        });
        names
            .filter(|(vis, _)| is_public(vis))
            .map(|(_, name)| name.to_string())
            .collect()
    }

    /// The crates that a path in a module leads to; none for one of this crate,
    /// of the prelude, or of a parameter.
    fn resolve(&self, at: &[String], path: &[String], crates: &mut BTreeSet<String>, depth: usize) {
        assert!(depth < 64, "{path:?} in {at:?} leads nowhere");
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let again = |at: &[String], path: &[String], crates: &mut BTreeSet<String>| {
            self.resolve(at, path, crates, depth + 1);
        };
        let below = |name: &str| {
            at.iter()
                .cloned()
                .chain([name.to_owned()])
                .collect::<Vec<_>>()
        };
        let scope = &self.modules[at];
        match first.as_str() {
            "" => {
                crates.extend(rest.first().cloned());
            }
            "crate" => again(&[], rest, crates),
            "self" => again(at, rest, crates),
            "super" => again(&at[..at.len().saturating_sub(1)], rest, crates),
            "Self" => {}
            name if scope.module.children.iter().any(|child| child == name) && !rest.is_empty() => {
                again(&below(name), rest, crates);
            }
            name => {
                // `use name::{self}` says nothing new.
                if let Some(used) = scope.uses.get(name).filter(|used| used[0] != name) {
                    let whole: Vec<_> = used.iter().chain(rest).cloned().collect();
                    again(at, &whole, crates);
                } else if let Some(aliased) = scope.aliases.get(name) {
                    for path in aliased {
                        again(at, path, crates);
                    }
                } else if name.starts_with(|first: char| first.is_ascii_lowercase())
                    && !rest.is_empty()
                {
                    // Types, traits and parameters begin with a capital: it is a crate.
                    crates.insert(name.to_owned());
                }
            }
        }
    }
}

/// Puts what is written inside macros for items beside them.
fn unwrap_macros(items: &mut Vec<Item>) {
    let inner: Vec<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Macro(item) => items_in(&item.mac),
            _ => None,
        })
        .flatten()
        .collect();
    items.extend(inner);
}

fn bring_in(tree: &UseTree, mut before: Vec<String>, uses: &mut BTreeMap<String, Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            bring_in(&path.tree, before, uses);
        }
        UseTree::Name(name) if name.ident == "self" => {
            let last = before.last().expect("a path before self").clone();
            uses.insert(last, before);
        }
        UseTree::Name(name) => {
            before.push(name.ident.to_string());
            uses.insert(name.ident.to_string(), before);
        }
        UseTree::Rename(name) => {
            if name.ident != "self" {
                before.push(name.ident.to_string());
            }
            uses.insert(name.rename.to_string(), before);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                bring_in(tree, before.clone(), uses);
            }
        }
        UseTree::Glob(_) => {
            let before = before.join("::");
            assert!(
                before.starts_with("super") || before.ends_with("prelude"),
                "{before}::*"
            );
        }
    }
}

#[cfg(test)]
mod tests;
