//! Segue inside a Bevy app: the library on threads of its own, its mirror in the game's World.
//!
//! A frame never waits for the library: each `First` takes in what has come and each `Last` sends what was
//! asked, and that is all that happens in the game's schedule.
//!
//! ```
//! use bevy_app::App;
//! use segue::bevy::{Segue, SeguePlugin};
//! use segue::components::prelude::*;
//!
//! let mut app = App::new();
//! app.add_plugins(SeguePlugin::in_memory());
//! app.world_mut().resource_mut::<Segue>().open_view(Noun::Track, "", 0, 50);
//! app.update();
//! let mut tracks = app.world_mut().query::<&Title>();
//! for title in tracks.iter(app.world()) {
//!     println!("{}", title.0);
//! }
//! ```

use std::path::{Path, PathBuf};

use bevy_app::{App, First, Last, Plugin};
use bevy_ecs::message::Message;
use bevy_ecs::resource::Resource;
use bevy_ecs::system::ResMut;
use bevy_ecs::world::{Mut, World};
use core::ops::{Deref, DerefMut};
use crossbeam_channel::Receiver;
use segue_systems::mirror::client::{CREDITS, ClientEvent, Remote};

use crate::engine::{EngineBuilder, Output};
use crate::library::{HostLink, Inlet};
use crate::native::Threads;

/// Puts a library beside an app and its mirror into the app's World: components such as
/// [`Title`](segue_components::track::Title) on entities of their own, [`Segue`] to ask with, and
/// [`SegueEvent`] messages to hear with.
#[derive(Debug, Clone)]
pub struct SeguePlugin {
    library: Option<PathBuf>,
    output: Output,
}

impl SeguePlugin {
    /// A library in this file, made when it is not there.
    #[must_use]
    pub fn library(path: impl AsRef<Path>) -> Self {
        Self {
            library: Some(path.as_ref().to_path_buf()),
            output: Output::Device,
        }
    }

    /// A library that lives as long as the app.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            library: None,
            output: Output::Device,
        }
    }

    /// Sends sound there.
    #[must_use]
    pub fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }
}

/// Something that the library tells; see [`ClientEvent`].
#[derive(Message, Debug, Clone)]
pub struct SegueEvent(pub ClientEvent);

/// The library that belongs to an app: everything of [`Remote`], which asks and never waits.
#[derive(Resource, Debug)]
pub struct Segue {
    remote: Remote,
    to_library: Inlet<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    _threads: Threads,
}

impl Deref for Segue {
    type Target = Remote;

    fn deref(&self) -> &Remote {
        &self.remote
    }
}

impl DerefMut for Segue {
    fn deref_mut(&mut self) -> &mut Remote {
        &mut self.remote
    }
}

impl Plugin for SeguePlugin {
    /// # Panics
    /// If the library cannot be opened: whoever wants to go on without one opens it with
    /// [`Segue::open`] and inserts it by hand.
    fn build(&self, app: &mut App) {
        let opened = Segue::open(self.library.as_deref(), self.output.clone());
        let segue = opened.unwrap_or_else(|error| panic!("the music library cannot be opened: {error}"));
        app.insert_resource(segue).add_message::<SegueEvent>();
        app.add_systems(First, receive).add_systems(Last, send);
    }
}

impl Segue {
    /// Opens a library and starts its threads.
    ///
    /// # Errors
    /// As [`EngineBuilder::open`].
    pub fn open(library: Option<&Path>, output: Output) -> Result<Self, crate::EngineError> {
        let mut builder = crate::Engine::builder().output(output);
        if let Some(path) = library {
            builder = builder.library(path);
        }
        let (threads, link) = EngineBuilder::start(&builder)?;
        let HostLink {
            to_library,
            from_library,
            ..
        } = link;
        Ok(Self {
            remote: Remote::new(CREDITS),
            to_library,
            from_library,
            _threads: threads,
        })
    }
}

fn receive(world: &mut World) {
    world.resource_scope(|world, mut segue: Mut<Segue>| {
        let received: Vec<Vec<u8>> = segue.from_library.try_iter().collect();
        for bytes in received {
            for event in segue.remote.receive(world, &bytes) {
                world.write_message(SegueEvent(event));
            }
        }
    });
}

fn send(mut segue: ResMut<Segue>) {
    for bytes in segue.remote.take_outgoing() {
        segue.to_library.send(bytes);
    }
}
