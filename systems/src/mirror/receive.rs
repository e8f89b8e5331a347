//! The host's side: frames into a world.
//!
//! The bytes may be anything. What does not fit is an error, after which nothing is applied until a
//! snapshot comes.

use std::collections::BTreeMap;

use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use bevy_platform::collections::HashSet;
use segue_components::id::{Id, JobId, Noun, TrackId};
use segue_components::report::Notice;
use segue_components::track::OnAlbum;
use segue_components::wire::codec::{Reader, WireError};
use segue_components::wire::frame::{Column, Frame, ViewPatch};
use segue_components::wire::{registry, version};

use crate::catalog::Catalog;

/// What a host sees of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Tracks or albums.
    pub noun: Noun,
    /// Whether the first answer has come. Before, the rest says nothing.
    pub ready: bool,
    /// How many rows match.
    pub total: u32,
    /// Which of them is the first here, from 0.
    pub offset: u32,
    /// Their ids, in order. Each is in the world with all its values.
    pub rows: Vec<u64>,
    /// What is wrong with the query; rows and total are those of the last one that was right.
    pub error: Option<ViewError>,
    /// The place of the row that is followed among all that match, if it is one of them.
    pub followed: Option<u32>,
}

/// What is wrong with the query of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewError {
    /// The character where it went wrong, from 0.
    pub column: u32,
    /// What stood there.
    pub found: String,
    /// What could have stood there.
    pub expected: String,
}

/// What a frame changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Whether the frame was passed over, because a snapshot is awaited.
    pub ignored: bool,
    /// Views whose window changed, or a row in it.
    pub views: Vec<u32>,
    /// Tracks that the host had and that have new values.
    pub tracks: Vec<TrackId>,
    /// Jobs that are new or have new values.
    pub jobs: Vec<JobId>,
    /// Whether a job came, changed or went.
    pub jobs_changed: bool,
    /// Whether a provider came, changed or went.
    pub providers_changed: bool,
    /// Whether a playlist came, changed or went.
    pub playlists_changed: bool,
    /// Whether the player came, changed or went.
    pub player_changed: bool,
    /// What the library told once.
    pub notices: Vec<Notice>,
}

/// A world's copy of what the library shows it.
#[derive(Debug, Default)]
pub struct Mirror {
    ids: Catalog,
    windows: BTreeMap<u32, Window>,
    sequence: u32,
    /// Whether a snapshot came and no gap since.
    in_step: bool,
}

impl Mirror {
    /// The entity of an id, if the library shows it.
    #[must_use]
    pub fn entity<I: Id>(&self, id: I) -> Option<Entity> {
        self.ids.entity(id)
    }

    /// Every number and entity of a noun, ascending.
    #[must_use]
    pub fn all(&self, noun: Noun) -> Vec<(u64, Entity)> {
        let mut all: Vec<_> = self.ids.all(noun).collect();
        all.sort_unstable();
        all
    }

    /// What is seen of a view.
    #[must_use]
    pub fn window(&self, view: u32) -> Option<&Window> {
        self.windows.get(&view)
    }

    /// Whether nothing was missed. Before the first frame and after an error a snapshot is awaited.
    #[must_use]
    pub fn is_in_step(&self) -> bool {
        self.in_step
    }

    /// Makes room for a view, so that its rows are taken in; those of other views are not.
    pub fn open(&mut self, view: u32, noun: Noun) {
        self.windows.insert(
            view,
            Window {
                noun,
                ready: false,
                total: 0,
                offset: 0,
                rows: Vec::new(),
                error: None,
                followed: None,
            },
        );
    }

    /// Forgets a view.
    pub fn close(&mut self, view: u32) {
        self.windows.remove(&view);
    }

    /// Says that nothing of what is here holds any more, and only a snapshot counts.
    pub fn expect_snapshot(&mut self) {
        self.in_step = false;
    }

    /// Applies a frame.
    ///
    /// # Errors
    /// [`WireError::Protocol`] if the library is of another build; [`WireError::Gap`] and
    /// [`WireError::Malformed`] mean that the host must ask for a snapshot, and until it comes every frame
    /// is ignored.
    pub fn apply(&mut self, world: &mut World, bytes: &[u8]) -> Result<Applied, WireError> {
        let applied = self.try_apply(world, bytes);
        if applied.is_err() {
            self.in_step = false;
        }
        applied
    }

    fn try_apply(&mut self, world: &mut World, bytes: &[u8]) -> Result<Applied, WireError> {
        let ours = version::protocol();
        if let Some(theirs) = bytes.first_chunk().map(|hash| u64::from_le_bytes(*hash))
            && theirs != ours
        {
            return Err(WireError::Protocol { theirs, ours });
        }
        let frame = Frame::read(bytes)?;
        if frame.snapshot {
            self.clear(world);
        } else if !self.in_step {
            return Ok(Applied {
                ignored: true,
                ..Applied::default()
            });
        } else if frame.sequence != self.sequence.wrapping_add(1) {
            return Err(WireError::Gap {
                expected: self.sequence.wrapping_add(1),
                found: frame.sequence,
            });
        }
        self.sequence = frame.sequence;
        self.in_step = true;
        let mut step = Step::default();
        for (noun, ids) in &frame.despawned {
            for &id in ids {
                let entity = self.ids.remove(*noun, id).ok_or(UNFIT)?;
                world.despawn(entity);
                step.touch(*noun, id);
            }
        }
        for (number, ids) in &frame.removed {
            let kind = registry::kind(*number).ok_or(UNFIT)?;
            for &id in ids {
                let entity = self.ids.find(kind.noun, id).ok_or(UNFIT)?;
                kind.remove(&mut world.get_entity_mut(entity).map_err(|_| UNFIT)?);
                step.touch(kind.noun, id);
            }
        }
        for (noun, ids) in &frame.spawned {
            for &id in ids {
                if self.ids.find(*noun, id).is_some() {
                    return Err(UNFIT);
                }
                let entity = registry::spawn(world, *noun, id).id();
                self.ids.insert(*noun, id, entity);
                step.fresh.insert((*noun, id));
                step.touch(*noun, id);
            }
        }
        for column in &frame.columns {
            self.apply_column(world, column, &mut step)?;
        }
        let mut applied = Applied {
            jobs_changed: step.touches(Noun::SyncJob),
            providers_changed: step.touches(Noun::Provider),
            playlists_changed: step.touches(Noun::Playlist),
            player_changed: step.touches(Noun::Player),
            ..Applied::default()
        };
        for patch in &frame.views {
            if self.apply_view(patch)? {
                applied.views.push(patch.view);
            }
        }
        for notice in &frame.notices {
            applied
                .notices
                .push(postcard::from_bytes(notice).map_err(|_| UNFIT)?);
        }
        self.note_rows(world, &step, &mut applied);
        Ok(applied)
    }

    fn apply_column(&self, world: &mut World, column: &Column, step: &mut Step) -> Result<(), WireError> {
        let kind = registry::kind(column.kind).ok_or(UNFIT)?;
        let mut reader = Reader::new(&column.values);
        for &id in &column.ids {
            let entity = self.ids.find(kind.noun, id).ok_or(UNFIT)?;
            kind.insert(&mut world.get_entity_mut(entity).map_err(|_| UNFIT)?, &mut reader)?;
            step.touch(kind.noun, id);
        }
        if reader.is_done() {
            Ok(())
        } else {
            Err(reader.malformed())
        }
    }

    /// `false` if the view was closed here while the patch was under way.
    fn apply_view(&mut self, patch: &ViewPatch) -> Result<bool, WireError> {
        let Some(window) = self.windows.get_mut(&patch.view) else {
            return Ok(false);
        };
        let known = |&id: &u64| self.ids.find(window.noun, id).is_some();
        if !patch
            .splices
            .iter()
            .flat_map(|splice| &splice.inserted)
            .all(known)
        {
            return Err(UNFIT);
        }
        if !patch.apply(&mut window.rows) {
            return Err(UNFIT);
        }
        window.ready = true;
        window.total = patch.total;
        window.offset = patch.offset;
        window.followed = patch.followed;
        window.error = patch.error.clone().map(|(column, found, expected)| ViewError {
            column,
            found,
            expected,
        });
        Ok(true)
    }

    /// Lists what a host's own listeners want to hear of.
    fn note_rows(&self, world: &World, step: &Step, applied: &mut Applied) {
        for &(noun, id) in &step.touched {
            let here = self.ids.find(noun, id).is_some();
            match noun {
                Noun::SyncJob if here => applied.jobs.push(JobId(id)),
                Noun::Track if here && !step.fresh.contains(&(noun, id)) => applied.tracks.push(TrackId(id)),
                _ => {}
            }
        }
        applied.tracks.sort_unstable();
        applied.jobs.sort_unstable();
        let rows = [Noun::Track, Noun::Album, Noun::File, Noun::Artwork];
        if !rows.into_iter().any(|noun| step.touches(noun)) {
            return;
        }
        for (&number, window) in &self.windows {
            let changed = |&id: &u64| {
                let album = (window.noun == Noun::Track)
                    .then(|| world.get::<OnAlbum>(self.ids.find(Noun::Track, id)?))
                    .flatten();
                step.touched.contains(&(window.noun, id))
                    || album.is_some_and(|album| step.touched.contains(&(Noun::Album, album.0.0)))
            };
            if window.ready && !applied.views.contains(&number) && window.rows.iter().any(changed) {
                applied.views.push(number);
            }
        }
    }

    fn clear(&mut self, world: &mut World) {
        for noun in Noun::ALL {
            for (_, entity) in self.ids.all(noun) {
                world.despawn(entity);
            }
        }
        self.ids = Catalog::default();
        for window in self.windows.values_mut() {
            window.rows.clear();
            window.ready = false;
        }
    }
}

/// A frame that can be read but does not fit what is here.
const UNFIT: WireError = WireError::Malformed { offset: 0 };

/// What one frame touched.
#[derive(Default)]
struct Step {
    touched: HashSet<(Noun, u64)>,
    fresh: HashSet<(Noun, u64)>,
}

impl Step {
    fn touch(&mut self, noun: Noun, id: u64) {
        self.touched.insert((noun, id));
    }

    fn touches(&self, noun: Noun) -> bool {
        self.touched.iter().any(|&(touched, _)| touched == noun)
    }
}
