//! Builds, serves and checks Segue.
fn main() {}
