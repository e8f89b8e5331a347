//! The query parser, on bytes of libFuzzer's making.

#![no_main]

use libfuzzer_sys::fuzz_target;
use segue_systems::testing::fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::query(bytes));
