//! The paths that stand in public items.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, ItemImpl, ItemMacro, Macro, Type, Visibility};

use super::bring_in;

pub(super) fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// The items that are written inside a macro for items, as `pin_project!` is.
pub(super) fn items_in(mac: &Macro) -> Option<Vec<Item>> {
    let file = syn::parse2::<syn::File>(mac.tokens.clone()).ok()?;
    Some(file.items)
}

/// Every path of a part of the code.
#[derive(Default)]
pub(super) struct Paths(pub(super) Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let leading = path.leading_colon.map(|_| String::new());
        let words = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.0.push(leading.into_iter().chain(words).collect());
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("derive") {
            let _ = attribute.parse_nested_meta(|derived| {
                self.visit_path(&derived.path);
                Ok(())
            });
        }
    }

    fn visit_block(&mut self, _: &'ast syn::Block) {}

    fn visit_expr(&mut self, _: &'ast syn::Expr) {}

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_fields(&mut self, fields: &'ast Fields) {
        for field in fields.iter().filter(|field| is_public(&field.vis)) {
            self.visit_field(field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        for field in &variant.fields {
            self.visit_field(field);
        }
    }
}

impl Paths {
    /// Adds what an item shows to users, among types of whom `public` is seen.
    pub(super) fn of_public(&mut self, item: &Item, public: &BTreeSet<String>) {
        match item {
            Item::Struct(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Enum(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Union(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Trait(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Type(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Const(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Static(inner) if is_public(&inner.vis) => self.visit_item(item),
            Item::Fn(inner) if is_public(&inner.vis) => self.visit_signature(&inner.sig),
            Item::Use(inner) if is_public(&inner.vis) => {
                let mut uses = BTreeMap::new();
                bring_in(&inner.tree, Vec::new(), &mut uses);
                self.0.extend(uses.into_values());
            }
            Item::Impl(inner) => self.of_impl(inner, public),
            Item::Macro(inner) => self.of_macro(inner),
            _ => {}
        }
    }

    fn of_impl(&mut self, inner: &ItemImpl, public: &BTreeSet<String>) {
        let is_seen = |path: &syn::Path| {
            let last = path.segments.last().expect("a segment");
            public.contains(&last.ident.to_string())
        };
        let of_public = matches!(&*inner.self_ty, Type::Path(path) if is_seen(&path.path));
        match &inner.trait_ {
            Some((of, _)) if of_public || is_seen(of) => self.visit_item_impl(inner),
            None if of_public => {
                self.visit_generics(&inner.generics);
                for item in &inner.items {
                    match item {
                        ImplItem::Fn(item) if is_public(&item.vis) => {
                            self.visit_signature(&item.sig)
                        }
                        ImplItem::Const(item) if is_public(&item.vis) => self.visit_type(&item.ty),
                        ImplItem::Macro(item) => self.of_tokens(&item.mac.tokens),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// What a macro makes of its words is not known: one that writes items shows
    /// all that it names.
    fn of_macro(&mut self, item: &ItemMacro) {
        let tokens = &item.mac.tokens;
        let defined = item.ident.is_some();
        if items_in(&item.mac).is_none() && (!defined || writes_items(tokens)) {
            self.of_tokens(tokens);
        }
    }

    fn of_tokens(&mut self, tokens: &TokenStream) {
        let tokens: Vec<_> = tokens.clone().into_iter().collect();
        let mark = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
        let colons = |at: usize| mark(at, ':') && mark(at + 1, ':');
        let mut at = 0;
        while at < tokens.len() {
            if let TokenTree::Group(group) = &tokens[at] {
                self.of_tokens(&group.stream());
            }
            let parameter = at > 0 && mark(at - 1, '$');
            let mut path = Vec::new();
            let mut next = at;
            if colons(next) {
                path.push(String::new());
                next += 2;
            }
            while let Some(TokenTree::Ident(word)) = tokens.get(next) {
                path.push(word.to_string());
                next += 1;
                match tokens.get(next + 2) {
                    Some(TokenTree::Ident(_)) if colons(next) => next += 2,
                    _ => break,
                }
            }
            if !parameter || path.first().is_some_and(|first| first == "crate") {
                self.0.push(path);
            }
            at = next.max(at + 1);
        }
    }
}

/// Whether a macro's definition writes items, and not expressions alone.
fn writes_items(definition: &TokenStream) -> bool {
    definition.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => writes_items(&group.stream()),
        TokenTree::Ident(word) => word == "pub" || word == "impl",
        _ => false,
    })
}
