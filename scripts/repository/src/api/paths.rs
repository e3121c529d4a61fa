//! The paths that stand in public items.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, ItemImpl, Type, Visibility};

use super::bring_in;

pub(super) fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
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
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}
