#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| health_middleware::fuzzing::notify_environment(data));
