//! Segue: a music library and playback engine on Bevy ECS.
//!
//! An [`Engine`] owns a library on a thread of its own and speaks with it over a link, as a page or a game
//! does; nothing here waits for a scan.
//!
//! ```
//! use segue::{Engine, Output};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let music = folder.path();
//! # let library = folder.path().join("library.segue");
//! let mut engine = Engine::builder().library(library).output(Output::Null).open()?;
//! let folder = engine.add_folder(music)?;
//! let job = engine.start_sync(folder)?;
//! engine.wait_for_sync(job, |progress| println!("{} files read", progress.read))?;
//! let answer = engine.query("artist:queen sort:year", 0..50)?;
//! for track in &answer.rows {
//!     println!("{} – {}", track.artist, track.title);
//! }
//! if answer.total > 0 {
//!     engine.play("artist:queen")?;
//! }
//! engine.close()?;
//! # Ok(())
//! # }
//! ```
//!
//! In reading order: [`library`] (the world that owns everything), [`plugins`] (what it is made of),
//! [`native`] (threads and files around it), [`engine`] (the handle that a program holds).

#[cfg(feature = "bevy")]
pub mod bevy;
#[cfg(feature = "native")]
pub mod engine;
pub mod library;
#[cfg(feature = "native")]
pub mod native;
pub mod plugins;

#[cfg(feature = "native")]
pub use engine::{Engine, EngineBuilder, EngineError, Output};
pub use library::{Library, LibraryConfig};
pub use segue_audio as audio;
pub use segue_components as components;
pub use segue_systems as systems;
pub use segue_systems::query;
