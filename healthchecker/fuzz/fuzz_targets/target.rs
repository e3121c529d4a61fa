#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| healthchecker::fuzzing::target(data));
