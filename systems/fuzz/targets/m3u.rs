//! The reader of playlist files, on bytes of libFuzzer's making.

#![no_main]

use libfuzzer_sys::fuzz_target;
use segue_systems::testing::fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::m3u(bytes));
