//! What crosses a link between a host and the library. `components/WIRE.md` tells it in prose.
//!
//! - [`codec`]: numbers and strings as bytes, and a reader that cannot be made to panic
//! - [`registry`]: which components cross, and under which number
//! - [`frame`]: one step of the mirror
//! - [`message`]: everything else: requests, answers, credits, notices
//! - [`version`]: the hash that both ends compare first

pub mod codec;
pub mod frame;
pub mod message;
pub mod registry;
pub mod version;
