//! Seeded libraries, and how the benchmarks of Segue measure and print.
//!
//! `cargo bench -p segue-benches` runs them all natively. Each prints its medians, and with `--json` one
//! object a line: `{"bench":…,"ours":…,"unit":…}`.

pub mod counting;
pub mod library;
#[cfg(not(target_arch = "wasm32"))]
pub mod measure;
pub mod owner;
pub mod words;
