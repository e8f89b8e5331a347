//! Where we differ from the answers of other readers, and why: one line a reason.

/// Values that differ on purpose.
#[derive(Debug)]
pub struct Exception {
    pub corpus: &'static str,
    /// File names without folder; a `*` stands for any start.
    pub files: &'static [&'static str],
    /// `*` is every field.
    pub fields: &'static [&'static str],
    pub reason: &'static str,
}

impl Exception {
    pub fn covers(&self, corpus: &str, file: &str, field: &str) -> bool {
        let file = file.strip_prefix("files/").unwrap_or(file);
        self.corpus == corpus
            && self.files.iter().any(|&pattern| match pattern.strip_prefix('*') {
                Some(end) => file.ends_with(end),
                None => pattern
                    .strip_suffix('*')
                    .map_or(file == pattern, |start| file.starts_with(start)),
            })
            && self.fields.iter().any(|&name| name == "*" || name == field)
    }
}

pub const ALL: &[Exception] = &[];
