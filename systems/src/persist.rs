//! Keeping the library: what changed becomes pages, pages become batches, batches become durable.
//!
//! - [`store`]: the seam below, with its backends

pub mod store;
