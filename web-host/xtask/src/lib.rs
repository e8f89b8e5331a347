//! The project's own tool: it builds the browser bundles, serves the page, and runs every check.

#![expect(
    clippy::print_stdout,
    reason = "a command line tool speaks on its standard output"
)]

pub mod bundle;
pub mod compress;
pub mod demo;
pub mod failure;
pub mod npm;
pub mod order;
pub mod progress;
pub mod serve;
pub mod tools;
pub mod verify;
pub mod workspace;
