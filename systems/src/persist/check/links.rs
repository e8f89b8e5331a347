//! What of a page's rows links to other rows.

use bevy_ecs::query::QueryState;
use bevy_ecs::world::World;
use segue_components::album::AlbumCover;
use segue_components::artwork::{ContentHash, EmbeddedIn, Picture};
use segue_components::file::{FileOf, Location, PlayedFrom, Presence};
use segue_components::history::Listens;
use segue_components::id::{
    AlbumId, ArtworkId, EntriesId, FileId, HistoryId, Id, JobId, Noun, PlayerId, TrackId,
};
use segue_components::playback::Queue;
use segue_components::playlist::{EntryItem, PlaylistEntries};
use segue_components::sync_job::{JobState, SyncOf};
use segue_components::track::{Cover, OnAlbum};

/// What of a page's rows links to other rows.
pub(super) struct Links {
    tracks: QueryState<(
        &'static TrackId,
        Option<&'static OnAlbum>,
        Option<&'static Cover>,
        Option<&'static PlayedFrom>,
    )>,
    files: QueryState<(
        &'static FileId,
        Option<&'static FileOf>,
        Option<&'static Location>,
        Option<&'static Presence>,
    )>,
    albums: QueryState<(&'static AlbumId, &'static AlbumCover)>,
    embedded: QueryState<(&'static ArtworkId, &'static EmbeddedIn)>,
    pub(super) pictures: QueryState<(&'static ArtworkId, &'static ContentHash, Option<&'static Picture>)>,
    jobs: QueryState<(&'static JobId, &'static SyncOf, &'static JobState)>,
    players: QueryState<(&'static PlayerId, &'static Queue)>,
    entries: QueryState<(&'static EntriesId, &'static PlaylistEntries)>,
    pub(super) history: QueryState<(&'static HistoryId, &'static Listens)>,
}

impl Links {
    pub(super) fn new(world: &mut World) -> Self {
        Self {
            tracks: QueryState::new(world),
            files: QueryState::new(world),
            albums: QueryState::new(world),
            embedded: QueryState::new(world),
            pictures: QueryState::new(world),
            jobs: QueryState::new(world),
            players: QueryState::new(world),
            entries: QueryState::new(world),
            history: QueryState::new(world),
        }
    }

    /// Tells every link of what is in the world.
    pub(super) fn each(&mut self, world: &World, mut tell: impl FnMut((Noun, u64), (Noun, u64))) {
        fn end<I: Id>(id: I) -> (Noun, u64) {
            (I::NOUN, id.number())
        }
        for (&track, album, cover, file) in self.tracks.query(world) {
            let links = [
                album.map(|of| end(of.0)),
                cover.map(|of| end(of.0)),
                file.map(|of| end(of.0)),
            ];
            for to in links.into_iter().flatten() {
                tell(end(track), to);
            }
        }
        for (&file, track, location, presence) in self.files.query(world) {
            // A source that was lost is named until it is added again; its files are missing so long.
            let location = location.filter(|_| !matches!(presence, Some(Presence::MissingSince(_))));
            let links = [track.map(|of| end(of.0)), location.map(|at| end(at.provider))];
            for to in links.into_iter().flatten() {
                tell(end(file), to);
            }
        }
        for (&album, cover) in self.albums.query(world) {
            tell(end(album), end(cover.0));
        }
        for (&artwork, file) in self.embedded.query(world) {
            tell(end(artwork), end(file.0));
        }
        for (&job, of, state) in self.jobs.query(world) {
            // So do its jobs, which have failed.
            if !matches!(state, JobState::Failed { .. }) {
                tell(end(job), end(of.0));
            }
        }
        for (&player, queue) in self.players.query(world) {
            for &track in &queue.tracks {
                tell(end(player), end(track));
            }
        }
        for (&entries, list) in self.entries.query(world) {
            let playlist = end(entries.playlist());
            tell(end(entries), playlist);
            for entry in list.entries.iter() {
                if let EntryItem::Track(track) = entry.item {
                    tell(playlist, end(track));
                }
            }
        }
    }
}
