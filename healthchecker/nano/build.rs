//! Hands the linker script to the build that stands without std.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=link.ld");
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|environment| environment == "musl") {
        let package = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's directory");
        // Spelled so that a C compiler as linker passes them on, and a linker takes them itself.
        println!("cargo:rustc-link-arg-bins=-no-pie");
        println!("cargo:rustc-link-arg-bins=-T{package}/link.ld");
        // What shows a debugger its way needs the headers. Older linkers do not know this one, and
        // say so without failing.
        if env::var("DEBUG").is_ok_and(|debug| debug == "false") {
            println!("cargo:rustc-link-arg-bins=-znosectionheader");
        }
    }
}
