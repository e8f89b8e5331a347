//! What a query lets through: rows in tiers, the best first.

use super::bitmap::Bitmap;
#[cfg(doc)]
use super::search::FEW;

/// The rows that answer a query. A row stands in one tier at most; all rows of a tier come before those of
/// the next, and inside a tier the order decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    tiers: Vec<Bitmap>,
    is_forgiving: bool,
}

impl Answer {
    /// Of tiers that share no row. One without rows is kept: the place of a tier says what it means.
    pub(crate) fn new(tiers: Vec<Bitmap>, is_forgiving: bool) -> Self {
        Self { tiers, is_forgiving }
    }

    /// Whether typos were forgiven. They are as long as fewer rows than [`FEW`] stand in all tiers but the last;
    /// once a change makes that otherwise, the answer has to be made anew.
    pub(crate) fn is_forgiving(&self) -> bool {
        self.is_forgiving
    }

    pub(crate) fn tiers(&self) -> &[Bitmap] {
        &self.tiers
    }

    pub(crate) fn into_tiers(self) -> Vec<Bitmap> {
        self.tiers
    }
}
