//! Packs the program's texts, and hands the linker script to the build that stands without std.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/texts.rs"]
mod texts;

/// The first code that stands for a pair of others; those below are characters.
const FIRST_PAIR: usize = 128;

fn main() {
    for file in ["build.rs", "link.ld", "src/help.txt", "src/texts.rs"] {
        println!("cargo:rerun-if-changed={file}");
    }
    let out = env::var("OUT_DIR").expect("cargo names a directory for what is generated");
    fs::write(Path::new(&out).join("packed.rs"), packed())
        .expect("that directory can be written to");
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|environment| environment == "musl") {
        let package = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's directory");
        // All spelled so that a C compiler as linker passes them on, and a linker takes them itself.
        println!("cargo:rustc-link-arg-bins=-no-pie");
        // What shows a debugger its way needs the headers. Older linkers do not know this one, and
        // say so without failing.
        if env::var("DEBUG").is_ok_and(|debug| debug == "false") {
            println!("cargo:rustc-link-arg-bins=-znosectionheader");
        }
        println!("cargo:rustc-link-arg-bins=-T{package}/link.ld");
    }
}

/// The texts one after another, each ended by a zero, in which codes from 128 stand for pairs: byte
/// pair encoding. As Rust source, with where each text starts.
fn packed() -> String {
    let mut codes = vec![0u8];
    for (_, text) in texts::TEXTS {
        assert!(
            text.bytes().all(|byte| (1..128).contains(&byte)),
            "not ASCII: {text}"
        );
        codes.extend(text.bytes().chain([0]));
    }
    let mut pairs = Vec::new();
    while FIRST_PAIR + pairs.len() < 256 {
        let Some(pair) = commonest(&codes) else { break };
        codes = with(&codes, pair, (FIRST_PAIR + pairs.len()) as u8);
        pairs.push(pair);
    }
    let mut source = format!(
        "static PACKED: [u8; {}] = {codes:?};\nstatic PAIRS: [[u8; 2]; {}] = {pairs:?};\n",
        codes.len(),
        pairs.len(),
    );
    let ends = codes.iter().enumerate().filter(|(_, code)| **code == 0);
    for ((name, text), (end, _)) in texts::TEXTS.iter().zip(ends) {
        let start = end + 1;
        writeln!(
            source,
            "/// {text:?}\npub(crate) const {name}: Text = Text::at({start});"
        )
        .expect("a string takes everything");
    }
    source
}

/// The pair that occurs most often, if it is worth its two bytes.
fn commonest(codes: &[u8]) -> Option<[u8; 2]> {
    let mut counts = BTreeMap::<[u8; 2], usize>::new();
    let mut last = None;
    for (place, pair) in codes.windows(2).enumerate() {
        let pair = [pair[0], pair[1]];
        // In a run of one character the pairs overlap, and every other one counts.
        if pair.contains(&0) || last == Some((place.wrapping_sub(1), pair)) {
            last = None;
            continue;
        }
        last = Some((place, pair));
        *counts.entry(pair).or_default() += 1;
    }
    let (pair, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count > 2).then_some(pair)
}

/// The codes with one in the place of each pair.
fn with(codes: &[u8], pair: [u8; 2], code: u8) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = codes;
    while let Some((&first, after)) = rest.split_first() {
        if rest.starts_with(&pair) {
            replaced.push(code);
            rest = &rest[2..];
        } else {
            replaced.push(first);
            rest = after;
        }
    }
    replaced
}
