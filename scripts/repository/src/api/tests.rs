use super::*;

fn crates_in(modules: &[(&[&str], &str)]) -> Vec<String> {
    let modules = modules.iter().map(|(path, text)| Module {
        path: path.iter().map(|&name| name.to_owned()).collect(),
        file: "lib.rs".into(),
        doc: String::new(),
        items: syn::parse_file(text).expect("Rust").items,
        children: modules
            .iter()
            .filter(|(other, _)| {
                other
                    .split_last()
                    .is_some_and(|(_, parent)| parent == *path)
            })
            .map(|(other, _)| other[other.len() - 1].to_owned())
            .collect(),
    });
    Crate::new(modules.collect()).named().into_keys().collect()
}

#[test]
fn what_users_see_is_seen() {
    for text in [
        "pub fn f(x: other::T) {}",
        "pub fn f() -> Option<&'static [other::T]> {}",
        "pub fn f() -> impl Fn(u8) -> other::T {}",
        "pub fn f<T: Clone>() where T: other::Trait {}",
        "use other::a::T; pub struct S { pub field: T }",
        "use other as o; pub struct S(pub o::T);",
        "use other::{self}; pub enum E { V { field: other::T } }",
        "pub struct S; impl S { pub fn f(&self, x: ::other::T) {} }",
        "pub struct S; impl From<other::T> for S { fn from(x: other::T) -> Self { S } }",
        "pub struct S; impl Iterator for S { type Item = other::T; }",
        "pub trait T { fn f(&self) -> other::T; }",
        "pub trait T {} impl<X: other::Trait> T for X {}",
        "pub trait T: other::Trait {}",
        "#[derive(Clone, other::Derive)] pub struct S;",
        "type A = Vec<other::T>; pub fn f(x: A) {}",
        "pub use other::T;",
        "pub const C: other::T = make();",
        "pin_project! { pub struct S { #[pin] pub field: other::T } }",
        "macro_rules! m { ($name:ident) => { pub fn $name(x: other::T) {} } } m! { f }",
        "pub struct S; macro_rules! m { () => { impl From<::other::T> for S {} } } m! {}",
        "pub struct S; macro_rules! m { ($t:ty) => { impl From<$t> for S {} } } m! { other::T }",
        "use other::T; pub struct S; impl S { m! { field: Option<T> } }",
    ] {
        assert_eq!(crates_in(&[(&[], text)]), ["other"], "{text}");
    }
}

#[test]
fn what_users_do_not_see_is_not() {
    for text in [
        "fn f(x: other::T) {}",
        "pub(crate) fn f(x: other::T) {}",
        "pub fn f() { other::g(); }",
        "pub struct S { field: other::T, pub size: usize }",
        "struct S; impl From<other::T> for S { fn from(x: other::T) -> Self { S } }",
        "pub struct S; impl S { fn f(x: other::T) {} }",
        "pub fn f<F: Iterator>(x: F::Item) -> Result<String, Box<dyn Fn()>> {}",
        "use other::T; pub struct S { field: T }",
        "macro_rules! m { () => { other::f() } } fn f() { m!() }",
        "use other::T; macro_rules! m { ($T:ident) => { pub struct $T; } } m! { Own }",
    ] {
        assert_eq!(crates_in(&[(&[], text)]), [""; 0], "{text}");
    }
}

#[test]
fn a_name_that_another_module_passes_on_is_followed() {
    let lib = (&[][..], "pub fn f(x: crate::a::Passed, y: a::b::Alias) {}");
    let a = (&["a"][..], "pub(crate) use other::T as Passed;");
    let b = (
        &["a", "b"][..],
        "pub(crate) type Alias = super::super::c::T;",
    );
    let c = (&["c"][..], "pub(crate) use third::T;");
    assert_eq!(crates_in(&[lib, a, b, c]), ["other", "third"]);
}
