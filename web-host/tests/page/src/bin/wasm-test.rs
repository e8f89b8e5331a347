//! Runs wasm tests in a worker of a headless browser: what `cargo test --target wasm32-unknown-unknown` calls.
//!
//! It is wasm-bindgen's own runner, built from the lock file, so that nothing has to be installed and its version is
//! always that of the library. Its settings stand in `.cargo/config.toml`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
