//! What a query lets through: rows in tiers, the best first.

use super::bitmap::Bitmap;

/// The rows that answer a query. A row stands in one tier at most; all rows of a tier come before those of
/// the next, and inside a tier the order decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    tiers: Vec<Bitmap>,
}

impl Answer {
    /// Of tiers that share no row. One without rows is kept: the place of a tier says what it means.
    pub(crate) fn new(tiers: Vec<Bitmap>) -> Self {
        Self { tiers }
    }

    pub(crate) fn tiers(&self) -> &[Bitmap] {
        &self.tiers
    }

    /// How many rows answer.
    pub(crate) fn total(&self) -> u32 {
        self.tiers.iter().map(Bitmap::count).sum()
    }
}
