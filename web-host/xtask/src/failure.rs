//! What went wrong, in a sentence for the person at the terminal.

use std::fmt;
use std::path::Path;

/// A step that could not be done: the tool prints it and ends with status 1.
///
/// Nothing in the tool decides by the kind of a failure, so it is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure described by `message`: lower case, without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// For `map_err` on file operations: `doing` is a verb phrase, as in "cannot read".
    pub fn at<E: fmt::Display>(doing: &str, path: &Path) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{doing} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
