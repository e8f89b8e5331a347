//! The frame decoder, and the mirror that applies frames, on bytes of libFuzzer's making.

#![no_main]

use libfuzzer_sys::fuzz_target;
use segue_systems::testing::fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::frame(bytes));
