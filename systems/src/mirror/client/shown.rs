//! What a host has, to be shown: rows of views, jobs, providers, playlists, the player.

use bevy_ecs::component::Component;
use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::Remote;
use crate::mirror::receive::{Mirror, ViewError, Window};

/// A view as a host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewState<'a> {
    /// Whether the first answer has come. Before, the rest says nothing.
    pub ready: bool,
    /// How many rows match.
    pub total: u32,
    /// Which of them is the first here, from 0.
    pub offset: u32,
    /// Their ids, in order.
    pub rows: &'a [u64],
    /// The query as it was asked last.
    pub query: &'a str,
    /// What is wrong with it; rows and total are those of the last one that was right.
    pub error: Option<&'a ViewError>,
    /// The place among all rows of the one that is followed ([`Remote::follow`]), if it is one of them.
    pub followed: Option<u32>,
}

/// A job as a host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobView<'a> {
    /// Which.
    pub id: JobId,
    /// The provider that it brings up to date.
    pub provider: ProviderId,
    /// Where it stands.
    pub state: &'a JobState,
    /// What it has done.
    pub progress: &'a JobProgress,
    /// The files that it could not read, the first of them.
    pub failures: &'a [FileFailure],
}

/// A provider as a host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderView<'a> {
    /// Which.
    pub id: ProviderId,
    /// What and where.
    pub kind: &'a ProviderKind,
    /// What the listener calls it.
    pub name: &'a str,
    /// Whether its files can be read now.
    pub access: Access,
    /// The job that is at work on it, or was last.
    pub job: Option<JobId>,
}

/// A playlist as a host sees it; its entries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaylistView<'a> {
    /// Which.
    pub id: PlaylistId,
    /// What the listener calls it.
    pub name: &'a str,
    /// The query of a smart one.
    pub smart: Option<&'a SmartQuery>,
    /// When it was made and changed.
    pub times: PlaylistTimes,
    /// What it comes to.
    pub totals: PlaylistTotals,
}

/// The player as a host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayerView<'a> {
    /// The tracks to play.
    pub queue: &'a Queue,
    /// What it does.
    pub state: &'a PlayerState,
    /// How loud.
    pub volume: Volume,
}

impl Remote {
    /// The copy itself.
    #[must_use]
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// Whether a request has no answer yet.
    #[must_use]
    pub fn is_pending(&self, id: u32) -> bool {
        self.pending.contains_key(&id)
    }

    /// Whether and where the library is stored, as it said last.
    #[must_use]
    pub fn storage(&self) -> &StorageState {
        &self.storage
    }

    /// A component of the thing with this id, if the library shows it.
    #[must_use]
    pub fn get<'w, C: Component>(&self, world: &'w World, id: impl Id) -> Option<&'w C> {
        world.get::<C>(self.mirror.entity(id)?)
    }

    fn find<'w>(&self, world: &'w World, id: impl Id) -> Option<EntityRef<'w>> {
        world.get_entity(self.mirror.entity(id)?).ok()
    }

    /// What is seen of a view.
    #[must_use]
    pub fn view(&self, view: u32) -> Option<ViewState<'_>> {
        let open = self.views.get(&view)?;
        let Window {
            ready,
            total,
            offset,
            rows,
            error,
            followed,
            ..
        } = self.mirror.window(view)?;
        Some(ViewState {
            ready: *ready,
            total: *total,
            offset: *offset,
            rows,
            query: &open.query,
            error: error.as_ref(),
            followed: *followed,
        })
    }

    /// The window that was asked for last: the first row and how many.
    #[must_use]
    pub fn asked(&self, view: u32) -> Option<(u32, u32)> {
        self.views.get(&view).map(|open| (open.offset, open.limit))
    }

    /// A track as one flat record, if the library shows it.
    #[must_use]
    pub fn track_row(&self, world: &World, track: TrackId) -> Option<TrackRow> {
        let track = self.find(world, track)?;
        let album = track.get::<OnAlbum>().and_then(|album| self.find(world, album.0));
        let file = track
            .get::<PlayedFrom>()
            .and_then(|file| self.find(world, file.0));
        Some(TrackRow::of(track, album, file))
    }

    /// An album as one flat record, if the library shows it.
    #[must_use]
    pub fn album_row(&self, world: &World, album: AlbumId) -> Option<AlbumRow> {
        self.find(world, album).map(AlbumRow::of)
    }

    /// The rows of a view of tracks.
    #[must_use]
    pub fn view_tracks(&self, world: &World, view: u32) -> Vec<TrackRow> {
        let rows = self.view(view).map_or(&[][..], |view| view.rows);
        rows.iter()
            .filter_map(|&id| self.track_row(world, TrackId(id)))
            .collect()
    }

    /// The rows of a view of albums.
    #[must_use]
    pub fn view_albums(&self, world: &World, view: u32) -> Vec<AlbumRow> {
        let rows = self.view(view).map_or(&[][..], |view| view.rows);
        rows.iter()
            .filter_map(|&id| self.album_row(world, AlbumId(id)))
            .collect()
    }

    /// A picture without its bytes, if the library shows it.
    #[must_use]
    pub fn picture<'w>(&self, world: &'w World, artwork: ArtworkId) -> Option<&'w Picture> {
        self.get(world, artwork)
    }

    /// A job, if it is known.
    #[must_use]
    pub fn job<'w>(&self, world: &'w World, id: JobId) -> Option<JobView<'w>> {
        let job = self.find(world, id)?;
        let get = job.get_components::<(&SyncOf, &JobState, &JobProgress)>();
        let (of, state, progress) = get.ok()?;
        Some(JobView {
            id,
            provider: of.0,
            state,
            progress,
            failures: job.get::<JobFailures>().map_or(&[], |failures| &failures.0),
        })
    }

    /// Every job, oldest first.
    #[must_use]
    pub fn jobs<'w>(&self, world: &'w World) -> Vec<JobView<'w>> {
        let all = self.mirror.all(Noun::SyncJob).into_iter();
        all.filter_map(|(id, _)| self.job(world, JobId(id))).collect()
    }

    /// Every provider, oldest first.
    #[must_use]
    pub fn providers<'w>(&self, world: &'w World) -> Vec<ProviderView<'w>> {
        let jobs = self.jobs(world);
        let all = self.mirror.all(Noun::Provider).into_iter();
        all.filter_map(|(id, entity)| {
            let id = ProviderId(id);
            let provider = world.get_entity(entity).ok()?;
            Some(ProviderView {
                id,
                kind: provider.get()?,
                name: provider.get::<ProviderName>().map_or("", |name| &name.0),
                access: provider.get().copied().unwrap_or_default(),
                job: jobs.iter().rev().find(|job| job.provider == id).map(|job| job.id),
            })
        })
        .collect()
    }

    /// Every playlist, oldest first.
    #[must_use]
    pub fn playlists<'w>(&self, world: &'w World) -> Vec<PlaylistView<'w>> {
        let all = self.mirror.all(Noun::Playlist).into_iter();
        all.filter_map(|(id, entity)| {
            let playlist = world.get_entity(entity).ok()?;
            Some(PlaylistView {
                id: PlaylistId(id),
                name: playlist.get::<PlaylistName>().map_or("", |name| &name.0),
                smart: playlist.get(),
                times: playlist.get().copied().unwrap_or_default(),
                totals: playlist.get().copied().unwrap_or_default(),
            })
        })
        .collect()
    }

    /// The player, once there is one.
    #[must_use]
    pub fn player<'w>(&self, world: &'w World) -> Option<PlayerView<'w>> {
        let (_, entity) = *self.mirror.all(Noun::Player).first()?;
        let player = world.get_entity(entity).ok()?;
        Some(PlayerView {
            queue: player.get()?,
            state: player.get()?,
            volume: player.get().copied().unwrap_or_default(),
        })
    }
}
