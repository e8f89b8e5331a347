//! Segue in a browser: what the seams of the crates below become there.
//!
//! The four crates beside this one, `main`, `worker`, `pool` and `audio`, are one wasm bundle each and export what
//! stands here. In reading order:
//!
//! - [`exception`]: what JavaScript throws, in words
//! - [`storage`], [`indexed_db`]: where a library is kept
//! - [`folders`], [`source`]: the bytes of files
//! - [`clock`], [`port`]: time, and bytes from one worker to another
//! - [`shared_ring`], [`audio`]: the audio worker
//! - [`pool`], [`thumbnail`]: the workers that read tags
//! - [`library`], [`pool_link`]: the library worker
//! - [`page`]: the page

#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
compile_error!(
    "IndexedDB transactions end between two turns of the event loop, and with atomics wasm-bindgen-futures \
     wakes a future in a later turn: build the bundles without this target feature"
);

pub mod audio;
pub mod clock;
pub mod exception;
pub mod folders;
pub mod indexed_db;
pub mod library;
pub mod page;
pub mod pool;
pub mod pool_link;
pub mod port;
pub mod shared_ring;
pub mod source;
pub mod storage;
pub mod thumbnail;
